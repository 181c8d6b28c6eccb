"""What this desk does from time to time."""

from datetime import datetime, timedelta

from newsstand.office.articles import actions, queries
from newsstand.office.kit.registry import registry


def register() -> None:
    """Called once, when the application is ready."""
    registry.every("articles.publish_scheduled", 5, _publish_scheduled, queries.next_scheduled)
    registry.every("articles.announce_forgotten", 60, _announce_forgotten)
    registry.at_start.append(_announce_forgotten_at_once)
    registry.page_context.append(queries.menu)


def _announce_forgotten(now: datetime) -> None:
    actions.announce_forgotten(now)


def _announce_forgotten_at_once(now: datetime) -> None:
    actions.announce_forgotten(now, patience=timedelta(0))


def _publish_scheduled(now: datetime) -> None:
    actions.publish_scheduled(now)
