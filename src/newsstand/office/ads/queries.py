"""Which advertisement stands where."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Min, Q, QuerySet

from newsstand.office.ads.models import Creative
from newsstand.office.articles import pictures
from newsstand.office.kit.queries import publication

PICTURE_SIZES: Final = "8rem"


@dataclass(frozen=True, slots=True)
class ShownCreative:
    """An advertisement as a page shows it; `picture` is HTML, or empty."""

    headline: str
    words: str
    link: str
    picture: str


def creative_for(slot: str, path: str, now: datetime) -> ShownCreative | None:
    """The advertisement of this slot on the page at `path`; the same all day; None if none runs."""
    running = list(_running(now).filter(slot__code=slot).select_related("picture"))
    if not running:
        return None
    day = now.astimezone(ZoneInfo(publication().zone)).date()
    creative = choose(running, f"{slot} {path} {day.isoformat()}")
    return ShownCreative(creative.headline, creative.words, creative.link, _picture(creative))


def choose(creatives: Sequence[Creative], key: str) -> Creative:
    """One of them, by weight; the same key always gives the same one."""
    total = sum(creative.weight for creative in creatives)
    place = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % total
    for creative in creatives:
        place -= creative.weight
        if place < 0:
            return creative
    raise ValueError("every weight is at least 1")


def next_change(now: datetime) -> datetime | None:
    """The next moment at which an advertisement begins or ends by the clock alone."""
    coming = Creative.objects.filter(is_active=True).aggregate(
        begins=Min("from_at", filter=Q(from_at__gt=now)), ends=Min("until_at", filter=Q(until_at__gt=now))
    )
    return min((moment for moment in coming.values() if moment is not None), default=None)


def _running(now: datetime) -> "QuerySet[Creative]":
    begun = Q(from_at__isnull=True) | Q(from_at__lte=now)
    not_over = Q(until_at__isnull=True) | Q(until_at__gt=now)
    return Creative.objects.filter(begun, not_over, is_active=True).order_by("pk")


def _picture(creative: Creative) -> str:
    if creative.picture is None:
        return ""
    # The words beside the picture say all there is to say, so a screen reader is spared the picture.
    shown = pictures.shown(creative.picture, alt="", decorative=True, caption="", credit="")
    return shown.html(sizes=PICTURE_SIZES)
