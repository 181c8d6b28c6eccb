"""What the edition does: print, drop, move, and let everything printed so far count as old."""

from collections.abc import Callable, Iterable
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from newsstand.office.access import queries as access
from newsstand.office.articles import queries as articles
from newsstand.office.edition import queries
from newsstand.office.edition.models import FeedKey
from newsstand.office.edition.printing import assets, press, software
from newsstand.office.edition.printing.press import PRINT_LISTING as PRINT_LISTING
from newsstand.office.edition.printing.press import PRINT_STORY as PRINT_STORY
from newsstand.office.edition.printing.sheets import sheet_press
from newsstand.office.edition.search import indexing
from newsstand.office.kit import audit, clock, outbox, shelf
from newsstand.shelf.entry import NOT_FOUND

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

DROP: Final = "edition.drop"
MOVE: Final = "edition.move"
RAISE_GENERATION: Final = "edition.raise_generation"
DROP_FEEDS: Final = "edition.drop_feeds"
DROP_MAPS: Final = "edition.drop_maps"
INDEX: Final = "edition.index"
WARM: Final = "edition.warm"
WARM_PAGE: Final = "edition.warm_page"

WARMED: Final = 20  # so many stories are printed again after a change that shows on every page

KEY_BYTES: Final = 16  # 128 bits: nobody guesses a feed's address

Report = Callable[[str], None]


def print_story(*, article_id: str, now: datetime) -> None:
    """Print a story anew, unless a reader has had that done.

    One that is no longer live is left alone: what it lay at has been dropped by path.
    """
    article = articles.article(article_id)
    if article is None:
        return
    drop_if_gate_moved(article, path=article.address)
    _arrive(article.address)
    press.print_if_asked(article, now)


def print_listing(*, path: str, now: datetime) -> None:
    """Print the page at a path anew, unless a reader has had that done.

    What lies there is dropped when no page is there any more.
    """
    page = articles.page_at(path)
    if page is None:
        drop(path=path)
        return
    _arrive(path)
    press.print_if_asked(page, now)


def drop(*, path: str) -> None:
    """Take a page off the shelf; asked for again, it is printed if it still is public."""
    shelf.handle().entries.drop(path)


def let_end_soon(*, paths: Iterable[str]) -> None:
    """Let what lies at these paths be handed out for a second at most: by then it has been printed anew, or the next
    who asks has it printed."""
    moment = clock.to_unix(clock.now()) + 1
    for path in paths:
        shelf.handle().entries.let_end(path, moment)


def drop_feeds(*, path: str) -> None:
    """Take away the feeds beside the page at a path, also what is being made of them now."""
    sheet_press.drop_made(sheet_press.feeds_beside(path))


def drop_maps(*, now: datetime) -> None:
    """Take away the site maps, also what is being made of them now."""
    sheet_press.drop_made(sheet_press.maps(now))


def drop_if_gate_moved(article: Any, *, path: str) -> bool:
    """Take what lies at a path of this story off the shelf, unless the gate still sees the story as it stands there.

    True if something was taken away.
    """
    entry = shelf.handle().entries.get(path)
    if entry is None or (article.live and entry.facts == access.facts_for_gate(article)):
        return False
    drop(path=path)
    return True


def index_story(*, article_id: str) -> None:
    """Let search find a story by its present words, or no more."""
    indexing.index_story(article_id)


def replace_feed_key(*, account: "Account", by: str, now: datetime) -> str:
    """A new key for a reader's own feed; the one before opens nothing any more. It is told here and never again."""
    key = token_hex(KEY_BYTES)
    with transaction.atomic():
        FeedKey.objects.update_or_create(
            account=account, defaults={"key_hash": queries.key_hash(key), "made_at": now}
        )
        audit.record(by=by, verb="replace_feed_key", subject=f"account:{account.reader_id}", now=now)
    return key


def move(*, old: str, new: str) -> None:
    """Send readers of an old address to the new one, or to where that has moved on to since.

    A page that has come back by now, or another one that stands there, is not led away from.
    """
    if articles.page_at(old) is not None:
        return
    if articles.page_at(new) is not None:
        _arrive(new)
    else:
        new = shelf.handle().board.read().redirects.get(new, new)
    if new != old:
        shelf.handle().board.set_redirect(old, new)
    drop(path=old)


def let_all_be_old() -> None:
    """Let every page count as not printed."""
    shelf.handle().board.raise_generation()


def raise_generation() -> None:
    """Let every page count as not printed, and have the ones that are read most printed again soon."""
    let_all_be_old()
    for asset in assets.current():
        assets.print_asset(asset)
    with transaction.atomic():
        outbox.add(WARM, {}, key="warm")


def warm(*, now: datetime) -> None:
    """Ask for a print of the front page, the sections and the newest stories, each as a row of its own.

    So nothing else that waits in the outbox waits for all of them.
    """
    newest = articles.latest(WARMED, now=now)
    paths = [
        NOT_FOUND,
        "/",
        *(section.address for section in articles.sections()),
        *(story.address for story in newest),
    ]
    with transaction.atomic():
        for path in paths:
            outbox.add(WARM_PAGE, {"path": path}, key=path)


def warm_page(*, path: str, now: datetime) -> None:
    """Print one page, unless a reader has already had it printed."""
    if path == NOT_FOUND:
        press.print_not_found(now)
        return
    page = articles.page_at(path)
    if page is not None:
        press.print_if_needed(page, now)


def heal(*, now: datetime) -> None:
    """Before the port opens: the style sheet lies on the shelf, dead pages do not, and what other software printed
    counts as old.

    Pages that are missing are printed when they are asked for.
    """
    if articles.front_page() is None:  # an installation that is only just being made
        return
    if software.is_new() or shelf.handle().board.read().generation == 0:
        raise_generation()
    for asset in assets.current():
        assets.print_asset(asset)
    _drop_what_is_no_page()
    indexing.heal(now)


def print_all(report: Report) -> None:
    """Print every page anew and drop what is no page any more, with a line of progress for each."""
    now = clock.now()
    for asset in assets.current():
        assets.print_asset(asset)
    press.print_not_found(now)
    paths = queries.public_paths()
    for number, path in enumerate(paths, start=1):
        page = articles.page_at(path)
        is_printed = page is not None and press.print_page(page, now)
        report(f"{number} of {len(paths)}  {path}{'' if is_printed else '  (not printed)'}")
    _drop_what_is_no_page()


def _arrive(path: str) -> None:
    """A page stands at this path now, so nothing leads away from it any more."""
    board = shelf.handle().board
    if path in board.read().redirects:
        board.drop_redirect(path)


def _drop_what_is_no_page() -> None:
    entries = shelf.handle().entries
    live = {NOT_FOUND, *queries.public_paths()}
    for path in list(entries.paths()):
        if path not in live and not path.startswith("/assets/"):
            entries.drop(path)
