"""What this desk does from time to time."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from newsstand.office.insights import actions
from newsstand.office.kit.queries import NoPublication, publication
from newsstand.office.kit.registry import registry

SECONDS: Final = 5.0


def register() -> None:
    """Called once, when the application is ready."""
    registry.every("insights.take_tally", SECONDS, _take_tally)


def _take_tally(now: datetime) -> None:
    """Sums are of the day on which the office gets them, a few seconds after the kiosks counted them."""
    try:
        zone = publication().zone
    except NoPublication:  # an installation that is just being made
        return
    actions.take_tally(day=now.astimezone(ZoneInfo(zone)).date())
