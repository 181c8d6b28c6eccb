"""Forms on printed pages carry no token, since the same page means the same bytes; their origin is checked instead."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

View = Callable[..., HttpResponse]

# Every view that takes such a form, by its dotted name; a test posts to each from a foreign origin.
TOKENLESS: set[str] = set()


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a POST comes from a page of this site: Fetch Metadata, or else the Origin; neither means no."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is not None and origin in {settings.SITE_URL, f"{request.scheme}://{request.get_host()}"}


def same_origin_only(view: View) -> View:
    """Accept a POST without a token, but only from a page of this site."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not comes_from_here(request):
            return HttpResponseForbidden(
                _("This form was not sent from a page of this site, so nothing was done.")
            )
        return view(request, *args, **kwargs)

    TOKENLESS.add(f"{view.__module__}.{view.__name__}")
    return csrf_exempt(checked)
