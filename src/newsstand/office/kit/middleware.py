"""The language of every answer."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from newsstand.office.kit.language import in_language_of_publication
from newsstand.office.kit.queries import NoPublication, publication


class LanguageMiddleware:
    """Answers in the publication's language and never in that of the browser, so that a page made for one request
    and a page printed for all speak alike. Wagtail's pages change to the language that their user has chosen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            publication()
        except NoPublication:  # an installation that is just being made
            return self.get_response(request)
        with in_language_of_publication():
            return self.get_response(request)
