"""Comparing what the gateway has with what we have, and taking in what we missed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.billing.actions.gateway_in_use import allowed, gateway
from newsstand.office.billing.actions.parking import park_for_reconcile
from newsstand.office.billing.actions.record_gateway_event import MONEY_WENT
from newsstand.office.billing.actions.recover_cancellation import recover_cancellations
from newsstand.office.billing.actions.take_in import take_in
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.billing.models import Invoice, Transfer
from newsstand.office.billing.queries.lost import LostInvoice, lost_invoices
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

    Nothing is ever charged by this. What is known there under another amount is left to a person. After a
    backup was restored, what is gone here is written again from what the gateway has.
    """
    found: list[Difference] = []
    for name in allowed():
        events = list(_events(name, since, now))
        charges = {event.ref for event in events if event.kind.thing == "charge"}
        lost = lost_invoices(charges, now) if apply else {}
        for event in events:
            differs = _differs(event)
            if differs is None:
                continue
            found.append(differs)
            if apply and differs.kind in ("unknown_here", "state"):
                take_in(event=event, lost=lost.get(event.ref), via="reconcile", by=BY, now=now)
        if apply:
            recover_cancellations(events=events, lost=lost, gateway_name=name, by=BY, now=now)
            _set_aside(events, lost, now)
        found += _unknown_there(name, since, now)
    return found


def _set_aside(events: list[GatewayEvent], lost: dict[str, LostInvoice], now: datetime) -> None:
    """What was given back in the time that is gone had a reason that is gone as well. Nothing more is charged there
    until a person has asked, unless it was cancelled anyway."""
    charges = {event.charge_id: event.ref for event in events if event.ref in lost}
    for event in events:
        ref = charges.get(event.charge_id)
        if ref is None or event.kind.thing not in MONEY_WENT:
            continue
        sale = lost[ref].sale
        sale.refresh_from_db()
        if sale.is_live and not sale.is_cancelled:
            park_for_reconcile(sale=sale, by=BY, now=now)


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
    known: Row | Transfer | None = Row.objects.filter(
        gateway=event.gateway, object_id=event.object_id, kind=event.kind.value
    ).first()

    def differs(kind: str, said: str) -> Difference:
        return Difference(kind, event.gateway, event.object_id, said)

    if event.kind in (Kind.REFUND_SUCCEEDED, Kind.DISPUTE_OPENED):
        known = Transfer.objects.filter(key=f"{event.kind.thing}:{event.gateway}:{event.object_id}").first()
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
