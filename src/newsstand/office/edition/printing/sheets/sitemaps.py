"""Site maps: an index, one map for each month of stories, one of the pages that list them, one of the news."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.template.loader import render_to_string

from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing.plate import earliest
from newsstand.office.edition.printing.sheets.items import whole
from newsstand.office.edition.printing.sheets.sheet import Sheet
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication

INDEX: Final = "/sitemap.xml"
NEWS: Final = "/sitemaps/news.xml"
PAGES: Final = "/sitemaps/pages.xml"
ROBOTS: Final = "/robots.txt"
NEWS_FOR: Final = timedelta(hours=48)
MOST: Final = 50_000  # addresses in one map, as the protocol has it
XML: Final = "application/xml; charset=utf-8"
_MONTH: Final = re.compile(r"/sitemaps/(\d{4})-(\d{2})\.xml")


def month_address(month: date) -> str:
    """`/sitemaps/2026-11.xml`."""
    return f"/sitemaps/{month:%Y-%m}.xml"


def map_sheet(path: str, now: datetime) -> Sheet | None:
    """The map at this path, or robots.txt; None for any other path and for a month without stories."""
    if path == ROBOTS:
        text = render_to_string("edition/robots.txt", {"site_url": settings.SITE_URL})
        return Sheet(path, "text/plain; charset=utf-8", text.encode(), None)
    if path == INDEX:
        maps = [PAGES, NEWS, *(month_address(month) for month in articles.months(now))]
        return _sheet(path, "edition/sitemap_index.xml", {"maps": [whole(each) for each in maps]}, now)
    if path == PAGES:
        urls = [(whole(page.address), None) for page in articles.listings()]
        return _sheet(path, "edition/sitemap.xml", {"urls": urls}, now)
    if path == NEWS:
        return _news(now)
    match = _MONTH.fullmatch(path)
    return _month(path, int(match[1]), int(match[2]), now) if match else None


def _month(path: str, year: int, month: int, now: datetime) -> Sheet | None:
    try:
        begin = datetime(year, month, 1, tzinfo=UTC)
    except ValueError:
        return None
    end = (begin + timedelta(days=32)).replace(day=1)
    stories = articles.addresses_between(begin, end, MOST, now=now)
    if not stories:
        return None
    urls = [(whole(address), changed_at.isoformat()) for address, changed_at in stories]
    return _sheet(path, "edition/sitemap.xml", {"urls": urls}, now)


def _news(now: datetime) -> Sheet:
    """The stories of the last two days; the oldest of them leaves by the clock alone."""
    stories = [story for story in articles.latest(1000, now=now) if story.published_at > now - NEWS_FOR]
    context = {
        "stories": [_news_entry(story) for story in stories],
        "publication": publication().name,
        "language": publication().language.split("_")[0],
    }
    leaves = stories[-1].published_at + NEWS_FOR if stories else None
    return _sheet(NEWS, "edition/sitemap_news.xml", context, now, leaves)


def _news_entry(story: Any) -> dict[str, str]:
    return {
        "url": whole(story.address),
        "published_at": story.published_at.isoformat(),
        "title": story.title,
    }


def _sheet(
    path: str, template: str, context: dict[str, Any], now: datetime, until: datetime | None = None
) -> Sheet:
    moments = [
        clock.to_unix(moment) if moment is not None else None for moment in (articles.next_change(now), until)
    ]
    text = render_to_string(template, context)
    return Sheet(path, XML, text.encode(), earliest(moments, after=clock.to_unix(now)))
