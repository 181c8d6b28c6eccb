"""When a declined card is tried again, and when trying stops."""

from datetime import date, timedelta
from enum import StrEnum

from newsstand.rules.billing.periods import DAY, access_until

MOST_ATTEMPTS = 4
GRACE_DAYS = 10
UNTRIED_DAYS = 100  # longer than any outage that nobody notices
SOFT_RETRY_DAYS = (3, 5, 7)
CONFIG_RETRY_SECONDS = 3600


class DeclineClass(StrEnum):
    """Why a charge was declined, as far as it decides what comes next."""

    HARD = "hard"
    """Lost, stolen, closed: this card is never asked again."""
    SOFT = "soft"
    """No money today, or no reason given: worth asking again later."""
    DATA = "data"
    """Expired or mistyped: asking again helps only after the reader has mended the card."""
    AUTH = "auth"
    """The bank wants to see the reader: a link goes out, nothing is tried without them."""
    CONFIG = "config"
    """Our own fault or the gateway's: nobody's card is bad; tried again within hours, and staff are told."""


def next_attempt_at(
    cause: DeclineClass, attempts_made: int, first_attempt_at: int, now: int, not_before: int | None = None
) -> int | None:
    """The moment of the next try, or None when only the reader can mend it or the limit is reached.

    Soft declines are tried again 3, 5 and 7 days after the first attempt: declined on the 1st, tried on the
    4th, 6th and 8th, never more than 4 times in all. `not_before` is the card scheme's own advice.
    """
    if attempts_made < 1:
        raise ValueError("a decline follows at least 1 attempt")
    if attempts_made >= MOST_ATTEMPTS:
        return None
    if cause is DeclineClass.SOFT:
        planned = first_attempt_at + SOFT_RETRY_DAYS[attempts_made - 1] * DAY
    elif cause is DeclineClass.CONFIG:
        planned = now + CONFIG_RETRY_SECONDS * 6 ** (attempts_made - 1)
    else:
        return None
    wanted = max(planned, now, not_before or 0)
    return wanted if wanted < first_attempt_at + GRACE_DAYS * DAY else None


def grace_starts_on(starts_on: date, first_tried_on: date | None) -> date:
    """The day from which grace counts: the unpaid period's first day, or a later one on which it was first tried.

    Nobody was at work from 20 December to 3 January, and the first try on the 3rd is declined: the reader has their
    10 days from the 3rd on, as everybody has.
    """
    return starts_on if first_tried_on is None else max(starts_on, first_tried_on)


def grace_ends_on(starts_on: date) -> date:
    """The last day on which a reader reads whose period from `starts_on` is unpaid: 10 days later."""
    return starts_on + timedelta(days=GRACE_DAYS)


def grace_until(starts_on: date) -> int:
    """The moment from which a reader no longer reads whose period from `starts_on` stayed unpaid."""
    return access_until(grace_ends_on(starts_on))


def untried_until(ends_on: date) -> int:
    """The moment from which a reader no longer reads whose next period nobody has tried to charge, since nobody was at
    work: paid until 20 December, 30 March. The first try that fails makes it the 10 days of everybody.
    """
    return access_until(ends_on + timedelta(days=UNTRIED_DAYS))
