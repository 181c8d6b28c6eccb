"""The public feeds, one beside each page that lists stories, and the feed of one reader."""

from datetime import datetime
from typing import Any, Final

from newsstand.office.access import queries as access
from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing.plate import earliest
from newsstand.office.edition.printing.sheets.feeds import FORMATS, Feed
from newsstand.office.edition.printing.sheets.items import Items, items, opens_to, whole
from newsstand.office.edition.printing.sheets.sheet import Sheet
from newsstand.office.kit import clock, language
from newsstand.office.kit.queries import publication
from newsstand.rules.gate.facts import ReaderFacts

BEFORE: Final = "/feeds"
LENGTH: Final = 30  # stories in a feed
# What a feed beside this kind of page is asked for with.
BESIDE: Final = {"front": "", "section": "section", "author": "author", "tag": "tag"}


def feed_address(page_path: str, name: str) -> str:
    """`/harbour/` and `rss.xml`: `/feeds/harbour/rss.xml`."""
    return f"{BEFORE}{page_path}{name}"


def feed_sheet(path: str, now: datetime) -> Sheet | None:
    """The feed at a path of the site; None where no page that lists stories is beside it."""
    page_path, _, name = path.removeprefix(BEFORE).rpartition("/")
    page = articles.page_at(f"{page_path}/") if name in FORMATS else None
    if page is None or page.kind not in BESIDE or page.get_view_restrictions().exists():
        return None
    policy, by = access.policy(now), BESIDE[page.kind]
    stories = articles.latest(LENGTH, now=now, **({by: page} if by else {}))
    with language.in_language_of_publication():
        found = items(stories, opens_to(None, policy, now), policy, now)
    named = publication().name
    title = named if page.kind == "front" else f"{page.title} – {named}"
    data = FORMATS[name].made(_feed(title, _about(page), page.address, path, found))
    return Sheet(path, FORMATS[name].content_type, data, _fresh_until(found, now))


def readers_feed(reader: ReaderFacts, path: str, name: str, now: datetime) -> tuple[str, bytes]:
    """The newest stories as this reader may read them now: what it is sent as, and its bytes."""
    policy = access.policy(now)
    with language.in_language_of_publication():
        found = items(articles.latest(LENGTH, now=now), opens_to(reader, policy, now), policy, now)
    made = FORMATS[name]
    return made.content_type, made.made(_feed(publication().name, publication().tagline, "/", path, found))


def _feed(title: str, about: str, page_path: str, path: str, found: Items) -> Feed:
    return Feed(
        title=title,
        description=about,
        page=whole(page_path),
        address=whole(path),
        language=publication().html_lang,
        publication=publication().name,
        items=found.items,
    )


def _about(page: Any) -> str:
    about = getattr(page, "description", "") or getattr(page, "about", "")
    return about or publication().tagline


def _fresh_until(found: Items, now: datetime) -> int | None:
    change = articles.next_change(now)
    listed = clock.to_unix(change) if change is not None else None
    return earliest([found.fresh_until, listed], after=clock.to_unix(now))
