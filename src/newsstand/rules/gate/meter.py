"""Counting free articles: a value in, a value out.

The meter never forgets and never subtracts within a window. What was counted stays open until
the window ends, and merging two counts is their union.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from newsstand.rules.gate.facts import ReaderFacts
from newsstand.rules.gate.policy import MONTH, WEEK, Policy

# Windows of a number of days are counted in blocks from this Monday, so that `7d` and `week` agree.
FIRST_DAY = date(1970, 1, 5)
QUARTER_OF_AN_HOUR = 900


@dataclass(frozen=True, slots=True)
class Window:
    """A span in which articles are counted: from `start_at` up to, not including, `end_at`.

    The key names the window and its kind, so that a change of kind begins a new count.
    """

    key: str
    start_at: int
    end_at: int


class Reading(NamedTuple):
    """What is counted after one reading, and whether the meter opened the article."""

    counted: frozenset[str]
    opened: bool


def window_at(policy: Policy, now: int) -> Window:
    """The window that holds this moment: in London on 15 November 2026 the month `2026-11`.

    Fast enough to be called for each request: the answer is kept for each quarter of an hour, and
    the bounds of the kept answer are checked, so that no clock change can make it wrong.
    """
    window = _window_near(policy.zone, policy.window, now // QUARTER_OF_AN_HOUR)
    if window.start_at <= now < window.end_at:
        return window
    return _window(policy.zone, policy.window, now)


def left(counted: int, allowance: int) -> int:
    """How many more the meter opens: 1 counted of 3 leaves 2, 5 counted of 3 leaves 0."""
    return max(0, allowance - counted)


def allowance_for(policy: Policy, reader: ReaderFacts | None) -> int:
    """The free articles of this identity in one window: a reader's when signed in, else a device's."""
    return policy.device_allowance if reader is None else policy.reader_allowance


def read_one(counted: frozenset[str], article: str, allowance: int) -> Reading:
    """One reading of one article: a counted one opens again, one more is counted while any is left.

    With {a} of 2, reading b opens and gives {a, b}; then c stays closed and a opens again. An
    allowance of zero opens nothing, not even what was counted before.
    """
    if allowance <= 0:
        return Reading(counted, opened=False)
    if article in counted:
        return Reading(counted, opened=True)
    if len(counted) >= allowance:
        return Reading(counted, opened=False)
    return Reading(counted | {article}, opened=True)


def merge(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What is counted when a device's articles join a reader's: {a, b} and {b, c} give {a, b, c}."""
    return one | other


@lru_cache(maxsize=256)
def _window_near(zone: str, window: str, quarter: int) -> Window:
    return _window(zone, window, quarter * QUARTER_OF_AN_HOUR)


def _window(zone: str, window: str, now: int) -> Window:
    tz = ZoneInfo(zone)
    today = datetime.fromtimestamp(now, UTC).astimezone(tz).date()
    key, first, last = _span(window, today)
    return Window(key, _midnight(first, tz), _midnight(last, tz))


def _span(window: str, today: date) -> tuple[str, date, date]:
    """The key, the first day, and the first day that is no longer in the window."""
    if window == MONTH:
        first = today.replace(day=1)
        return f"{first:%Y-%m}", first, (first + timedelta(days=31)).replace(day=1)
    if window == WEEK:
        year, week, weekday = today.isocalendar()
        first = today - timedelta(days=weekday - 1)
        return f"{year}-W{week:02}", first, first + timedelta(days=7)
    days = int(window.removesuffix("d"))
    first = today - timedelta(days=(today - FIRST_DAY).days % days)
    return f"{first:%Y-%m-%d}+{days}d", first, first + timedelta(days=days)


def _midnight(day: date, tz: ZoneInfo) -> int:
    """The first moment of a day. Where the clock skips midnight, that is the moment of the skip."""
    return int(datetime(day.year, day.month, day.day, tzinfo=tz).timestamp())
