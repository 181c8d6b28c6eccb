"""How a story stands in a listing: headline, standfirst, picture, who wrote it. Never its text."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from newsstand.office.articles import pictures
from newsstand.office.kit import language

LEAD_SIZES: Final = "(min-width: 74rem) 45rem, (min-width: 60rem) 60vw, 100vw"
GRID_SIZES: Final = "(min-width: 74rem) 23rem, (min-width: 36rem) 45vw, 6.5rem"
LIST_SIZES: Final = "(min-width: 36rem) 13rem, 7rem"


@dataclass(frozen=True, slots=True)
class Teaser:
    """A story as a listing shows it. `picture` is HTML, or empty."""

    url: str
    headline: str
    standfirst: str
    section: str
    section_url: str
    authors: str
    published_at: str
    published_on: str
    picture: str


def teaser(story: Any, *, sizes: str = "", eager: bool = False) -> Teaser:
    """A story that `articles.queries` made ready for listing; without `sizes` it stands without its picture."""
    shown = pictures.lead_picture(story) if sizes else None
    return Teaser(
        url=story.address,
        headline=story.title,
        standfirst=story.standfirst,
        section=story.section.title,
        section_url=story.section.address,
        authors=", ".join(byline.author.title for byline in story.bylines.all()),
        published_at=story.published_at.isoformat(),
        published_on=language.day(story.published_at),
        picture=shown.html(sizes=sizes, eager=eager) if shown is not None else "",
    )


def teasers(stories: Iterable[Any], *, sizes: str = "") -> list[Teaser]:
    """Several stories, in their order."""
    return [teaser(story, sizes=sizes) for story in stories]
