"""Keeping what a gateway told us: the same news twice is one row."""

from datetime import datetime

from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent


def keep_event(*, event: GatewayEvent, via: str, now: datetime) -> bool:
    """Keep an event; False if it is known. `via` is webhook, answer or lookup."""
    row = {
        "charge_id": event.charge_id,
        "ref": event.ref,
        "amount": event.amount.amount if event.amount is not None else None,
        "currency": event.amount.currency if event.amount is not None else "",
        "code": event.code,
        "cause": event.cause.value if event.cause is not None else "",
        "via": via,
        "at": clock.from_unix(event.at),
        "received_at": now,
    }
    key = {"gateway": event.gateway, "object_id": event.object_id, "kind": event.kind.value}
    return Row.objects.get_or_create(**key, defaults=row)[1]
