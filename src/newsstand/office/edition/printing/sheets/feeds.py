"""Feeds in three formats: RSS 2.0, Atom, and JSON Feed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from newsstand.office.edition.printing.sheets.items import Item

JSON_FEED: Final = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed before it has a format: what it is called, where it and its page lie, and what is in it."""

    title: str
    description: str
    page: str
    address: str
    language: str
    publication: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """A format of feeds: what it is sent as, and how it is made."""

    content_type: str
    made: Callable[[Feed], bytes]


class _Rss(Rss201rev2Feed):
    """RSS 2.0 with the text in `content:encoded`, beside the standfirst in `description`."""

    def rss_attributes(self) -> dict[str, str]:
        attributes: dict[str, str] = super().rss_attributes()
        return {**attributes, "xmlns:content": "http://purl.org/rss/1.0/modules/content/"}

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content:encoded", item["html"])


class _Atom(Atom1Feed):
    """Atom with the text in `content`, beside the standfirst in `summary`."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def _xml(kind: type[Rss201rev2Feed] | type[Atom1Feed]) -> Callable[[Feed], bytes]:
    def made(feed: Feed) -> bytes:
        written = kind(
            title=feed.title,
            link=feed.page,
            description=feed.description,
            language=feed.language,
            author_name=feed.publication,
            feed_url=feed.address,
        )
        for item in feed.items:
            written.add_item(
                title=item.title,
                link=item.url,
                description=item.summary,
                author_name=", ".join(name for name, _url in item.authors) or None,
                unique_id=item.id,
                unique_id_is_permalink=False,
                pubdate=item.published_at,
                updateddate=item.changed_at,
                categories=item.tags,
                html=item.html,
            )
        return written.writeString("utf-8").encode()

    return made


def _json(feed: Feed) -> bytes:
    value = {
        "version": JSON_FEED,
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.page,
        "feed_url": feed.address,
        "language": feed.language,
        "items": [_json_item(item) for item in feed.items],
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _json_item(item: Item) -> dict[str, Any]:
    value: dict[str, Any] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        "date_published": item.published_at.isoformat(),
        "date_modified": item.changed_at.isoformat(),
        "authors": [{"name": name, "url": url} for name, url in item.authors],
        "tags": list(item.tags),
    }
    return value | {name: text for name, text in (("summary", item.summary), ("image", item.image)) if text}


FORMATS: Final = {
    "rss.xml": Format("application/rss+xml; charset=utf-8", _xml(_Rss)),
    "atom.xml": Format("application/atom+xml; charset=utf-8", _xml(_Atom)),
    "feed.json": Format("application/feed+json; charset=utf-8", _json),
}
"""The last part of a feed's address says its format."""
