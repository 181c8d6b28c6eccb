"""Answers a reader's question: which stories, and which words of them this reader may see."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.safestring import SafeString

from newsstand.office.access import queries as access
from newsstand.office.articles import queries as articles
from newsstand.office.articles.cut import cut
from newsstand.office.edition.printing.sheets.items import Opens, opens_to
from newsstand.office.edition.search import tables
from newsstand.office.edition.search.snippets import marked, snippet
from newsstand.office.edition.search.words import terms
from newsstand.office.kit import clock, language
from newsstand.rules.gate.facts import SITE, ReaderFacts, Right, holds

MOST: Final = 200  # stories; who asks for more wants other words
ON_A_PAGE: Final = 20
_PRODUCT: Final = "product:"


@dataclass(frozen=True, slots=True)
class Hit:
    """A story that was found. `headline` and `words` are HTML in which the words asked for are marked."""

    url: str
    headline: SafeString
    words: SafeString
    section: str
    published_at: str
    published_on: str


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int
    page: int
    pages: int


def search(query: str, reader: ReaderFacts | None, page: int, now: datetime) -> Found:
    """The stories whose words begin with each word of the question.

    A stranger's question is put to the openings alone. The whole texts are asked for the products that the reader
    holds, and a story that only they know is left out unless the gate opens it to this reader.
    """
    asked, opens = terms(query), opens_to(reader, access.policy(now), now)
    by_opening = tables.find("opening", asked, MOST)
    by_text = _by_text(asked, reader, clock.to_unix(now))
    known = {story.article_id: story for story in articles.public_stories([*by_text, *by_opening], now=now)}
    is_known_by_opening = set(by_opening)
    stories = [
        known[story]
        for story in dict.fromkeys((*by_text, *by_opening))
        if story in known and (story in is_known_by_opening or _opens(known[story], opens))
    ]
    pages = max(1, -(-len(stories) // ON_A_PAGE))
    page = min(max(page, 1), pages)
    shown = stories[(page - 1) * ON_A_PAGE : page * ON_A_PAGE]
    with language.in_language_of_publication():
        hits = tuple(_hit(story, asked, opens) for story in shown)
    return Found(hits, len(stories), page, pages)


def _by_text(asked: tuple[str, ...], reader: ReaderFacts | None, now: int) -> list[str]:
    """What the whole texts answer, for who holds products; nobody else's question reaches them."""
    if reader is None:
        return []
    subjects = {grant.subject for grant in reader.grants if holds(grant, Right.READ, now)}
    if reader.is_staff or SITE in subjects:
        return tables.find("full", asked, MOST)
    products = {subject.removeprefix(_PRODUCT) for subject in subjects if subject.startswith(_PRODUCT)}
    return tables.find("full", asked, MOST, products=products) if products else []


def _opens(story: Any, opens: Opens) -> bool:
    return opens(access.facts_for_gate(story))


def _hit(story: Any, asked: tuple[str, ...], opens: Opens) -> Hit:
    """A story with the place that answers best, cut from what this reader may read of it."""
    text = cut(story)
    blocks = (*text.opening, *text.rest) if _opens(story, opens) else text.opening
    readable = " ".join(block.text for block in blocks)
    return Hit(
        url=story.address,
        headline=marked(story.title, asked),
        words=snippet(readable, asked) or marked(story.standfirst, asked),
        section=story.section.title,
        published_at=story.published_at.isoformat(),
        published_on=language.day(story.published_at),
    )
