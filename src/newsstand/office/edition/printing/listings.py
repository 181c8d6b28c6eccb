"""The pages that list stories. They show headlines and standfirsts, and no story's text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext

from newsstand.office.access import queries as access
from newsstand.office.ads import queries as ads
from newsstand.office.articles import pictures
from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing import frame
from newsstand.office.edition.printing.plate import Plate, earliest
from newsstand.office.edition.printing.teasers import (
    GRID_SIZES,
    LEAD_SIZES,
    LIST_SIZES,
    Teaser,
    teaser,
    teasers,
)
from newsstand.office.kit import clock, language
from newsstand.office.kit.registry import registry
from newsstand.rules.gate.variants import Variant, page_variants
from newsstand.shelf.entry import NOT_FOUND

NEWEST_ON_FRONT: Final = 6
STRAND: Final = 4
MOST_READ: Final = 5
FEWEST_READ: Final = 3  # fewer say nothing about what is read
LISTED: Final = 24  # with standfirst and picture
LISTED_BRIEFLY: Final = 100  # after those, headline and date alone


@dataclass(frozen=True, slots=True)
class Strand:
    """A section on the front page."""

    name: str
    url: str
    teasers: list[Teaser]


def front_plate(page: Any, now: datetime) -> Plate:
    """The front page: the newest story large, the next ones in a grid, then each section's newest."""
    newest = articles.latest(1 + NEWEST_ON_FRONT, now=now)
    shown = {story.pk for story in newest}
    strands = [_strand(section, shown, now) for section in articles.sections()]
    with language.in_language_of_publication():
        context = {
            "description": page.search_description,
            "lead": teaser(newest[0], sizes=LEAD_SIZES, eager=True) if newest else None,
            "newest": teasers(newest[1:], sizes=GRID_SIZES),
            "most_read": _most_read(now),
            "strands": [strand for strand in strands if strand.teasers],
        }
    return _plate(
        page, "edition/front.html", context, {"front": ads.creative_for("front", page.address, now)}, now
    )


def section_plate(page: Any, now: datetime) -> Plate:
    """A section: its stories, newest first."""
    context = {
        "heading": page.title,
        "intro": page.description,
        "section_path": page.address,
        "in_section": True,
    }
    return _listing(page, context, articles.latest(LISTED + LISTED_BRIEFLY, now=now, section=page), now)


def author_plate(page: Any, now: datetime) -> Plate:
    """Somebody who writes, and what they wrote."""
    context = {"heading": page.title, "role": page.role, "intro": page.about, "above_url": "/authors/"}
    with language.in_language_of_publication():
        context["above"] = gettext("Our authors")
        if page.picture is not None:
            portrait = pictures.shown(page.picture, alt="", decorative=True, caption="", credit="")
            context["portrait"] = portrait.html(sizes="6rem", eager=True)
    return _listing(page, context, articles.latest(LISTED + LISTED_BRIEFLY, now=now, author=page), now)


def tag_plate(page: Any, now: datetime) -> Plate:
    """A tag, and the stories that are about it."""
    with language.in_language_of_publication():
        context = {
            "heading": page.title,
            "intro": page.description,
            "above": gettext("All topics"),
            "above_url": "/tags/",
        }
    return _listing(page, context, articles.latest(LISTED + LISTED_BRIEFLY, now=now, tag=page), now)


def authors_plate(page: Any, now: datetime) -> Plate:
    """All authors by name."""
    context = {
        "heading": page.title,
        "names": [(author.title, author.address) for author in articles.authors()],
    }
    return _plate(page, "edition/index.html", context, {}, now)


def tags_plate(page: Any, now: datetime) -> Plate:
    """All tags by name."""
    context = {"heading": page.title, "names": [(tag.title, tag.address) for tag in articles.tags()]}
    return _plate(page, "edition/index.html", context, {}, now)


def not_found_plate(now: datetime) -> Plate:
    """What stands where there is no page. It knows no address, so that it is the same for all of them."""
    base = frame.frame("/")
    return Plate(
        path=NOT_FOUND,
        kind="page",
        facts=None,
        fresh_until=None,
        first=page_variants(access.policy(now)),
        render=lambda variant: frame.render("edition/not_found.html", base, variant),
        status=404,
    )


def _most_read(now: datetime) -> list[Teaser]:
    """The headlines that were read most, as far as they are public now; none where too few are."""
    if registry.most_read is None:
        return []
    ids = registry.most_read(2 * MOST_READ, now)
    found = {story.article_id: story for story in articles.public_stories(ids, now=now)}
    stories = [found[each] for each in ids if each in found][:MOST_READ]
    return teasers(stories) if len(stories) >= FEWEST_READ else []


def _strand(section: Any, shown: set[int], now: datetime) -> Strand:
    """The newest of a section that do not stand further up already."""
    stories = articles.latest(STRAND + len(shown), now=now, section=section)
    below = [story for story in stories if story.pk not in shown][:STRAND]
    with language.in_language_of_publication():
        return Strand(section.title, section.address, teasers(below, sizes=GRID_SIZES))


def _listing(page: Any, context: dict[str, Any], stories: list[Any], now: datetime) -> Plate:
    with language.in_language_of_publication():
        context["stories"] = teasers(stories[:LISTED], sizes=LIST_SIZES)
        context["earlier"] = teasers(stories[LISTED:])
    advertisements = {"listing": ads.creative_for("listing", page.address, now)}
    return _plate(page, "edition/listing.html", context, advertisements, now)


def _plate(
    page: Any, template: str, context: dict[str, Any], advertisements: dict[str, Any], now: datetime
) -> Plate:
    """A plate of a page that everybody may read; it differs by advertisements and by who is signed in alone."""
    base = {**frame.frame(page.address), **context}

    def render(variant: Variant) -> str:
        return frame.render(template, {**base, "ads": advertisements} if variant.ads else base, variant)

    changes = [articles.next_change(now), ads.next_change(now) if advertisements else None]
    moments = [clock.to_unix(moment) if moment is not None else None for moment in changes]
    return Plate(
        path=page.address,
        kind="page",
        facts=None,
        fresh_until=earliest(moments, after=clock.to_unix(now)),
        first=page_variants(access.policy(now)),
        render=render,
    )
