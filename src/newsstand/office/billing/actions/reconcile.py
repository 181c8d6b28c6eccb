"""Comparing what the gateway has with what we have, and taking in what we missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.billing.actions.gateway_in_use import GATEWAYS, gateway
from newsstand.office.billing.actions.record_gateway_event import record_gateway_event
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.billing.models import Invoice, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

BY = "system"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing on which the gateway and we do not agree.

    `kind`: unknown_here, unknown_there, amount, state or duplicate_success.
    """

    kind: str
    gateway: str
    object_id: str
    said: str


def reconcile(*, since: datetime, apply: bool, now: datetime) -> list[Difference]:
    """Compare from a moment on; with `apply`, take in what was unknown here, as a webhook would bring it.

    Nothing is ever charged by this. What is known there under another amount is left to a person.
    """
    found: list[Difference] = []
    for name in GATEWAYS:
        for event in _events(name, since, now):
            differs = _differs(event)
            if differs is None:
                continue
            found.append(differs)
            if apply and differs.kind in ("unknown_here", "state"):
                record_gateway_event(event=event, via="reconcile", by=BY, now=now)
        found += _unknown_there(name, since, now)
    return found


def _events(name: str, since: datetime, now: datetime) -> Iterator[GatewayEvent]:
    used, cursor = gateway(name), ""
    until, first = clock.to_unix(now), clock.to_unix(since)
    while True:
        page = used.events_since(cursor=cursor, until=until)
        yield from (event for event in page.events if event.at >= first)
        if not page.events or page.cursor == cursor:
            return
        cursor = page.cursor


def _differs(event: GatewayEvent) -> Difference | None:
    known = Row.objects.filter(
        gateway=event.gateway, object_id=event.object_id, kind=event.kind.value
    ).first()

    def differs(kind: str, said: str) -> Difference:
        return Difference(kind, event.gateway, event.object_id, said)

    if event.kind is Kind.CHARGE_SUCCEEDED:
        key = f"charge:{event.gateway}:{event.charge_id or event.object_id}"
        booked = Transfer.objects.filter(key=key).first()
        if booked is None:
            others = Transfer.objects.filter(reference=event.ref, key__startswith="charge:").exists()
            kind = "duplicate_success" if others else "unknown_here"
            return differs(kind, f"{event.amount} was taken and is not booked")
        if event.amount is not None and booked.money != event.amount:
            return differs("amount", f"{event.amount} was taken, {booked.money} is booked")
    if known is None:
        return differs(
            "unknown_here" if event.kind.thing != "charge" else "state", f"{event.kind} was not heard"
        )
    return None


def _unknown_there(name: str, since: datetime, now: datetime) -> Iterator[Difference]:
    """Charges in our ledger of which the gateway knows no success."""
    booked = Transfer.objects.filter(key__startswith=f"charge:{name}:", at__gte=since)
    for row in booked.order_by("pk"):
        answer = gateway(name).lookup_charge(ref=row.reference, now=clock.to_unix(now))
        if not isinstance(answer, base.Succeeded):
            charge = Invoice.objects.filter(gateway=name, charge_ref=row.key.rpartition(":")[2]).first()
            said = f"{row.money} is booked for {charge or row.reference}, and the gateway says {type(answer).__name__}"
            yield Difference("unknown_there", name, row.key.rpartition(":")[2], said)
