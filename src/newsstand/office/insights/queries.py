"""Questions about what was read."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum

from newsstand.office.articles import queries as articles
from newsstand.office.insights.models import Readings
from newsstand.office.kit.queries import publication

A_WEEK: Final = timedelta(days=7)
SHOWN: Final = 100  # stories in the report, the most read first
FULL: Final = Q(variant__startswith="full")
METERED: Final = Q(reason__in=("meter", "counted"))
PAID: Final = Q(reason__in=("grant", "grace"))
OPEN: Final = Q(reason__in=("free", "open_house"))


@dataclass(frozen=True, slots=True)
class StoryReadings:
    """One story's line in the report: how often it was read in full, by which right, and how often the wall stood."""

    article_id: str
    title: str
    address: str
    read: int
    openly: int
    metered: int
    paid: int
    otherwise: int
    walled: int


@dataclass(frozen=True, slots=True)
class Named:
    """A number with its name."""

    name: str
    number: int


def stories_read(first: date, last: date) -> list[StoryReadings]:
    """The stories that were asked for most between two days, both included."""
    full = Sum("number", filter=FULL, default=0)
    rows = (
        _between(first, last)
        .exclude(article_id="")
        .values("article_id")
        .annotate(
            all=Sum("number"),
            read=full,
            openly=Sum("number", filter=FULL & OPEN, default=0),
            metered=Sum("number", filter=FULL & METERED, default=0),
            paid=Sum("number", filter=FULL & PAID, default=0),
            walled=Sum("number", filter=~FULL, default=0),
        )
        .order_by("-all", "article_id")[:SHOWN]
    )
    return [_story(row) for row in rows]


def most_read(limit: int, now: datetime) -> list[str]:
    """The public ids of the stories that were read in full most often in the last week, the most read first."""
    last = now.astimezone(ZoneInfo(publication().zone)).date()
    sums = (
        _between(last - A_WEEK + timedelta(days=1), last)
        .filter(FULL)
        .exclude(article_id="")
        .values("article_id")
        .annotate(read=Sum("number"))
        .order_by("-read", "article_id")
    )
    return [row["article_id"] for row in sums[:limit]]


def reasons_given(first: date, last: date) -> list[Named]:
    """Why readers were let in or stopped, most often first."""
    return _named("reason", _between(first, last).exclude(article_id=""))


def sources_named(first: date, last: date) -> list[Named]:
    """What kind of place readers came from, most often first."""
    return _named("source", _between(first, last).exclude(article_id=""))


def troubles(first: date, last: date) -> list[Named]:
    """What the kiosks counted about themselves: renewals and pages that failed."""
    return _named("reason", _between(first, last).filter(article_id=""))


def _between(first: date, last: date) -> QuerySet[Readings]:
    return Readings.objects.filter(day__gte=first, day__lte=last)


def _named(field: str, rows: QuerySet[Readings]) -> list[Named]:
    sums = rows.values(field).annotate(all=Sum("number")).order_by("-all", field)
    return [Named(row[field], row["all"]) for row in sums]


def _story(row: dict[str, int | str]) -> StoryReadings:
    article_id = str(row["article_id"])
    article = articles.article(article_id)
    read, openly, metered, paid = (int(row[name]) for name in ("read", "openly", "metered", "paid"))
    return StoryReadings(
        article_id=article_id,
        title=article.title if article is not None else "",
        address=article.address if article is not None else "",
        read=read,
        openly=openly,
        metered=metered,
        paid=paid,
        otherwise=read - openly - metered - paid,
        walled=int(row["walled"]),
    )
