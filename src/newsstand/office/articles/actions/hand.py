"""Whose hand is at work: Wagtail's signals do not say it, so an action that makes Wagtail speak says it first."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Hand:
    """Who acts, and at what site time."""

    by: str
    now: datetime


_hand: ContextVar[Hand | None] = ContextVar("articles_hand", default=None)


@contextmanager
def acting(by: str, now: datetime) -> Iterator[None]:
    """Within this block, what Wagtail tells of is done by this actor at this moment."""
    token = _hand.set(Hand(by, now))
    try:
        yield
    finally:
        _hand.reset(token)


def present() -> Hand | None:
    """The hand at work; None when Wagtail acts for somebody in its own pages."""
    return _hand.get()
