"""The only place of the office that asks what time it is.

Site time is real time plus the offset that lies on the board, which only the demo's clock moves. Schedules,
meters, passes, grants and bills follow site time; sessions, sign-in codes, queues and logs stay on real time.
"""

import time
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from newsstand.office.kit import shelf


def real_now() -> datetime:
    """The real time, aware, UTC."""
    return datetime.now(UTC)


def unix() -> int:
    """Site time in whole seconds since 1970."""
    return int(time.time()) + shelf.handle().board.read().clock_offset


def now() -> datetime:
    """Site time, aware, UTC."""
    return from_unix(unix())


def is_ahead() -> bool:
    """Whether site time was moved ahead of real time."""
    return shelf.handle().board.read().clock_offset > 0


def today(zone: str) -> date:
    """The date of site time in a zone such as `Europe/Berlin`."""
    return now().astimezone(ZoneInfo(zone)).date()


def monotonic() -> float:
    """Seconds that never go back: for waiting, never for dates."""
    return time.monotonic()


def to_unix(moment: datetime) -> int:
    """An aware moment in whole seconds since 1970."""
    return int(moment.timestamp())


def from_unix(seconds: int) -> datetime:
    """Whole seconds since 1970 as an aware moment, UTC."""
    return datetime.fromtimestamp(seconds, UTC)
