"""What a reader's grants say about them where billing says nothing."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from newsstand.office.access.models.policy import WINDOWS
from newsstand.office.access.queries.policy import policy
from newsstand.office.accounts.queries import grants_of
from newsstand.office.billing.queries import reader_state
from newsstand.office.kit import clock, shelf
from newsstand.rules.gate.facts import ReaderState, Right
from newsstand.rules.gate.meter import window_at

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account, Grant

AN_HOUR = 3600
OF_A_GROUP = "group"  # the source of grants that a seat in a group gives


def state_by_grants(account: "Account", now: datetime) -> str:
    """The state of a reader whose rights were given by hand: billing's own word comes first.

    Told by the right to read that ended last: a seat of a group, one whose grace is over, which is a payment that
    never came, or any other, which is a subscription that lapsed.
    """
    told = reader_state(account, now)
    if told:
        return told
    ended: tuple[datetime, Grant] | None = None
    for grant in grants_of(account):
        if Right.READ not in grant.rights or grant.subject.startswith("article:") or grant.from_at > now:
            continue
        end = grant.grace_until or grant.until
        if end is None or end > now:
            return ReaderState.NOTHING
        ended = (end, grant) if ended is None or end > ended[0] else ended
    return ReaderState.NOTHING if ended is None else _state_after(ended[1])


def _state_after(grant: "Grant") -> str:
    if grant.source == OF_A_GROUP:
        return ReaderState.SEAT_EXPIRED
    return ReaderState.PAYMENT_FAILED if grant.grace_until else ReaderState.LAPSED


def counted_by(account: "Account", now: datetime) -> frozenset[str]:
    """The stories that the meter has counted for this reader in the window of this moment."""
    return shelf.handle().visits.read(f"reader:{account.reader_id}", meter_window(now))


def meter_window(now: datetime) -> str:
    """The window in which the meter counts at this moment, such as `2026-11`."""
    return window_at(policy(now), clock.to_unix(now)).key


def running_windows(now: datetime) -> set[str]:
    """All windows in which something may be counted about now, of every kind that staff can choose.

    Who changes the kind and changes it back finds the counts as they were; and clocks need not agree to the second.
    """
    rules = policy(now)
    return {
        window_at(replace(rules, window=kind), clock.to_unix(now) + around).key
        for kind, _name in WINDOWS
        for around in (-AN_HOUR, 0, AN_HOUR)
    }
