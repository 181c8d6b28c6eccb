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
from newsstand.office.articles.blocks import (
    AUDIO,
    CALLOUT,
    CODE,
    EMBED,
    GALLERY,
    HEADING,
    LIST,
    NUMBER_COLUMN,
    PARAGRAPH,
    PAYWALL,
    PICTURE,
    QUOTE,
    TABLE,
)
from newsstand.office.articles.pictures import Shown

if TYPE_CHECKING:
    from newsstand.office.articles.models import ArticlePage

TEXT_KINDS: Final = frozenset({PARAGRAPH, QUOTE, LIST, CALLOUT})
ENDS_AN_OPENING: Final = frozenset({TABLE, GALLERY, CODE, AUDIO})  # their worth does not lie in their words
OPENING_BLOCKS: Final = 3  # without a line, so many blocks of text are open …
OPENING_SHARE: Final = 5  # … and at most one word in so many

INLINE_TAGS: Final = frozenset({"a", "b", "strong", "i", "em", "br"})
LINK_SCHEMES: Final = frozenset({"http", "https", "mailto", "tel"})
_PARAGRAPH: Final = re.compile(r"<p>(.*?)</p>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a story. `text` is what it says, without any markup.

    `pictures` are those that it shows, `leads_to` the addresses of files and pages that it names.
    """

    kind: str
    text: str
    context: Mapping[str, Any] = field(repr=False)
    pictures: tuple[Shown, ...] = field(default=(), repr=False)
    leads_to: tuple[str, ...] = ()

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
    with ten paragraphs of 50 words, the first two. It ends before the first table, gallery, recording or code.
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
        if block.kind in ENDS_AN_OPENING:
            break
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
    for shown in _shown(value):
        yield Block(PICTURE, shown.caption, {"shown": shown}, pictures=(shown,))


def _gallery(value: Any) -> Iterator[Block]:
    shown = tuple(one for each in value for one in _shown(each))
    if shown:
        yield Block(GALLERY, " ".join(one.caption for one in shown), {"gallery": shown}, pictures=shown)


def _shown(value: Any) -> Iterator[Shown]:
    """The picture of a place, unless its file was deleted."""
    if value["picture"] is not None:
        yield pictures.shown(
            value["picture"],
            alt=value["alt_text"],
            decorative=value["decorative"],
            caption=value["caption"],
            credit=value["credit"],
        )


def _quote(value: Any) -> Iterator[Block]:
    text = f"{value['text']} {value['source']}".strip()
    yield Block(QUOTE, text, {"quote": value["text"], "source": value["source"]})


def _points(value: Any) -> Iterator[Block]:
    points = [_point(point.source) for point in value["points"]]
    context = {"numbered": value["numbered"], "first": value.get("first"), "points": points}
    yield Block(LIST, " ".join(_plain(point) for point in points), context)


def _point(source: str) -> SafeString:
    html = clean_rich_text(source)
    return mark_safe("<br>".join(_PARAGRAPH.findall(html)) or html)


def _embed(value: Any) -> Iterator[Block]:
    context = {"url": value["url"], "title": value["title"]}
    yield Block(EMBED, value["title"], context, leads_to=(value["url"],))


def _table(value: Any) -> Iterator[Block]:
    """The caption, the headings of the columns, and the rows, in the order in which they stand on the page."""
    is_number = [column["block"].name == NUMBER_COLUMN for column in value.columns]
    headings = [column["heading"] for column in value.columns]
    rows = [[str(cell.value) for cell in row] for row in value.rows]
    texts = [value.caption, *headings, *(cell for row in rows for cell in row)]
    context = {
        "caption": value.caption,
        "headings": list(zip(headings, is_number, strict=True)) if any(headings) else [],
        "rows": [list(zip(row, is_number, strict=True)) for row in rows],
    }
    yield Block(TABLE, " ".join(filter(None, texts)), context)


def _code(value: Any) -> Iterator[Block]:
    yield Block(CODE, str(value), {"code": value})


def _callout(value: Any) -> Iterator[Block]:
    html = clean_rich_text(value["text"].source)
    text = f"{value['title']} {_plain(html.replace('</p>', ' '))}".strip()
    yield Block(CALLOUT, text, {"title": value["title"], "html": mark_safe(html)})


def _audio(value: Any) -> Iterator[Block]:
    if value["file"] is None:  # it was deleted
        return
    url = value["file"].file.url  # a random name: the document's own address counts up
    context = {"url": url, "title": value["title"], "words": value["words"]}
    yield Block(AUDIO, f"{value['title']} {value['words']}".strip(), context, leads_to=(url,))


_BLOCKS: Final = {
    PARAGRAPH: _paragraphs,
    HEADING: _heading,
    PICTURE: _picture,
    QUOTE: _quote,
    LIST: _points,
    EMBED: _embed,
    TABLE: _table,
    GALLERY: _gallery,
    CODE: _code,
    CALLOUT: _callout,
    AUDIO: _audio,
}
