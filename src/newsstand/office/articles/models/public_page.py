"""What all pages of the site share: an address, and no template of their own."""

from typing import Any, NoReturn

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from newsstand.office.kit.registry import registry

# Previews are readers. The printer finds the name in `request.preview_mode`.
PREVIEW_READERS = [
    ("stranger", _("Anonymous")),
    ("spent", _("Anonymous, no free article left")),
    ("registered", _("With a free account")),
    ("lapsed", _("Lapsed subscriber, no free article left")),
    ("subscriber", _("Subscriber")),
]


# First parts of addresses at which files are handed out before Django is asked.
FILES = frozenset({"assets", "media", "static"})


def address_of(url_path: str) -> str:
    """The path of the site for a page of the tree: `/home/harbour/` is `/harbour/`, the front page is `/`."""
    return "/" + url_path.lstrip("/").partition("/")[2]


def is_taken(slug: str) -> bool:
    """Whether something else of the site already answers at `/<slug>/` or below it."""
    try:
        found = [resolve(f"/{slug}/"), resolve(f"/{slug}/a/")]
    except Resolver404:
        return True
    return any(match.url_name != "wagtail_serve" for match in found) or slug in FILES


class PublicPage:
    """Mixed into every page type. `kind` says to the printer what it is."""

    kind: str = ""
    url_path: str
    preview_modes: list[tuple[str, Any]] = [("stranger", _("Anonymous"))]

    @property
    def address(self) -> str:
        """The path of this page on the site, such as `/harbour/`."""
        return address_of(self.url_path)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> NoReturn:
        """Pages are printed by the edition, which answers before Wagtail comes here."""
        raise Http404

    def serve_preview(self, request: HttpRequest, mode_name: str) -> HttpResponse:
        """The page as the reader that `mode_name` names would meet it."""
        if registry.printer is None:
            raise Http404
        return registry.printer(request, self)
