"""Periods of a subscription: days, calendar months and years, always counted from the anchor.

A period is dates, not moments: it starts on a day of the publication and ends before another. Its dates
are a function of the anchor (the day of the first charge) and its number, so that two periods can neither
overlap nor leave a gap, and a month that was too short for the 31st does not shorten the months after it.
"""

import calendar
import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

Unit = Literal["day", "month", "year"]

DAY = 86_400
MORNING_STARTS_AT_HOUR = 6
MORNING_SECONDS = 4 * 3600
_FIRST_DAY = date(1970, 1, 1).toordinal()
YEARS_LOOKED_AT = 400  # after 400 years the calendar's leap years repeat


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often is charged: every `count` days, calendar months or years. Four weeks are 28 days."""

    unit: Unit
    count: int

    def __post_init__(self) -> None:
        if self.unit not in ("day", "month", "year"):
            raise ValueError(f"a rhythm counts days, months or years, not {self.unit!r}")
        if self.count < 1:
            raise ValueError(f"a rhythm counts at least 1 {self.unit}, not {self.count}")


@dataclass(frozen=True, slots=True)
class Period:
    """One paid span: number `seq` from 0, its first day, and `ends_on`, the day on which the next starts."""

    seq: int
    starts_on: date
    ends_on: date

    @property
    def last_on(self) -> date:
        """The last day inside the period."""
        return self.ends_on - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days


@dataclass(frozen=True, slots=True)
class YearlyCharges:
    """How many charges fall into a full calendar year: fewest, most, and what most years have."""

    least: int
    most: int
    usual: int


def starts_on(anchor_on: date, rhythm: Rhythm, seq: int) -> date:
    """The first day of period `seq`. Anchor 31 January, monthly: seq 1 is 28 February, seq 2 is 31 March."""
    if seq < 0:
        raise ValueError(f"periods are counted from 0, not {seq}")
    if rhythm.unit == "day":
        return anchor_on + timedelta(days=rhythm.count * seq)
    months = rhythm.count * seq * (12 if rhythm.unit == "year" else 1)
    years, month0 = divmod(anchor_on.month - 1 + months, 12)
    year, month = anchor_on.year + years, month0 + 1
    return date(year, month, min(anchor_on.day, calendar.monthrange(year, month)[1]))


def period(anchor_on: date, rhythm: Rhythm, seq: int) -> Period:
    """Period number `seq` (from 0). 28 days from 22 November 2026, seq 1: 20 December to 17 January."""
    return Period(seq, starts_on(anchor_on, rhythm, seq), starts_on(anchor_on, rhythm, seq + 1))


def period_containing(anchor_on: date, rhythm: Rhythm, on: date) -> Period:
    """The period in which the day `on` lies, charged after an outage. ValueError before the anchor."""
    if on < anchor_on:
        raise ValueError(f"{on} lies before the anchor {anchor_on}")
    return period(anchor_on, rhythm, _starts_before(anchor_on, rhythm, on + timedelta(days=1)) - 1)


def charges_per_year(anchor_on: date, rhythm: Rhythm) -> YearlyCharges:
    """Charges in the full calendar years after the anchor's. 28 days: 13, in some years 14; a month: 12."""
    first = anchor_on.year + 1
    last = min(first + YEARS_LOOKED_AT, date.max.year)
    before = [_starts_before(anchor_on, rhythm, date(year, 1, 1)) for year in range(first, last + 1)]
    counts = [later - earlier for earlier, later in pairwise(before)]
    return YearlyCharges(min(counts), max(counts), max(set(counts), key=counts.count))


def due_at(due: Period, zone: str, subscription_id: str) -> int:
    """When the charge for a period is due: on its first day between 6 and 10 in the publication's zone.

    The minute is spread by a hash of the subscription's id, so that not all are charged at once. No zone
    changes its clock in those hours, so that the moment exists exactly once.
    """
    spread = int.from_bytes(hashlib.sha256(subscription_id.encode()).digest()[:4], "big") % MORNING_SECONDS
    morning = datetime.combine(due.starts_on, time(MORNING_STARTS_AT_HOUR), ZoneInfo(zone))
    return int(morning.timestamp()) + spread


def day_of(moment: int, zone: str) -> date:
    """The day of a moment where the publication is: 23:30 UTC on the 21st is the 22nd in Berlin."""
    return datetime.fromtimestamp(moment, ZoneInfo(zone)).date()


def access_until(ends_on: date) -> int:
    """The moment from which paid time is over: when the printed date `ends_on` is past everywhere on earth.

    The last place to leave 20 December does so at noon UTC on the 21st. The renewal of the same day's
    morning lies before that moment in every zone, so that a paid reader never waits for the charge.
    """
    return (ends_on.toordinal() - _FIRST_DAY) * DAY + DAY + DAY // 2


def _starts_before(anchor_on: date, rhythm: Rhythm, on: date) -> int:
    """How many periods start before `on`, a day after the anchor."""
    if rhythm.unit == "day":
        return -(-(on - anchor_on).days // rhythm.count)
    months = (on.year - anchor_on.year) * 12 + on.month - anchor_on.month
    seq = months // (rhythm.count * (12 if rhythm.unit == "year" else 1))
    return seq + 1 if starts_on(anchor_on, rhythm, seq) < on else seq
