"""Writing again what a restored backup has forgotten: the invoice and the attempt of a charge that a gateway knows."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from newsstand.office.billing.actions.locking import locked, locked_sale
from newsstand.office.billing.actions.open_invoice import open_period
from newsstand.office.billing.gateways.base import Initiator
from newsstand.office.billing.models import Attempt, Invoice
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries.lost import LostPeriod
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent


def reopen_invoice(*, event: GatewayEvent, lost: LostPeriod | None, by: str, now: datetime) -> Attempt | None:
    """An attempt without an answer for the charge that the event is about, so that the event has one to settle.

    None where nothing was forgotten: our rows know the charge, or it is none of ours. Nothing is sent by this.
    """
    with transaction.atomic():
        invoice = _lost_invoice(event, lost, by=by, now=now) if lost is not None else _known_invoice(event)
        if invoice is None or invoice.status != Invoice.Status.OPEN:
            return None
        method = invoice.sale.payment_method
        attempts = invoice.attempts.all()
        if method is None or attempts.filter(status__in=UNSETTLED).exists():
            return None
        if lost is None and attempts.exists():
            return None
        invoice.gateway, invoice.charge_ref = event.gateway, event.charge_id
        invoice.save(update_fields=["gateway", "charge_ref"])
        return Attempt.objects.create(
            invoice=invoice,
            n=(attempts.aggregate(last=Max("n"))["last"] or 0) + 1,
            payment_method=method,
            initiator=Initiator.MERCHANT.value,
            status=Attempt.Status.UNKNOWN,
            begun_at=clock.from_unix(event.at),
            lease_until=now,
        )


def _lost_invoice(event: GatewayEvent, lost: LostPeriod, *, by: str, now: datetime) -> Invoice | None:
    """The invoice of the lost period; None where it would get another id, or be over another amount."""
    subscription = locked(lost.subscription_id)
    due = subscription.period(lost.seq)
    invoice = open_period(sale=subscription, due=due, by=by, now=clock.from_unix(event.at))
    is_same = invoice.ref == event.ref and event.amount in (None, invoice.money)
    return invoice if is_same else None


def _known_invoice(event: GatewayEvent) -> Invoice | None:
    """The invoice that the backup has, from the moment before its first attempt."""
    found = Invoice.objects.filter(public_id=UUID(hex=event.ref)).first() if event.ref else None
    if found is not None:
        found.sale = locked_sale(found)
    return found
