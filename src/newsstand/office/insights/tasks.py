"""What this desk does from time to time."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from newsstand.office.insights import actions, queries
from newsstand.office.kit.queries import NoPublication, publication
from newsstand.office.kit.registry import registry

SECONDS: Final = 5.0
MOST_READ_SECONDS: Final = 300.0
MOST_READ: Final = 5


def register() -> None:
    """Called once, when the application is ready."""
    registry.every("insights.take_tally", SECONDS, _take_tally)
    registry.every("insights.most_read", MOST_READ_SECONDS, _MostRead().tell)
    registry.most_read = queries.most_read


class _MostRead:
    """Knows what this worker told last. A worker that begins anew tells once more, which prints one page."""

    def __init__(self) -> None:
        self._told: list[str] | None = None

    def tell(self, now: datetime) -> None:
        """Have the front page printed where other stories are read most, or in another order."""
        try:
            found = queries.most_read(MOST_READ, now)
        except NoPublication:  # an installation that is just being made
            return
        if found != (self._told or []):
            actions.tell_most_read()
        self._told = found


def _take_tally(now: datetime) -> None:
    """Sums are of the day on which the office gets them, a few seconds after the kiosks counted them."""
    try:
        zone = publication().zone
    except NoPublication:  # an installation that is just being made
        return
    actions.take_tally(day=now.astimezone(ZoneInfo(zone)).date())
