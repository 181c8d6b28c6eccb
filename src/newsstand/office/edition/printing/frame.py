"""What every printed page knows: the publication, the menu, its own address, and nothing about who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import to_language

from newsstand.office.kit import queries
from newsstand.office.kit.page_context import page_context
from newsstand.rules.gate.variants import Variant


def frame(path: str) -> dict[str, Any]:
    """The context of the frame around the page at `path`, made without any reader's request."""
    nobody = HttpRequest()
    nobody.method, nobody.path, nobody.path_info = "GET", path, path
    nobody.user = AnonymousUser()
    return {**page_context(nobody), "page_path": path}


@contextmanager
def in_language_of_publication() -> Iterator[None]:
    """Words and dates in the publication's language, whatever the caller speaks."""
    with translation.override(to_language(queries.publication().language)):
        yield


def render(template: str, context: dict[str, Any], variant: Variant) -> str:
    """One variant of a page. No request is given to the template: a printed page holds no value of one person."""
    with in_language_of_publication():
        return render_to_string(template, {**context, "variant": variant})


def day(moment: datetime) -> str:
    """A date written out in the publication's zone and language: "5 November 2026"."""
    local = moment.astimezone(ZoneInfo(queries.publication().zone))
    style = (
        "j F Y" if translation.get_language() in {"en", "en-gb", "en-au", "en-ie", "en-nz"} else "DATE_FORMAT"
    )
    return date_format(local, style)
