"""Pictures as readers get them: several widths, two formats, never larger than the original."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.images.image_operations import FilterOperation

if TYPE_CHECKING:
    from newsstand.office.articles.models import ArticlePage, Picture

WIDTHS = (400, 800, 1200)  # pixels
MEASURE = "(min-width: 46rem) 44rem, 100vw"  # how wide a picture in the text stands on the page


BARE = "bare"


class Bare(FilterOperation):
    """Leaves out what a camera wrote into the file: readers must not learn where a source was met."""

    def construct(self) -> None:
        """Takes no values."""

    def run(self, willow: Any, image: Any, env: dict[str, Any]) -> Any:
        """Drop the notes; the turning that they ask for has been done by now."""
        for name in ("exif", "xmp", "comment"):
            willow.image.info.pop(name, None)
        return willow


@dataclass(frozen=True, slots=True)
class Size:
    """One file of a picture."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Sources:
    """The files of one picture, smallest first. The JPEG files are for browsers that know no WebP."""

    webp: tuple[Size, ...]
    jpeg: tuple[Size, ...]

    @property
    def largest(self) -> Size:
        """The file that a browser without `srcset` loads, and whose shape the page keeps free."""
        return self.jpeg[-1]

    @property
    def webp_set(self) -> str:
        """The value of `srcset` for WebP."""
        return _srcset(self.webp)

    @property
    def jpeg_set(self) -> str:
        """The value of `srcset` for JPEG."""
        return _srcset(self.jpeg)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture with its words in one place of a story. `alt` is empty for a decorative picture."""

    picture: "Picture"
    alt: str
    caption: str
    credit: str

    @property
    def sources(self) -> Sources:
        """The files of the picture."""
        return sources(self.picture)

    def html(self, *, sizes: str = MEASURE, eager: bool = False) -> SafeString:
        """The `picture` element; `eager` for the one at the top of a page."""
        context = {"sources": self.sources, "alt": self.alt, "sizes": sizes, "eager": eager}
        return render_to_string("articles/picture.html", context)


def shown(picture: "Picture", *, alt: str, decorative: bool, caption: str, credit: str) -> Shown:
    """A picture with the words of its place; what is empty there is taken from the picture's own."""
    return Shown(
        picture,
        alt="" if decorative else alt or picture.alt_text,
        caption=caption or picture.caption,
        credit=credit or picture.credit,
    )


def lead_picture(article: "ArticlePage") -> Shown | None:
    """The lead picture of a story with its words, if it has one."""
    if article.lead_picture is None:
        return None
    return shown(
        article.lead_picture,
        alt=article.lead_alt,
        decorative=article.lead_is_decorative,
        caption=article.lead_caption,
        credit=article.lead_credit,
    )


def widths_for(width: int) -> tuple[int, ...]:
    """The widths in which a picture is made: 1000 wide gives 400, 800 and 1000; 300 wide gives 300."""
    largest = min(width, WIDTHS[-1])
    return (*(each for each in WIDTHS if each < largest), largest)


def sources(picture: "Picture") -> Sources:
    """The files of a picture; what is missing is made now. Uses renditions that were prefetched."""
    widths = widths_for(picture.width)
    specs = {kind: [f"width-{width}|format-{kind}|{BARE}" for width in widths] for kind in ("webp", "jpeg")}
    made = {rendition.filter_spec: rendition for rendition in picture.renditions.all()}
    missing = [spec for spec in (*specs["webp"], *specs["jpeg"]) if spec not in made]
    if missing:
        made |= picture.get_renditions(*missing)

    def files(kind: str) -> tuple[Size, ...]:
        sizes = (Size(made[spec].url, made[spec].width, made[spec].height) for spec in specs[kind])
        # A picture that a camera noted as turned is less wide than its file says, so two widths may be one.
        return tuple({size.width: size for size in sizes}.values())

    return Sources(webp=files("webp"), jpeg=files("jpeg"))


def _srcset(sizes: Iterable[Size]) -> str:
    return ", ".join(f"{size.url} {size.width}w" for size in sizes)
