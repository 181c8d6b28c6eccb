"""What follows the commit of a change at the gateway: money given back, charges called off."""

from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.book import book_all
from newsstand.office.billing.actions.call_off_next import (
    call_off_next,
    called_off_after,
    called_off_ahead,
)
from newsstand.office.billing.actions.follow import CALL_OFF
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.keep_event import keep_event
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.actions.reopen_invoice import note_attempt
from newsstand.office.billing.actions.take_payment import open_charge
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Invoice, PaymentMethod, Purchase, Refund, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries import money_left
from newsstand.office.billing.queries.lost import stays_id
from newsstand.office.kit import audit, clock, outbox
from newsstand.rules.billing import ledger
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

BY = "system"


class RefundFailed(RuntimeError):
    """The gateway did not give the money back; the outbox tries again, then shows it to a person."""


def refund_charge(payload: dict[str, Any], now: datetime) -> None:
    """Give back what is left of an invoice's money. Its key is the invoice's, so that doing it twice is one refund."""
    invoice = Invoice.objects.get(pk=payload["invoice"])
    key, used, moment = f"refund-{invoice.ref}", gateway(invoice.gateway), clock.to_unix(now)
    answer: base.RefundOutcome | base.NotFound = used.lookup_refund(key=key, now=moment)
    if isinstance(answer, base.NotFound):
        left = money_left(invoice)
        if left.amount <= 0:
            return
        answer = used.refund(charge_ref=invoice.charge_ref, amount=left, key=key, now=moment)
    given = _given(answer, f"invoice {invoice.ref}")
    if given.state is base.RefundState.FAILED:
        raise RefundFailed(f"invoice {invoice.ref}: {given}")
    with transaction.atomic():
        if record_refund(invoice=invoice, given=given, key=key, now=now):
            after = {"invoice": invoice.ref, "amount": given.amount.amount}
            subject = invoice.sale.log_subject
            audit.record(by=BY, verb="refund_charge", subject=subject, after=after, now=now)
        notices.send_refunded(invoice, given.amount, now)


def give_back(payload: dict[str, Any], now: datetime) -> None:
    """Do a refund that was asked for. Its key goes with the call, so that a death before the record changes nothing."""
    refund = Refund.objects.select_related("invoice").get(pk=payload["refund"])
    invoice = refund.invoice
    if refund.status != Refund.Status.WANTED:
        return
    answer = gateway(invoice.gateway).refund(
        charge_ref=invoice.charge_ref, amount=refund.money, key=refund.key.hex, now=clock.to_unix(now)
    )
    if isinstance(answer, base.RefundRefused) and answer.code != base.DISPUTED:
        _refuse(refund, answer.code, now)
        return
    given = _given(answer, f"refund {refund.key.hex}")
    with transaction.atomic():
        record_refund(invoice=invoice, given=given, key=refund.key.hex, now=now)
        answered = Refund.objects.filter(pk=refund.pk)
        answered.update(status=given.state.value, ref=given.ref, answered_at=now)
        if given.state is base.RefundState.FAILED:
            notices.tell_staff_of_event(invoice.sale, Kind.REFUND_FAILED.value, given.ref, now)
        else:
            notices.send_given_back(refund, now)


def _refuse(refund: Refund, code: str, now: datetime) -> None:
    """The gateway says no for good: staff look for another way."""
    with transaction.atomic():
        waits = Refund.objects.filter(pk=refund.pk, status=Refund.Status.WANTED)
        if waits.update(status=Refund.Status.REFUSED, answered_at=now):
            notices.tell_staff_of_refused_refund(refund, code, now)


def _given(answer: base.RefundOutcome | base.NotFound, what: str) -> base.Refund:
    if not isinstance(answer, base.Refund):
        raise RefundFailed(f"{what}: {answer}")
    return answer


def record_refund(*, invoice: Invoice, given: base.Refund, key: str, now: datetime) -> bool:
    """Keep what the gateway tells of a refund, and book it; False if it was booked before."""
    told = [Kind(f"refund.{given.state.value}")]
    event = GatewayEvent(
        gateway=invoice.gateway,
        object_id=given.ref,
        kind=told[0],
        at=clock.to_unix(now),
        charge_id=given.charge_ref,
        ref=key,
        amount=given.amount,
    )
    keep_event(event=event, via="answer", now=now)
    product = invoice.sale.product_code
    rows = ledger.refund(invoice.gateway, given.ref, product, given.amount, told)
    return book_all(rows, reference=invoice.ref, at=now)


def call_off_charge(payload: dict[str, Any], now: datetime) -> None:
    """Call off the charge of an invoice nobody wants any more; money that was taken first goes back."""
    invoice = Invoice.objects.get(pk=payload["invoice"])
    moment = clock.to_unix(now)
    if invoice.status == Invoice.Status.PAID or _is_wanted_again(invoice):
        return
    if not invoice.charge_ref and not _opened(invoice, now):
        return
    answer = gateway(invoice.gateway).cancel_charge(charge_ref=invoice.charge_ref, now=moment)
    outcome: base.Outcome | base.Canceled = base.Canceled(invoice.charge_ref)
    if isinstance(answer, base.AlreadySucceeded):
        found = gateway(invoice.gateway).lookup_charge(ref=invoice.ref, now=moment)
        outcome = found if isinstance(found, base.Succeeded) else base.Unknown("taken, and not found")
        note_attempt(invoice=invoice, begun_at=now, now=now)
    for attempt in invoice.attempts.filter(status__in=UNSETTLED).select_related("invoice", "payment_method"):
        record_attempt(attempt=attempt, outcome=outcome, via="lookup", by=BY, now=now)
    if isinstance(answer, base.Canceled):
        Invoice.objects.filter(pk=invoice.pk, status=Invoice.Status.OPEN).update(
            status=Invoice.Status.VOID, void_reason=CANCELLED
        )
    else:
        _call_off_another(invoice, now)


def _opened(invoice: Invoice, now: datetime) -> bool:
    """Open the charge, since only what is there can be called off; False where there is no card to charge."""
    card = invoice.sale.payment_method
    if card is None:
        return False
    invoice.gateway, invoice.charge_ref = card.gateway, open_charge(invoice, card, now)
    invoice.save(update_fields=["gateway", "charge_ref"])
    return True


def _call_off_another(invoice: Invoice, now: datetime) -> None:
    """This charge was too quick to be called off, and goes back. The one after it stands for the cancellation."""
    with transaction.atomic():
        sale = locked_sale(invoice)
        if isinstance(sale, Purchase) or sale.started_at is None or called_off_after(sale, invoice.seq):
            return
        following = call_off_next(subscription=sale, after=invoice.seq, by=BY, now=now)
        if following is not None:
            outbox.add(CALL_OFF, {"invoice": following.pk}, key=following.ref)


def tell_stays(payload: dict[str, Any], now: datetime) -> None:
    """A cancellation was taken back. Beside each charge that it called off one more is opened, which nobody ever tries:
    it says at the gateway that the reader stays. It is over the same sum, whatever prices are told later."""
    subscription = Subscription.objects.select_related("payment_method", "offer__plan").get(
        pk=payload["subscription"]
    )
    card = subscription.payment_method
    if card is None or not subscription.is_running or subscription.is_cancelled:
        return
    for invoice in called_off_ahead(subscription):
        if invoice.status == Invoice.Status.VOID or _is_gone(invoice, card, now):
            open_charge(invoice, card, now, ref=stays_id(invoice.public_id).hex)


def _is_gone(invoice: Invoice, card: PaymentMethod, now: datetime) -> bool:
    known = gateway(card.gateway).lookup_charge(ref=invoice.ref, now=clock.to_unix(now))
    return isinstance(known, base.Canceled)


def _is_wanted_again(invoice: Invoice) -> bool:
    """Whether the cancellation was taken back before the gateway heard of it."""
    is_open = invoice.status == Invoice.Status.OPEN
    return is_open and invoice.sale.is_running and not invoice.sale.is_cancelled
