"""What a gateway tells us by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.book import book, book_all
from newsstand.office.billing.actions.follow import GIVE_BACK, REFUND, follow
from newsstand.office.billing.actions.keep_event import keep_event
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.actions.settle_success import settle_success
from newsstand.office.billing.gateways.base import Succeeded
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod, Refund
from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.kit import clock, outbox
from newsstand.rules.billing import ledger, lifecycle
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

LOOK_AGAIN = {Kind.CHARGE_FAILED, Kind.CHARGE_CANCELED}
MONEY_WENT = {"refund", "dispute"}


def record_gateway_event(*, event: GatewayEvent, via: str, by: str, now: datetime) -> bool:
    """Take in one event, in whatever order and however often it comes; False if it was known.

    A success is settled at once. A failure may speak of an older attempt than the one we wait for, so the
    worker is sent to look it up. Refunds, disputes and payouts go into the ledger. All else is kept.
    """
    with transaction.atomic():
        invoice, is_news = _invoice(event), False
        if invoice is not None and event.kind is Kind.CHARGE_SUCCEEDED and event.amount is not None:
            paid = Succeeded(event.charge_id or event.object_id, event.amount, event.at, event.fee)
            is_news = settle_success(invoice=invoice, paid=paid, via=via, by=by, now=now)
        elif invoice is not None and event.kind in LOOK_AGAIN:
            _look_soon(invoice, now)
        elif event.kind is Kind.PAYOUT_PAID and event.amount is not None:
            paid_out = ledger.payout(event.gateway, event.object_id, event.amount)
            book(paid_out, reference="", at=clock.from_unix(event.at))
        is_news |= keep_event(event=event, via=via, now=now)
        if (
            invoice is not None and event.kind.thing in MONEY_WENT
        ):  # also if it was heard before the charge was
            _money_went(invoice, event, via=via, by=by, now=now)
        if event.kind is Kind.METHOD_UPDATED and event.code.isdecimal():
            updated = PaymentMethod.objects.filter(gateway=event.gateway, token=event.object_id)
            updated.update(last4=event.code[-4:])
        return is_news


def _money_went(invoice: Invoice, event: GatewayEvent, *, via: str, by: str, now: datetime) -> None:
    """A refund or a dispute: it proves that the charge was paid, should that news still be on its way."""
    sale = locked_sale(invoice)
    paid = Succeeded(event.charge_id, invoice.money, event.at)
    settle_success(invoice=invoice, paid=paid, via=via, by=by, now=now)
    told = Row.objects.filter(gateway=event.gateway, object_id=event.object_id).values_list("kind", flat=True)
    post = ledger.refund if event.kind.thing == "refund" else ledger.dispute
    money = event.amount or invoice.money
    rows = post(event.gateway, event.object_id, sale.product_code, money, [Kind(kind) for kind in told])
    book_all(rows, reference=invoice.ref, at=now)
    if event.kind is Kind.REFUND_FAILED:
        Refund.objects.filter(ref=event.object_id).update(status=Refund.Status.FAILED, answered_at=now)
    if event.kind in (Kind.REFUND_FAILED, Kind.DISPUTE_OPENED, Kind.DISPUTE_LOST):
        notices.tell_staff_of_event(sale, event.kind.value, event.object_id, now)
    if event.kind is Kind.DISPUTE_WON:
        _give_back_after_all(invoice)
    if event.kind is Kind.DISPUTE_LOST:
        # The reader has the money by another way.
        waits = Refund.objects.filter(invoice=invoice, status=Refund.Status.WANTED)
        waits.update(status=Refund.Status.REFUSED, answered_at=now)
        sale.refresh_from_db()
        follow(
            sale=sale,
            event=lifecycle.DisputeLost(),
            by=by,
            now=now,
            why="the bank decided so",
        )


def _give_back_after_all(invoice: Invoice) -> None:
    """While the reader's bank held the money, none could go back: not what nobody wanted, nor what was asked for."""
    if Invoice.objects.get(pk=invoice.pk).status == Invoice.Status.VOID:
        outbox.add(REFUND, {"invoice": invoice.pk}, key=invoice.ref)
    for refund in invoice.refunds.filter(status=Refund.Status.WANTED).order_by("pk"):
        outbox.add(GIVE_BACK, {"refund": refund.pk}, key=refund.key.hex)


def _invoice(event: GatewayEvent) -> Invoice | None:
    """The invoice that an event is about, by our own reference or else by its charge."""
    rows = Invoice.objects.filter(gateway=event.gateway)
    if event.kind.thing in MONEY_WENT:
        return rows.filter(charge_ref=event.charge_id).exclude(charge_ref="").first()
    try:
        public_id = UUID(hex=event.ref)
    except ValueError:
        return None
    return rows.filter(public_id=public_id).first()


def _look_soon(invoice: Invoice, now: datetime) -> None:
    waits = (Attempt.Status.UNKNOWN, Attempt.Status.ACTION)
    if invoice.attempts.filter(status__in=waits).exists():
        sale = invoice.sale
        later = type(sale)._default_manager.filter(pk=sale.pk, next_action_at__gt=now)
        later.update(next_action_at=now)
