"""What this desk does after a commit and at the start."""

from datetime import datetime
from typing import Any

from newsstand.office.access import actions
from newsstand.office.kit.registry import registry


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(actions.TOPIC, _follow_change)
    registry.on(actions.REVOKE, _close_gift)
    registry.at_start.append(actions.put_policy_at_start)


def _follow_change(payload: dict[str, Any], now: datetime) -> None:
    actions.follow_change(now)


def _close_gift(payload: dict[str, Any], now: datetime) -> None:
    actions.close_gift(gift_id=payload["id"], until=payload["until"], now=now)
