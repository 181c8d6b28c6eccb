"""What every printed page knows: the publication, the menu, its own address, and nothing about who asks."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string

from newsstand.office.kit.language import in_language_of_publication
from newsstand.office.kit.page_context import page_context
from newsstand.rules.gate.variants import Variant


def frame(path: str) -> dict[str, Any]:
    """The context of the frame around the page at `path`, made without any reader's request."""
    nobody = HttpRequest()
    nobody.method, nobody.path, nobody.path_info = "GET", path, path
    nobody.user = AnonymousUser()
    return {**page_context(nobody), "page_path": path}


def render(template: str, context: dict[str, Any], variant: Variant) -> str:
    """One variant of a page. No request is given to the template: a printed page holds no value of one person."""
    with in_language_of_publication():
        return render_to_string(template, {**context, "variant": variant})
