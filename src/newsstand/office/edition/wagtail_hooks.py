"""Where Wagtail comes to the edition: every public page is served from the shelf."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from wagtail import hooks

from newsstand.office.edition import views


@hooks.register("before_serve_page")
def serve_from_the_shelf(
    page: Any, request: HttpRequest, serve_args: list[Any], serve_kwargs: dict[str, Any]
) -> HttpResponse:
    """Answer instead of the page type's own `serve`, which nobody reaches."""
    return views.serve_page(request, page)
