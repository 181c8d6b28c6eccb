"""The press: prints plates onto the shelf, one at a time for each path, over all processes."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from wagtail.models import Page

from newsstand.office.access import queries as access
from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing import listings
from newsstand.office.edition.printing.plate import Plate, earliest
from newsstand.office.edition.printing.story import story_plate
from newsstand.office.kit import clock, outbox, queries, shelf
from newsstand.rules.gate.variants import Variant
from newsstand.shelf.entry import NOT_FOUND, Bodies, Entry, compress, new_entry
from newsstand.shelf.store import ShelfFull

log = logging.getLogger(__name__)

PRINT_STORY: Final = "edition.print_story"
PRINT_LISTING: Final = "edition.print_listing"
# The outbox rows that ask for a page: a story's by its public id, a listing's by its path.

QUALITY: Final = 9  # of 11: a page is compressed once and handed out often; the last steps cost the most time

PLATES: Final[dict[str, Callable[[Any, datetime], Plate]]] = {
    "story": story_plate,
    "front": listings.front_plate,
    "section": listings.section_plate,
    "author": listings.author_plate,
    "authors": listings.authors_plate,
    "tag": listings.tag_plate,
    "tags": listings.tags_plate,
}


def plate_for(page: Any, now: datetime) -> Plate | None:
    """The plate of a page; None for a page type that has no printer, and for a page that staff closed off."""
    make = PLATES.get(getattr(page, "kind", ""))
    if make is None or page.get_view_restrictions().exists():
        return None
    return make(page, now)


def is_current(entry: Entry | None, now: datetime) -> bool:
    """Whether what lies on the shelf may still be handed out."""
    if entry is None or entry.generation < shelf.handle().board.read().generation:
        return False
    return entry.fresh_until is None or clock.to_unix(now) < entry.fresh_until


def print_page(page: Any, now: datetime) -> bool:
    """Print a page anew, whatever lies there; False if it has no plate, and then nothing lies there any more."""
    with shelf.handle().places.alone(page.address):
        return _print(page, now)


def print_if_asked(page: Any, now: datetime) -> None:
    """Print a page anew that an outbox row asks for, unless a reader had it printed while the row waited."""
    with shelf.handle().places.alone(page.address):
        if outbox.is_open(*_asked_by(page)):
            _print(page, now)


def print_if_needed(page: Any, now: datetime) -> bool:
    """Print a page that a reader asks for, unless somebody else has just done so; False if it has no plate.

    What the worker has laid while this was being printed is newer and stays. The rows that asked for this page
    before it was read are done with it, so that a story of this second is not printed twice.
    """
    entries = shelf.handle().entries
    with shelf.handle().places.alone(page.address):
        before = entries.get(page.address)
        if is_current(before, now):
            return True
        rows = outbox.begin(*_asked_by(page))
        found = articles.page_at(page.address)
        generation = shelf.handle().board.read().generation
        plate = plate_for(found, now)
        if plate is None:
            return False
        is_untouched = _stamp(entries.get(page.address)) == _stamp(before)
        # Where a redirect leads away from here, the rows are left to take it down.
        is_led_away = page.address in shelf.handle().board.read().redirects
        if is_untouched and _lay(found, plate, generation) and not is_led_away:
            outbox.close(rows)
        return True


def print_not_found(now: datetime) -> Entry | None:
    """The page that says that there is no page, printed anew if it is out of date."""
    entries = shelf.handle().entries
    with shelf.handle().places.alone(NOT_FOUND):
        if not is_current(entries.get(NOT_FOUND), now):
            generation = shelf.handle().board.read().generation
            _lay(None, listings.not_found_plate(now), generation)
        return entries.get(NOT_FOUND)


def add_variant(page: Any, name: str, now: datetime) -> bool:
    """Print one more variant of what lies there; False if that cannot be.

    Only where the gate sees the page as it did when that was printed: the new text behind the old gate would be
    open to readers for whom it is closed.
    """
    entries = shelf.handle().entries
    with shelf.handle().places.alone(page.address):
        entry = entries.get(page.address)
        if entry is None:
            return False
        if name in entry.etags:
            return True
        plate = plate_for(page, now)
        if plate is None or plate.facts != entry.facts:
            return False
        bodies = _printed(plate, Variant.parse(name))
        with transaction.atomic():
            return _is_as_read(page, plate) and entries.add(page.address, entry.stamp, name, bodies)


def _asked_by(page: Any) -> tuple[str, str]:
    """Topic and key of the outbox rows that ask for a page."""
    if getattr(page, "kind", "") == "story":
        return PRINT_STORY, page.article_id
    return PRINT_LISTING, page.address


def _print(page: Any, now: datetime) -> bool:
    generation = shelf.handle().board.read().generation
    plate = plate_for(page, now)
    if plate is None:
        shelf.handle().entries.drop(page.address)
        return False
    _lay(page, plate, generation)
    return True


def _lay(page: Any, plate: Plate, generation: int) -> bool:
    """Lay a plate's variants on the shelf, unless the page was changed while they were printed.

    The generation is the one from before the plate was made: a change since then makes this print old. A change of
    the page waits for the transaction to end, or this for the change's: then it finds it and lays nothing. So what
    a change takes off the shelf before its commit cannot come back as it was before.
    """
    printed = {variant.name: _printed(plate, variant) for variant in plate.first}
    with transaction.atomic():
        if not _is_as_read(page, plate):
            return False
        entry = new_entry(
            path=plate.path,
            kind=plate.kind,
            generation=generation,
            facts=plate.facts,
            fresh_until=_fresh_until(page, plate),
            status=plate.status,
        )
        try:
            shelf.handle().entries.put(entry, printed)
        except ShelfFull:
            _make_known(plate)
            raise
    return True


def _fresh_until(page: Any, plate: Plate) -> int | None:
    """Until when a print may be handed out: for a second, where a change of what it shows has come since it was read.

    The change has let end what lay there before, and the worker may be long in coming to it.
    """
    if page is None or not outbox.is_waiting(*_asked_by(page)):
        return plate.fresh_until
    return earliest([plate.fresh_until, clock.unix() + 1], after=0)


def _make_known(plate: Plate) -> None:
    """There is no room for a print. An old print of a story may be what was corrected: it goes; a list may stay."""
    log.error("shelf_full path=%s", plate.path)
    if plate.kind == "story":
        shelf.handle().entries.drop(plate.path)


def _printed(plate: Plate, variant: Variant) -> Bodies:
    return compress(plate.render(variant).encode(), quality=QUALITY)


def _stamp(entry: Entry | None) -> int | None:
    return entry.stamp if entry is not None else None


def _is_as_read(page: Any, plate: Plate) -> bool:
    """Whether the page is still public, at the same address, in the version and behind the gate that were read.

    None is the page that is no page of the tree, and always as it was.

    Within a transaction: SQLite has one writer at a time, and PostgreSQL locks the row of the page.
    """
    if page is None:
        return True
    same = {"pk": page.pk, "live": True, "url_path": page.url_path, "live_revision_id": page.live_revision_id}
    rows = Page.objects.select_for_update().filter(**same, last_published_at=page.last_published_at)
    if rows.values_list("pk", flat=True).first() is None:
        return False
    # A change of the rules raises the generation before it is committed: a print may have begun in between.
    queries.hold_publication()
    return plate.facts is None or plate.facts == access.facts_for_gate(page.__class__.objects.get(pk=page.pk))
