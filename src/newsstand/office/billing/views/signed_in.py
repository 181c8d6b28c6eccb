"""What must be so before a page is shown: somebody signed in, or a gateway that takes payments."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from newsstand.office.billing.actions.gateway_in_use import why_no_payments

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
    """Send whoever is not signed in to sign in first; no cache keeps the page of one reader."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return never_cache(checked)


def takes_payments(view: View) -> View:
    """Say so where this site has no gateway that may run, before anything is ordered."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if why_no_payments():
            return render(request, "billing/no_payments.html", status=503)
        return view(request, *args, **kwargs)

    return checked
