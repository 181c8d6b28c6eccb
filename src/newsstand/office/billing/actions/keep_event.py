"""Keeping what a gateway told us: the same news twice is one row."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent


def keep_event(*, event: GatewayEvent, via: str, now: datetime) -> bool:
    """Keep an event; False if it is known. `via` is webhook, answer or lookup."""
    row = _values(event, via, now)
    key = {name: row.pop(name) for name in ("gateway", "object_id", "kind")}
    return Row.objects.get_or_create(**key, defaults=row)[1]


def keep_events(*, events: Iterable[GatewayEvent], via: str, now: datetime) -> None:
    """Keep several at once; those that are known stay as they are."""
    Row.objects.bulk_create((Row(**_values(event, via, now)) for event in events), ignore_conflicts=True)


def _values(event: GatewayEvent, via: str, now: datetime) -> dict[str, Any]:
    return {
        "gateway": event.gateway,
        "object_id": event.object_id,
        "kind": event.kind.value,
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
