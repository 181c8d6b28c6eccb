"""Finding again which cancellations a restored backup has lost: the gateway knows the charges that were called off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.call_off_next import call_off_another
from newsstand.office.billing.actions.cancel_subscription import cancel_subscription
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.actions.parking import park_for_reconcile, unpark
from newsstand.office.billing.actions.record_attempt import was_kept
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.billing.queries.lost import LostInvoice, called_off_before, invoice_id, stays_id
from newsstand.office.kit import clock
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

WHY = "the gateway says so; a restored backup had lost it"


class _Became(Enum):
    """What the gateway says became of a cancellation."""

    GONE = "gone"
    STAYS = "stays"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class _Mark:
    """A charge that was called off at the gateway, of a subscription that says nothing of it."""

    subscription: Subscription
    seq: int
    called_off: int


def recover_cancellations(
    *,
    events: Iterable[GatewayEvent],
    lost: Mapping[str, LostInvoice],
    gateway_name: str,
    by: str,
    now: datetime,
) -> int:
    """Cancel again what was cancelled or ended in the time that is gone; returns how many.

    Of a cancellation that was taken back the gateway knows a mark, or a later charge of the period that was tried: then
    the reader stays, and the period's next invoice is the one after all that were called off. Where the gateway does
    not say, nothing is charged until a person has looked.
    """
    found = 0
    for mark in _marks(events, lost):
        row = Subscription.objects.get(pk=mark.subscription.pk)
        if not row.is_running or row.is_cancelled:
            continue
        last, became = _what_became(mark, gateway_name, now)
        if became is _Became.UNCLEAR:
            park_for_reconcile(sale=row, by=by, now=now)
            continue
        if became is _Became.GONE:
            found += cancel_subscription(subscription=row, by=by, why=WHY, now=now)
            notices.tell_staff_of_lost_cancel(row, now)
        else:
            _note(mark, last + 1, by=by, now=now)
        if row.waits_for_reconcile:
            unpark(sale=row, by=by, why=WHY, now=now)
    return found


def _marks(events: Iterable[GatewayEvent], lost: Mapping[str, LostInvoice]) -> Iterator[_Mark]:
    """Of charges that our tables do not know, or know as still open, and of those at which a worker has stopped."""
    for event in events:
        if event.kind is not Kind.CHARGE_CANCELED or not event.ref:
            continue
        found = lost.get(event.ref)
        if found is not None and isinstance(found.sale, Subscription):
            yield _Mark(found.sale, found.seq, found.called_off)
            continue
        waits = Q(status=Invoice.Status.OPEN) | Q(subscription__waits_for_reconcile=True)
        known = Invoice.objects.filter(waits, public_id=UUID(hex=event.ref)).first()
        if known is not None and known.subscription is not None and not was_kept(known.subscription, known):
            yield _Mark(known.subscription, known.seq, called_off_before(known))


def _what_became(mark: _Mark, gateway_name: str, now: datetime) -> tuple[int, _Became]:
    """The number of the period's last charge that was called off, and whether the reader has gone with it.

    A charge after it that was only opened may be one of a second cancellation: it says nothing.
    """
    used, moment, last = gateway(gateway_name), clock.to_unix(now), mark.called_off

    def known(ref: UUID) -> base.Lookup:
        return used.lookup_charge(ref=ref.hex, now=moment)

    def charge(number: int) -> UUID:
        return invoice_id(mark.subscription.public_id, mark.seq, number)

    while isinstance(following := known(charge(last + 1)), base.Canceled):
        last += 1
    if isinstance(following, base.NotFound):
        answer = known(stays_id(charge(last)))
        if isinstance(answer, base.NotFound):
            return last, _Became.GONE
        return last, _Became.UNCLEAR if isinstance(answer, base.Unknown) else _Became.STAYS
    says_nothing = isinstance(following, base.Unknown | base.Open)
    return last, _Became.UNCLEAR if says_nothing else _Became.STAYS


def _note(mark: _Mark, gone: int, *, by: str, now: datetime) -> None:
    """Write so many charges as called off, so that the period's next invoice is the one after them."""
    with transaction.atomic():
        row = locked(mark.subscription.pk)
        wrong = row.invoices.filter(seq=mark.seq, status=Invoice.Status.OPEN)
        ours = [one.pk for one in wrong if called_off_before(one) < gone]
        wrong.filter(pk__in=ours).update(status=Invoice.Status.VOID, void_reason=CANCELLED)
        while row.invoices.filter(seq=mark.seq).count() < gone:
            call_off_another(row, mark.seq, by=by, now=now)
