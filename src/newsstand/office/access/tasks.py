"""What this desk does after a commit, at the start, and from time to time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from newsstand.office.access import actions
from newsstand.office.kit.queries import NoPublication
from newsstand.office.kit.registry import registry

KEEP_SECONDS: Final = 60.0
PRUNE_SECONDS: Final = 3600.0


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(actions.TOPIC, _follow_change)
    registry.on(actions.REVOKE, _close_gift)
    registry.at_start.append(actions.put_policy_at_start)
    registry.at_start.append(_where_there_is_a_publication(actions.restore_counts))
    registry.every("access.keep_counts", KEEP_SECONDS, _where_there_is_a_publication(actions.keep_counts))
    registry.every("access.prune_counts", PRUNE_SECONDS, _where_there_is_a_publication(actions.prune_counts))


def _where_there_is_a_publication(do: Callable[[datetime], object]) -> Callable[[datetime], None]:
    """Nothing is counted in an installation that is just being made."""

    def done(now: datetime) -> None:
        try:
            do(now)
        except NoPublication:
            return

    return done


def _follow_change(payload: dict[str, Any], now: datetime) -> None:
    actions.follow_change(now)


def _close_gift(payload: dict[str, Any], now: datetime) -> None:
    actions.close_gift(gift_id=payload["id"], until=payload["until"], now=now)
