"""Keeps the tables of words up to date."""

from datetime import datetime
from typing import Any, Final

from newsstand.office.articles import queries as articles
from newsstand.office.articles.cut import Block, cut
from newsstand.office.edition.search import tables
from newsstand.office.edition.search.words import words

AT_ONCE: Final = 200  # stories read together when all are indexed anew


def index_story(article_id: str) -> None:
    """Keep the words of a live story, or forget them."""
    article = articles.article(article_id)
    if article is None:
        tables.forget(article_id)
    else:
        _index(article)


def heal(now: datetime) -> None:
    """Index every live story anew where some are missing, as after a change of this software."""
    wanted = articles.live_story_ids()
    if tables.size() == len(wanted):
        return
    for begin in range(0, len(wanted), AT_ONCE):
        for article in articles.live_stories(wanted[begin : begin + AT_ONCE]):
            _index(article)


def _index(article: Any) -> None:
    """Of the opening all stories have words; the rest is kept apart, by its product."""
    text = cut(article)
    head = {
        "story": article.article_id,
        "product": article.product_code,
        "title": _folded(article.title),
        "standfirst": _folded(article.standfirst),
    }
    tables.put("opening", tables.Row(**head, text=_folded_blocks(text.opening)))
    tables.put("full", tables.Row(**head, text=_folded_blocks((*text.opening, *text.rest))))


def _folded_blocks(blocks: tuple[Block, ...]) -> str:
    return " ".join(_folded(block.text) for block in blocks)


def _folded(text: str) -> str:
    return " ".join(words(text))
