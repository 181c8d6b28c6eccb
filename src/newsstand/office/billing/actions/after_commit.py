"""What follows the commit of a change at the gateway: money given back, charges called off."""

from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.book import book_refund
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Invoice
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.kit import audit, clock

BY = "system"


class RefundFailed(RuntimeError):
    """The gateway did not give the money back; the outbox tries again, then shows it to a person."""


def refund_charge(payload: dict[str, Any], now: datetime) -> None:
    """Give an invoice's money back in full. Its key is the invoice's, so that doing it twice is one refund."""
    invoice = Invoice.objects.select_related("subscription__account").get(pk=payload["invoice"])
    answer = gateway(invoice.gateway).refund(
        charge_ref=invoice.charge_ref,
        amount=invoice.money,
        key=f"refund-{invoice.ref}",
        now=clock.to_unix(now),
    )
    if not isinstance(answer, base.Refund) or answer.state is base.RefundState.FAILED:
        raise RefundFailed(f"invoice {invoice.ref}: {answer}")
    with transaction.atomic():
        if book_refund(invoice=invoice, refund_ref=answer.ref, money=answer.amount, at=now):
            notices.send_refunded(invoice, answer.amount, now)
            subject = f"subscription:{invoice.subscription.ref}"
            after = {"invoice": invoice.ref, "amount": answer.amount.amount}
            audit.record(by=BY, verb="refund_charge", subject=subject, after=after, now=now)


def call_off_charge(payload: dict[str, Any], now: datetime) -> None:
    """Call off the charge of an invoice nobody wants any more; money that was taken first goes back."""
    invoice = Invoice.objects.select_related("subscription").get(pk=payload["invoice"])
    moment = clock.to_unix(now)
    if invoice.status == Invoice.Status.PAID or _is_wanted_again(invoice):
        return
    answer = gateway(invoice.gateway).cancel_charge(charge_ref=invoice.charge_ref, now=moment)
    outcome: base.Outcome | base.Canceled = base.Canceled(invoice.charge_ref)
    if isinstance(answer, base.AlreadySucceeded):
        found = gateway(invoice.gateway).lookup_charge(ref=invoice.ref, now=moment)
        outcome = found if isinstance(found, base.Succeeded) else base.Unknown("taken, and not found")
    for attempt in invoice.attempts.filter(status__in=UNSETTLED).select_related("invoice", "payment_method"):
        record_attempt(attempt=attempt, outcome=outcome, via="lookup", by=BY, now=now)
    if isinstance(answer, base.Canceled):
        Invoice.objects.filter(pk=invoice.pk, status=Invoice.Status.OPEN).update(
            status=Invoice.Status.VOID, void_reason="cancelled"
        )


def _is_wanted_again(invoice: Invoice) -> bool:
    """Whether the cancellation was taken back before the gateway heard of it."""
    is_open = invoice.status == Invoice.Status.OPEN
    return is_open and invoice.subscription.is_running and not invoice.subscription.is_cancelled
