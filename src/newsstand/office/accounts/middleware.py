"""Keeps the reader's pass in step with the session: set, renewed and taken away beside it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from newsstand.office.accounts import passes
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock


class PassMiddleware:
    """Lets an answer carry the pass that belongs to the session.

    A view that has changed a reader's rights, as paying does, sets `request.renew_pass = True`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if passes.PASS_COOKIE in response.cookies:
            return response
        account, session_key = _who(request)
        carried = request.COOKIES.get(passes.PASS_COOKIE)
        if account is not None and session_key is not None:
            now = clock.now()
            must_renew = getattr(request, "renew_pass", False)
            if must_renew or not passes.is_fresh(carried, account, session_key, now):
                token = passes.issue(account, session_key, now)
                passes.set_cookie(response, token, request.session.get_expiry_age())
        elif carried is not None:
            passes.clear_cookie(response)
        return response


def _who(request: HttpRequest) -> tuple[Account | None, str | None]:
    """The signed-in reader and their session; without a session nothing is looked up."""
    session = getattr(request, "session", None)
    if session is None or (settings.SESSION_COOKIE_NAME not in request.COOKIES and not session.modified):
        return None, None
    account = request.user
    return (account, session.session_key) if isinstance(account, Account) else (None, None)
