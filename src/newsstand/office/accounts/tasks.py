"""What accounts do after a commit and from time to time."""

from datetime import datetime
from typing import Any

from newsstand.office.accounts.actions import closing, sign_in
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(closing.CLOSE_PASSES, _close_passes)
    registry.on(closing.CLOSE_SESSION, _close_session)
    registry.every("accounts.forget_codes", 3600, _forget_codes)


def _close_passes(payload: dict[str, Any], now: datetime) -> None:
    closing.put_reader_on_board(payload["reader"], now)


def _close_session(payload: dict[str, Any], now: datetime) -> None:
    closing.put_session_on_board(payload["session"], now)


def _forget_codes(now: datetime) -> None:
    sign_in.forget_codes(real_now=clock.real_now())
