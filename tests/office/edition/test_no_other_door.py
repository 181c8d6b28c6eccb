"""No other software of the house hands out a story's text: no API, no index, no address that nobody thought of."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from newsstand.office.articles.models import ArticlePage
from tests.office.edition.conftest import OPENING, SECRET

pytestmark = pytest.mark.django_db

STAFF = "staff/"


def addresses(resolver: Any = None, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address that the site knows, with its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        address = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, address)
        else:
            yield address, entry


def test_no_api_of_wagtail_is_open_to_the_public() -> None:
    assert not apps.is_installed("wagtail.api.v2")
    public = [(address, view) for address, view in addresses() if not address.startswith(STAFF)]
    assert len(public) > 40
    assert [address for address, view in public if "wagtail.api" in str(view.lookup_str)] == []
    assert [address for address, view in public if "wagtail.search" in str(view.lookup_str)] == []
    assert not hasattr(ArticlePage, "api_fields")


def test_wagtails_own_index_knows_no_text() -> None:
    fields = {field.field_name for field in ArticlePage.get_search_fields()}
    assert "title" in fields
    assert "body" not in fields


@pytest.mark.parametrize(
    "path",
    [
        "/staff/api/main/pages/",
        "/staff/api/main/pages/{pk}/",
        "/staff/pages/{pk}/view_draft/",
        "/staff/pages/{pk}/edit/preview/?mode=subscriber",
        "/staff/pages/{pk}/revisions/{revision}/view/",
        "/staff/pages/{pk}/history/",
        "/api/v2/pages/{pk}/",
        "/documents/1/x.pdf",
        "/pages/{pk}/",
        "/_util/authenticate_with_password/{pk}/1/",
        "/?page={pk}",
        "/harbour/the-crane/?in_preview_panel=1&mode=subscriber",
    ],
)
def test_other_doors_are_shut(make_story: Any, path: str) -> None:
    story = make_story(level="subscribers")
    revision = story.save_revision()
    address = path.format(pk=story.pk, revision=revision.pk)
    response = Client(HTTP_HOST="localhost").get(address, follow=True)
    text = response.content.decode()
    assert SECRET not in text
    if not path.startswith(("/harbour/", "/?")):
        assert OPENING not in text
