"""Prints sheets onto the shelf when they are asked for, and takes them away when something they show has changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import transaction

from newsstand.office.access import queries as access
from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing import press
from newsstand.office.edition.printing.sheets.feed_sheets import BEFORE, feed_address, feed_sheet
from newsstand.office.edition.printing.sheets.feeds import FORMATS
from newsstand.office.edition.printing.sheets.sheet import Sheet
from newsstand.office.edition.printing.sheets.sitemaps import (
    INDEX,
    NEWS,
    PAGES,
    ROBOTS,
    map_sheet,
    month_address,
)
from newsstand.office.kit import shelf
from newsstand.rules.gate.variants import page_variants
from newsstand.shelf.entry import compress, new_entry

MAPS: Final = "/sitemaps/"


def sheet_at(path: str, now: datetime) -> Sheet | None:
    """What machines read at this path; None where nothing is."""
    if path.startswith(f"{BEFORE}/"):
        return feed_sheet(path, now)
    return map_sheet(path, now)


def print_sheet_if_needed(path: str, now: datetime) -> bool:
    """Print the sheet that is asked for, unless it lies there; False if there is none at this path.

    If a story changed while it was being made, nothing is laid, and the next demand prints it. A change waits for the
    transaction to end, and takes away what was laid in it.
    """
    with shelf.handle().places.alone(path):
        if press.is_current(shelf.handle().entries.get(path), now):
            return True
        generation, before = shelf.handle().board.read().generation, articles.last_change()
        sheet = sheet_at(path, now)
        if sheet is None:
            return False
        with transaction.atomic():
            if articles.last_change() == before:
                _lay(sheet, generation, now)
        return True


def drop_feeds(listings: Iterable[str]) -> None:
    """Take away the feeds beside these pages at once; they are made again when somebody asks."""
    for path in listings:
        for address in feeds_beside(path):
            shelf.handle().entries.drop(address)


def drop_made(paths: Iterable[str]) -> None:
    """Take away these sheets after a change, also what is only just being made of the state before it.

    Never within a transaction: whoever makes a sheet may be waiting for it to end.
    """
    for path in paths:
        with shelf.handle().places.alone(path):
            shelf.handle().entries.drop(path)


def feeds_beside(path: str) -> list[str]:
    """Where the feeds beside the page at a path lie."""
    return [feed_address(path, name) for name in FORMATS]


def maps(now: datetime) -> list[str]:
    """Where site maps lie, or may be about to."""
    laid = [path for path in shelf.handle().entries.paths() if path.startswith(MAPS)]
    return list(dict.fromkeys((INDEX, NEWS, PAGES, *map(month_address, articles.months(now)), *laid)))


def is_sheet(path: str) -> bool:
    """Whether a path of the shelf is one of a sheet."""
    return path in (INDEX, ROBOTS) or path.startswith((f"{BEFORE}/", MAPS))


def _lay(sheet: Sheet, generation: int, now: datetime) -> None:
    """The same bytes for everybody, under the name of every variant that a page may have."""
    entry = new_entry(
        path=sheet.path,
        kind="page",
        generation=generation,
        content_type=sheet.content_type,
        fresh_until=sheet.fresh_until,
    )
    bodies = compress(sheet.data, quality=press.QUALITY)
    names = [variant.name for variant in page_variants(access.policy(now))]
    shelf.handle().entries.put(entry, dict.fromkeys(names, bodies))
