"""The one door for the text of a story: cut, block by block, into the opening and the rest.

Every output (page, feed, mail, search …) is made from `cut(article)`, never from the stored body.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import TYPE_CHECKING, Any, Final

import nh3
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from wagtail.rich_text import expand_db_html

from newsstand.office.articles import pictures
from newsstand.office.articles.blocks import EMBED, HEADING, LIST, PARAGRAPH, PAYWALL, PICTURE, QUOTE

if TYPE_CHECKING:
    from newsstand.office.articles.models import ArticlePage

TEXT_KINDS: Final = frozenset({PARAGRAPH, QUOTE, LIST})
OPENING_BLOCKS: Final = 3  # without a line, so many blocks of text are open …
OPENING_SHARE: Final = 5  # … and at most one word in so many

INLINE_TAGS: Final = frozenset({"a", "b", "strong", "i", "em", "br"})
LINK_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a story. `text` is what it says, without any markup."""

    kind: str
    text: str
    context: Mapping[str, Any] = field(repr=False)

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())

    def html(self) -> SafeString:
        """Safe HTML of this block alone."""
        return render_to_string(f"articles/blocks/{self.kind}.html", dict(self.context))


@dataclass(frozen=True, slots=True)
class Cut:
    """A story in two parts. What stands in `rest` is never given to somebody who may see the opening only."""

    opening: tuple[Block, ...]
    rest: tuple[Block, ...]

    @property
    def words(self) -> int:
        """The words of the whole text."""
        return self.opening_words + sum(block.words for block in self.rest)

    @property
    def opening_words(self) -> int:
        """The words of the opening."""
        return sum(block.words for block in self.opening)

    @property
    def ends_here(self) -> bool:
        """Whether the opening is all there is."""
        return not self.rest


def cut(article: "ArticlePage") -> Cut:
    """The opening and the rest, by the line that the editor placed.

    Without a line the opening is the first three blocks of text, at most a fifth of the words: of a story
    with ten paragraphs of 50 words, the first two.
    """
    above: list[Block] = []
    below: list[Block] = []
    has_line = False
    for bound in article.body:
        if bound.block_type == PAYWALL:
            has_line = True
            continue
        (below if has_line else above).extend(_BLOCKS[bound.block_type](bound.value))
    if has_line:
        return Cut(tuple(above), tuple(below))
    size = opening_size(above)
    return Cut(tuple(above[:size]), tuple(above[size:]))


def opening_size(blocks: list[Block]) -> int:
    """How many blocks are open where no line stands. A heading or a picture never stands last in an opening."""
    most = sum(block.words for block in blocks) // OPENING_SHARE
    size = texts = words = 0
    for place, block in enumerate(blocks, start=1):
        words += block.words
        texts += block.kind in TEXT_KINDS
        if texts > OPENING_BLOCKS or words > most:
            break
        if block.kind in TEXT_KINDS:
            size = place
    return size


def clean_rich_text(source: str) -> str:
    """Stored rich text as safe HTML: links to pages are written out, all but a few tags are removed."""
    return nh3.clean(
        expand_db_html(source),
        tags=set(INLINE_TAGS | {"p"}),
        attributes={"a": {"href"}},
        url_schemes=set(LINK_SCHEMES),
        link_rel=None,
    )


def _plain(html: str) -> str:
    return " ".join(unescape(strip_tags(html.replace("<br>", " "))).split())


def _paragraphs(value: Any) -> Iterator[Block]:
    html = clean_rich_text(value.source)
    for inner in _PARAGRAPH.findall(html) or [html]:
        text = _plain(inner)
        if text:
            yield Block(PARAGRAPH, text, {"html": mark_safe(inner)})


def _heading(value: Any) -> Iterator[Block]:
    yield Block(HEADING, str(value), {"heading": value})


def _picture(value: Any) -> Iterator[Block]:
    if value["picture"] is None:  # its file was deleted
        return
    shown = pictures.shown(
        value["picture"],
        alt=value["alt_text"],
        decorative=value["decorative"],
        caption=value["caption"],
        credit=value["credit"],
    )
    yield Block(PICTURE, shown.caption, {"shown": shown})


def _quote(value: Any) -> Iterator[Block]:
    text = f"{value['text']} {value['source']}".strip()
    yield Block(QUOTE, text, {"quote": value["text"], "source": value["source"]})


def _points(value: Any) -> Iterator[Block]:
    points = [_point(point.source) for point in value["points"]]
    context = {"numbered": value["numbered"], "points": points}
    yield Block(LIST, " ".join(_plain(point) for point in points), context)


def _point(source: str) -> SafeString:
    html = clean_rich_text(source)
    return mark_safe("<br>".join(_PARAGRAPH.findall(html)) or html)


def _embed(value: Any) -> Iterator[Block]:
    yield Block(EMBED, value["title"], {"url": value["url"], "title": value["title"]})


_BLOCKS: Final = {
    PARAGRAPH: _paragraphs,
    HEADING: _heading,
    PICTURE: _picture,
    QUOTE: _quote,
    LIST: _points,
    EMBED: _embed,
}
