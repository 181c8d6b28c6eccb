"""What a gateway tells us by itself."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from newsstand.office.billing.actions.keep_event import keep_event
from newsstand.office.billing.actions.record_attempt import settle_success
from newsstand.office.billing.gateways.base import Succeeded
from newsstand.office.billing.models import Attempt, Invoice, Subscription
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

LOOK_AGAIN = {Kind.CHARGE_FAILED, Kind.CHARGE_CANCELED}


def record_gateway_event(*, event: GatewayEvent, via: str, by: str, now: datetime) -> bool:
    """Take in one event, in whatever order and however often it comes; False if it was known.

    A success is settled at once. A failure may speak of an older attempt than the one we wait for, so the
    worker is sent to look it up. All else is kept.
    """
    with transaction.atomic():
        invoice = _invoice(event)
        if invoice is not None and event.kind is Kind.CHARGE_SUCCEEDED and event.amount is not None:
            paid = Succeeded(event.charge_id or event.object_id, event.amount, event.at)
            settle_success(invoice=invoice, paid=paid, via=via, by=by, now=now)
        elif invoice is not None and event.kind in LOOK_AGAIN:
            _look_soon(invoice, now)
        return keep_event(event=event, via=via, now=now)


def _invoice(event: GatewayEvent) -> Invoice | None:
    """The invoice that an event is about, by our own reference."""
    try:
        public_id = UUID(hex=event.ref)
    except ValueError:
        return None
    return Invoice.objects.filter(public_id=public_id, gateway=event.gateway).first()


def _look_soon(invoice: Invoice, now: datetime) -> None:
    waits = (Attempt.Status.UNKNOWN, Attempt.Status.ACTION)
    if invoice.attempts.filter(status__in=waits).exists():
        Subscription.objects.filter(pk=invoice.subscription_id, next_action_at__gt=now).update(
            next_action_at=now
        )
