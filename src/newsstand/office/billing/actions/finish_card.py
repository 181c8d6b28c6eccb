"""The reader comes back from the card page: the card is kept, and what is open is charged."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from newsstand.office.billing import queries
from newsstand.office.billing.actions.begin_attempt import LEASE
from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.actions.open_invoice import open_invoice
from newsstand.office.billing.actions.serve_free import serve_free
from newsstand.office.billing.actions.sweep_attempt import sweep_attempt
from newsstand.office.billing.actions.take_payment import take_payment
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import (
    Attempt,
    CardSetup,
    Invoice,
    PaymentMethod,
    Purchase,
    Subscription,
)
from newsstand.office.kit import audit, clock
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.lifecycle import State


@dataclass(frozen=True, slots=True)
class NoCard:
    """The reader came back without a card; the order still waits."""


@dataclass(frozen=True, slots=True)
class NothingToPay:
    """The card is kept and nothing is to be paid now; or the order is over, which `sale` tells, as it stands now."""

    sale: Subscription | Purchase


Finished = Attempt | NoCard | NothingToPay


def finish_card(*, setup: CardSetup, return_url: str, by: str, now: datetime) -> Finished:
    """Keep the card of a visit to the card page and charge what is open, once for each visit.

    Coming back to the same address again, or twice at once, gives the same attempt and no second charge.
    """
    try:
        method = setup.payment_method or keep_card(setup=setup, by=by, now=now)
    except base.SetupIncomplete:
        return NoCard()
    sale = setup.sale
    sale.refresh_from_db()
    if not sale.is_live or sale.is_cancelled:
        return NothingToPay(sale)
    invoice = _to_pay(sale, by=by, now=now)
    if invoice is None:
        return _nothing_to_pay(sale)
    if invoice.amount == 0:
        serve_free(invoice=invoice, payment_method=method, by=by, now=now)
        return _nothing_to_pay(sale)
    made = _attempts(invoice).filter(payment_method=method).order_by("-n").first()
    if made is not None:
        return sweep_attempt(attempt=made, by=by, now=now) if made.settled_at is None else made
    return _take(invoice, method, return_url=return_url, by=by, now=now)


def pay_now(
    *, sale: Subscription | Purchase, payment_method: PaymentMethod, return_url: str, by: str, now: datetime
) -> Attempt | NothingToPay:
    """Charge what is open with a kept card, the reader being present: once more, or to let the bank ask them."""
    invoice = _to_pay(sale, by=by, now=now)
    if invoice is None:
        return _nothing_to_pay(sale)
    return _take(invoice, payment_method, return_url=return_url, by=by, now=now)


def _take(
    invoice: Invoice, payment_method: PaymentMethod, *, return_url: str, by: str, now: datetime
) -> Attempt | NothingToPay:
    """Charge with the reader present; where that may not be tried, the attempt that stands in the way."""
    taken = take_payment(
        invoice=invoice,
        payment_method=payment_method,
        initiator=base.Initiator.READER,
        return_url=return_url,
        by=by,
        now=now,
    )
    if isinstance(taken, Attempt):
        return taken
    unsettled = queries.unsettled_attempt(invoice.sale)
    last = unsettled or _attempts(invoice).order_by("-n").first()
    return last if last is not None else _nothing_to_pay(invoice.sale)


def _nothing_to_pay(sale: Subscription | Purchase) -> NothingToPay:
    """The bank's message may have settled it since the sale was read."""
    sale.refresh_from_db()
    return NothingToPay(sale)


def keep_card(*, setup: CardSetup, by: str, now: datetime) -> PaymentMethod:
    """Ask the gateway for the card, and keep it; a running subscription is paid with it from now on."""
    card = gateway(setup.gateway).finish_setup(setup_ref=setup.ref, now=clock.to_unix(now))
    with transaction.atomic():
        sale = locked_sale(setup)
        row = {
            "account": sale.account,
            "customer": setup.customer,
            "brand": card.brand,
            "last4": card.last4,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": card.fingerprint,
            "mandate_ref": card.mandate_ref,
            "saved_at": now,
        }
        method, is_new = PaymentMethod.objects.get_or_create(
            gateway=setup.gateway, token=card.ref, defaults=row
        )
        CardSetup.objects.filter(pk=setup.pk).update(payment_method=method)
        if is_new and sale.is_running and isinstance(sale, Subscription):
            _change_card(sale, method, by=by, now=now)
        return method


def _change_card(subscription: Subscription, method: PaymentMethod, *, by: str, now: datetime) -> None:
    subscription.payment_method = method
    after = {"card": str(method)}
    audit.record(by=by, verb="change_card", subject=subscription.log_subject, after=after, now=now)
    follow(sale=subscription, event=lifecycle.CardChanged(), by=by, now=now)
    if subscription.state == State.PAST_DUE:
        # The reader is here and pays at once; the worker does it only should this process die.
        subscription.next_action_at = now + LEASE
    subscription.save(update_fields=["payment_method", "next_action_at"])


def _to_pay(sale: Subscription | Purchase, *, by: str, now: datetime) -> Invoice | None:
    """The first invoice of an order, or the one whose charge has failed."""
    if sale.state == State.PENDING:
        return open_invoice(sale=sale, by=by, now=now)
    if sale.state != State.PAST_DUE:
        return None
    return sale.invoices.filter(status=Invoice.Status.OPEN).order_by("-seq").first()


def _attempts(invoice: Invoice) -> QuerySet[Attempt]:
    return Attempt.objects.filter(invoice=invoice).select_related(
        "invoice__subscription", "invoice__purchase", "payment_method"
    )
