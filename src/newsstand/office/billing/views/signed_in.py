"""Pages for one reader: only when signed in, and never kept by any cache."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

View = Callable[..., HttpResponse]


def reader_of(request: HttpRequest) -> "Account":
    """The signed-in reader of a request that has passed `readers_only`."""
    return cast("Account", request.user)


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """First sign in, then come back to this very address."""
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")


def readers_only(view: View) -> View:
    """Send whoever is not signed in to sign in first."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return never_cache(checked)
