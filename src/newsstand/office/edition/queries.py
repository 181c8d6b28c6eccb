"""What pages must know about the look, and which pages there are."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page

from newsstand.office.articles import queries as articles
from newsstand.office.edition.printing import assets
from newsstand.office.kit import queries


def look(request: HttpRequest) -> dict[str, Any]:
    """For the frame of every page: the style sheet in the publication's colour, its language, and the page's path."""
    publication = queries.publication()
    return {
        "stylesheet": assets.style_sheet(publication.accent).path,
        "html_lang": publication.language.replace("_", "-"),
        "is_rtl": publication.language.split("_")[0] in settings.LANGUAGES_BIDI,
        "page_path": request.get_full_path() if request.method == "GET" else "/",
    }


def public_paths() -> list[str]:
    """The paths of all live pages, from the front page down."""
    front = articles.front_page()
    return paths_below(front) if front is not None else []


def paths_below(page: Page) -> list[str]:
    """The paths of a page and of all live pages below it."""
    front = articles.front_page()
    if front is None:
        return []
    pages = Page.objects.live().descendant_of(page, inclusive=True).order_by("path")
    return [
        "/" + url_path.removeprefix(front.url_path) for url_path in pages.values_list("url_path", flat=True)
    ]
