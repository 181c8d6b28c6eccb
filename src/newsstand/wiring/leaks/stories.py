"""The stories of an installation as a walk needs them: read from its rows, by the same cut as every output."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from newsstand.office.access import queries as access
from newsstand.office.articles import pictures
from newsstand.office.articles import queries as articles
from newsstand.office.articles.cut import Block, cut
from newsstand.office.kit import clock
from newsstand.rules.gate.facts import Level, level_at
from newsstand.rules.gate.policy import Policy
from newsstand.wiring.leaks.marks import Finder, Story
from newsstand.wiring.leaks.readers import CLOSED

NEWEST: Final = 1000
"""So many stories are looked for: their words are held in memory."""


@dataclass(frozen=True, slots=True)
class Known:
    """The stories that are closed to somebody, and a finder of their words."""

    stories: tuple[Story, ...]
    finder: Finder


def known_stories(policy: Policy, now: datetime) -> Known:
    """The newest stories, and those that are not public at all."""
    stories: list[Story] = []
    open_texts: list[str] = []
    open_files: set[str] = set()
    for article in articles.latest(NEWEST, now=now):
        text = cut(article)
        level = _level(article, policy, now)
        open_texts += [article.title, article.standfirst, article.lead_caption, *_pieces(text.opening)]
        open_files |= {*_lead_files(article), *_files(text.opening)}
        if level == Level.FREE:
            open_texts += _pieces(text.rest)
            open_files |= set(_files(text.rest))
        else:
            stories.append(Story(article.address, level, tuple(_pieces(text.rest)), tuple(_files(text.rest))))
    stories = [
        replace(story, files=tuple(name for name in story.files if name not in open_files))
        for story in stories
    ]
    for article in articles.closed_articles(NEWEST, now=now):
        text = cut(article)
        stories.append(Story(article.address, CLOSED, tuple(_pieces((*text.opening, *text.rest)))))
    return Known(tuple(stories), Finder(stories, open_texts))


def _level(article: Any, policy: Policy, now: datetime) -> str:
    moment = clock.to_unix(now)
    facts = access.facts_for_gate(article)
    if any(house.applies(facts.section, moment) for house in policy.open_house):
        return Level.FREE.value
    return level_at(facts, moment).value


def _pieces(blocks: Iterable[Block]) -> Iterator[str]:
    """All that a block says to a reader: its text, and what stands beside its pictures."""
    for block in blocks:
        yield block.text
        for shown in block.pictures:
            yield shown.alt
            yield shown.caption


def _lead_files(article: Any) -> Iterator[str]:
    lead = pictures.lead_picture(article)
    if lead is not None:
        yield from _sizes(lead)


def _files(blocks: Iterable[Block]) -> Iterator[str]:
    """Names of pictures and recordings and addresses of cards that these blocks show."""
    for block in blocks:
        yield from block.leads_to
        for shown in block.pictures:
            yield from _sizes(shown)


def _sizes(shown: pictures.Shown) -> Iterator[str]:
    return (size.url for size in (*shown.sources.webp, *shown.sources.jpeg))
