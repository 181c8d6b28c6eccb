"""The outbox rows that the edition does. Each reads the present state, so doing one twice or late is harmless."""

from datetime import datetime
from typing import Any

from newsstand.office.edition import actions
from newsstand.office.kit.registry import registry


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(actions.PRINT_STORY, _print_story)
    registry.on(actions.PRINT_LISTING, _print_listing)
    registry.on(actions.DROP, _drop)
    registry.on(actions.DROP_FEEDS, _drop_feeds)
    registry.on(actions.DROP_MAPS, _drop_maps)
    registry.on(actions.INDEX, _index)
    registry.on(actions.MOVE, _move)
    registry.on(actions.RAISE_GENERATION, _raise_generation)
    registry.on(actions.WARM, _warm, can_wait=True)
    registry.on(actions.WARM_PAGE, _warm_page, can_wait=True)
    registry.at_start.append(_heal)


def _print_story(payload: dict[str, Any], now: datetime) -> None:
    actions.print_story(article_id=payload["id"], now=now)


def _print_listing(payload: dict[str, Any], now: datetime) -> None:
    actions.print_listing(path=payload["path"], now=now)


def _drop(payload: dict[str, Any], now: datetime) -> None:
    actions.drop(path=payload["path"])


def _drop_feeds(payload: dict[str, Any], now: datetime) -> None:
    actions.drop_feeds(path=payload["path"])


def _drop_maps(payload: dict[str, Any], now: datetime) -> None:
    actions.drop_maps(now=now)


def _index(payload: dict[str, Any], now: datetime) -> None:
    actions.index_story(article_id=payload["id"])


def _move(payload: dict[str, Any], now: datetime) -> None:
    actions.move(old=payload["old"], new=payload["new"])


def _raise_generation(payload: dict[str, Any], now: datetime) -> None:
    actions.raise_generation()


def _warm(payload: dict[str, Any], now: datetime) -> None:
    actions.warm(now=now)


def _warm_page(payload: dict[str, Any], now: datetime) -> None:
    actions.warm_page(path=payload["path"], now=now)


def _heal(now: datetime) -> None:
    actions.heal(now=now)
