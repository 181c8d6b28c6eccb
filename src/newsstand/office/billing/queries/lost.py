"""Which periods the charges of a gateway were for, when a restored backup has no invoices of them any more."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db.models import Q

from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.billing.models.sales import LIVE
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries import wording
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.periods import period_containing

MOST_CALLED_OFF = 4  # charges of one period that are looked for


@dataclass(frozen=True, slots=True)
class LostPeriod:
    """A period of a subscription that a gateway knows a charge for, and our tables none."""

    subscription_id: int
    seq: int


def invoice_id(subscription: UUID, seq: int, called_off: int) -> UUID:
    """The public id of a period's invoice. It follows from the period and from how many of its charges were
    called off, so that the charge at the gateway is found again when our row of it is gone."""
    return uuid5(subscription, f"period {seq}, charge {called_off}")


def lost_periods(refs: Collection[str], now: datetime) -> dict[str, LostPeriod]:
    """The periods that these references of charges stand for, as far as they belong to what was due by now."""
    wanted = set(refs) - set(_known(refs))
    found: dict[str, LostPeriod] = {}
    if not wanted:
        return found
    may_be_due = Q(next_action_at__lte=now) | Q(state=State.PENDING)
    rows = Subscription.objects.filter(may_be_due, state__in=LIVE, engine=Engine.OWN)
    for row in rows.order_by("pk").iterator():
        for ref, seq in _ids(row, now):
            if ref in wanted:
                found[ref] = LostPeriod(row.pk, seq)
        if len(found) == len(wanted):
            break
    return found


def _known(refs: Collection[str]) -> Iterator[str]:
    ids = [UUID(hex=ref) for ref in refs if _is_id(ref)]
    for row in Invoice.objects.filter(public_id__in=ids).only("public_id"):
        yield row.ref


def _is_id(ref: str) -> bool:
    try:
        UUID(hex=ref)
    except ValueError:
        return False
    return True


def _ids(row: Subscription, now: datetime) -> Iterator[tuple[str, int]]:
    """The references that a subscription's charges up to now would have."""
    today = max(wording.day_of(now), row.anchor_on)
    present = period_containing(row.anchor_on, row.rhythm, today)
    for seq in range(row.next_seq, present.seq + 1):
        for called_off in range(MOST_CALLED_OFF):
            yield invoice_id(row.public_id, seq, called_off).hex, seq
