"""A story as an item of a feed: what may be read of it, and where to read the rest."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin

import nh3
from django.conf import settings
from django.template.loader import render_to_string

from newsstand.office.access import queries as access
from newsstand.office.articles import pictures
from newsstand.office.articles.cut import cut
from newsstand.office.edition.printing.plate import earliest
from newsstand.office.kit import clock
from newsstand.rules.gate.decide import decide
from newsstand.rules.gate.facts import ArticleFacts, Declares, ReaderFacts, Visit
from newsstand.rules.gate.policy import Policy

TAGS: Final = frozenset(
    {"a", "b", "strong", "i", "em", "br", "p", "h2", "ul", "ol", "li", "blockquote", "figure", "figcaption"}
    | {"cite", "span", "img", "table", "thead", "tbody", "tr", "th", "td", "caption"}
    | {"pre", "code", "audio"}
)
ATTRIBUTES: Final = {
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "audio": {"src", "controls"},
    "ol": {"start"},
}
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # which no XML may hold

Opens = Callable[[ArticleFacts], bool]


@dataclass(frozen=True, slots=True)
class Item:
    """One story in a feed. `html` is the whole text, or the opening and a link to where it goes on."""

    url: str
    id: str
    title: str
    summary: str
    html: str
    authors: tuple[tuple[str, str], ...]
    tags: tuple[str, ...]
    published_at: datetime
    changed_at: datetime
    image: str


@dataclass(frozen=True, slots=True)
class Items:
    """The stories of a feed; from `fresh_until` on, what may be read of one of them is another thing."""

    items: tuple[Item, ...]
    fresh_until: int | None


def opens_to(reader: ReaderFacts | None, policy: Policy, now: datetime) -> Opens:
    """Asks the gate for one reader, or for a stranger. A feed counts nothing, so the meter opens nothing in it."""
    visit, moment = Visit(declares=Declares.CRAWLER), clock.to_unix(now)
    return lambda facts: decide(facts, reader, visit, policy, moment).show == "full"


def items(stories: Iterable[Any], opens: Opens, policy: Policy, now: datetime) -> Items:
    """The stories as items, each cut by what `opens` says of it."""
    made: list[Item] = []
    moments: list[int | None] = [house.until for house in policy.open_house]
    for story in stories:
        facts = access.facts_for_gate(story)
        made.append(_item(story, is_whole=opens(facts)))
        moments += [step.from_at for step in facts.steps]
        moments += [facts.gone_from, facts.embargo_until, facts.published_at]
    return Items(tuple(made), earliest(moments, after=clock.to_unix(now)))


def whole(path: str) -> str:
    """The whole address of a path of the site."""
    return urljoin(settings.SITE_URL + "/", path)


def _item(story: Any, *, is_whole: bool) -> Item:
    text, lead = cut(story), pictures.lead_picture(story)
    blocks = (*text.opening, *text.rest) if is_whole else text.opening
    url = whole(story.address)
    context = {
        "blocks": [block.html() for block in blocks],
        "url": url,
        "goes_on": bool(text.rest) and not is_whole,
    }
    html = render_to_string("edition/feed_item.html", context)
    return Item(
        url=url,
        id=f"urn:uuid:{story.public_id}",
        title=_clean(story.title),
        summary=_clean(story.standfirst),
        html=_clean(_for_elsewhere(html)),
        authors=tuple((author.title, whole(author.address)) for author in story.authors),
        tags=tuple(tag.title for tag in story.tags.all() if tag.live),
        published_at=story.published_at,
        changed_at=max(story.last_published_at or story.published_at, story.published_at),
        image=whole(lead.sources.largest.url) if lead is not None else "",
    )


def _for_elsewhere(html: str) -> str:
    """Plain HTML with whole addresses, since it is shown on other sites and in programs."""
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        attribute_filter=_with_whole_address,
        link_rel=None,
    ).strip()


def _with_whole_address(tag: str, name: str, value: str) -> str:
    return whole(value) if name in ("href", "src") and value.startswith("/") else value


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
