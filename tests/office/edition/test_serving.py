"""Pages asked from Django: printed, then answered by the kiosk's own code. Previews, assets, and what is not there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client, RequestFactory
from django.views.defaults import server_error

from newsstand.kiosk.request import canonical_path, is_canonical
from newsstand.office.articles import queries as articles
from newsstand.office.articles.models import ArticlePage, FrontPage, SectionPage
from newsstand.office.edition.printing import assets, press
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.registry import registry
from newsstand.shelf.entry import NOT_FOUND
from newsstand.shelf.shelf import Shelf
from newsstand.shelf.store import ShelfFull
from newsstand.wiring import connect
from tests.office import newsroom
from tests.office.edition.conftest import OPENING, SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    """The office answers through the kiosk's code, as in a web worker; it is NOW."""
    monkeypatch.setattr(registry, "answer", connect._answer)
    shelf.board.set_clock_offset(int(NOW.timestamp()) - int(clock.real_now().timestamp()))


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="localhost")


def text(response: Any) -> str:
    return str(response.content.decode())


def test_a_wall_is_printed_when_it_is_asked_for(make_story: MakeStory, client: Client, shelf: Shelf) -> None:
    story = make_story(level="subscribers")
    shelf.entries.clear()
    response = client.get(story.address)
    assert response.status_code == 200
    assert OPENING in text(response)
    assert SECRET not in text(response)
    assert response["Cache-Control"] == "public, no-cache"
    assert shelf.entries.get(story.address) is not None


def test_the_meter_counts_down_over_variants_that_were_not_printed(
    make_story: MakeStory, client: Client
) -> None:
    stories = [make_story(f"s{number}") for number in range(4)]
    for story, left in zip(stories, (2, 1, 0), strict=False):
        response = client.get(story.address)
        assert SECRET in text(response)
        assert f"{left} of 3 free articles left this month" in text(response)
    response = client.get(stories[3].address)
    assert SECRET not in text(response)
    assert "Create a free account" in text(response)
    assert "Read 3 more this month" in text(response)
    again = client.get(stories[0].address)
    assert SECRET in text(again)
    assert "0 of 3" in text(again)


def test_listings_and_the_front_page_are_served(make_story: MakeStory, client: Client, shelf: Shelf) -> None:
    make_story()
    for path in ("/", "/harbour/", "/authors/", "/tags/"):
        shelf.entries.clear()
        response = client.get(path)
        assert response.status_code == 200, path
        assert "<h1" in text(response)


@pytest.mark.parametrize(
    "values",
    [
        {"embargo_until": NOW + timedelta(hours=1)},
        {"gone_from": NOW},
        {"published_at": NOW + timedelta(days=1)},
    ],
)
def test_what_may_not_be_read_now_is_not_there(
    make_story: MakeStory, client: Client, values: dict[str, Any]
) -> None:
    response = client.get(make_story(level="free", **values).address)
    assert response.status_code == 404
    assert OPENING not in text(response)


def test_a_page_that_is_out_of_date_before_it_is_handed_out_is_printed_again(
    make_story: MakeStory, client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who waits for a printing may come back when a change has let it end, and another printing has followed."""
    make_story()
    outbox.drain()
    answer, asked = connect._answer, []

    def changed_first(request: Any) -> Any:
        asked.append(request.path)
        if len(asked) > 1:
            return answer(request)
        shelf.entries.let_end("/harbour/", 1)
        missed = answer(request)
        press.print_if_needed(articles.page_at("/harbour/"), clock.now())  # the worker, before anybody looks
        return missed

    monkeypatch.setattr(registry, "answer", changed_first)
    response = client.get("/harbour/")
    assert response.status_code == 200
    assert "The last crane" in text(response)


def test_what_was_waited_for_is_judged_by_the_time_after_the_wait(
    make_story: MakeStory, client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_story()
    outbox.drain()
    shelf.entries.let_end("/harbour/", clock.unix() + 60)
    alone, waited = shelf.places.alone, []

    def wait_long(path: str) -> Any:
        if not waited:
            waited.append(path)
            shelf.board.set_clock_offset(shelf.board.read().clock_offset + 120)
        return alone(path)

    monkeypatch.setattr(shelf.places, "alone", wait_long)
    response = client.get("/harbour/")
    assert waited == ["/harbour/"]
    assert response.status_code == 200


def test_what_is_not_published_is_not_there(make_story: MakeStory, client: Client) -> None:
    story = make_story(level="free")
    story.unpublish()
    response = client.get(story.address)
    assert response.status_code == 404
    assert "There is no page at this address" in text(response)
    assert OPENING not in text(response)


def test_an_unknown_address_gets_a_proper_page(front: FrontPage, client: Client, shelf: Shelf) -> None:
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is no page at this address" in text(response)
    assert shelf.entries.get("/nothing/here/") is None


def test_a_page_takes_no_post(make_story: MakeStory, client: Client) -> None:
    assert client.post(make_story().address).status_code == 405


def test_a_style_sheet_of_any_age_is_answered(front: FrontPage, client: Client, shelf: Shelf) -> None:
    sheet = assets.current()[0]
    response = client.get(sheet.path)
    assert response.content == sheet.data
    assert "immutable" in response["Cache-Control"]
    assert shelf.entries.get(sheet.path) is not None
    old = client.get("/assets/site.000000000000.css")
    assert old.content == sheet.data
    assert old["Cache-Control"] == "no-cache"
    assert client.get("/assets/other.css").status_code == 404


@pytest.fixture
def editor(django_user_model: Any) -> Any:
    account = django_user_model.objects.create(email="editor@example.org", is_staff=True)
    account.user_permissions.add(Permission.objects.get(codename="access_admin"))
    return account


@pytest.mark.parametrize(
    ("mode", "is_whole", "words"),
    [
        ("stranger", True, "2 of 3 free articles left"),
        ("spent", False, "to continue to read this article"),
        ("registered", True, "5 of 6 free articles left"),
        ("lapsed", False, "This article is for subscribers"),
        ("subscriber", True, "/account/"),
    ],
)
def test_a_draft_is_previewed_through_a_readers_eyes(
    make_story: MakeStory, shelf: Shelf, client: Client, editor: Any, mode: str, is_whole: bool, words: str
) -> None:
    story = make_story(level="metered")
    story.unpublish()
    shelf.entries.clear()
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    original = client.get("/account/").wsgi_request
    response = ArticlePage.objects.get(pk=story.pk).make_preview_request(original, mode)
    assert response.status_code == 200
    assert (SECRET in text(response)) is is_whole
    assert words in text(response)
    assert "no-store" in response["Cache-Control"]
    assert list(shelf.entries.paths()) == []


def test_nobody_else_sees_a_preview(make_story: MakeStory, client: Client) -> None:
    story = make_story(level="free")
    response = story.make_preview_request(client.get("/").wsgi_request, "subscriber")
    assert response.status_code == 403
    assert OPENING not in text(response)


def test_a_page_for_which_there_is_no_room_is_an_honest_error(
    make_story: MakeStory, client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room(*args: Any) -> None:
        raise ShelfFull("no room for it")

    story = make_story(level="free")
    shelf.entries.clear()
    monkeypatch.setattr(shelf.entries, "put", no_room)
    response = client.get(story.address)
    assert response.status_code == 503
    assert response["Cache-Control"] == "no-store"
    assert OPENING not in text(response)


def test_what_is_not_found_is_a_printed_page_like_any_other(
    make_story: MakeStory, client: Client, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = client.get("/nothing/here/")
    assert first.status_code == 404
    assert first["Cache-Control"] == "private, no-store"
    entry = shelf.entries.get(NOT_FOUND)
    assert entry is not None
    assert (entry.kind, entry.status) == ("page", 404)
    with monkeypatch.context() as patch:
        patch.setattr(press, "_printed", pytest.fail)
        assert client.get("/nor/here/").content == first.content
    assert 'rel="canonical"' not in text(first)
    assert "/nothing/here/" not in text(first)
    assert not is_canonical(NOT_FOUND)
    for raw in (b"//not-found", b"/%2fnot-found", b"%2f/not-found"):
        assert canonical_path(raw) != NOT_FOUND


def test_the_page_for_what_is_not_found_follows_what_stands_on_every_page(
    harbour: SectionPage, client: Client, shelf: Shelf
) -> None:
    assert "Fish market" not in text(client.get("/nothing/here/"))
    newsroom.section("Fish market", "fish-market")
    outbox.drain()
    entry = shelf.entries.get(NOT_FOUND)
    assert entry is not None
    assert entry.generation == shelf.board.read().generation
    assert "Fish market" in text(client.get("/nothing/here/"))


def test_staff_who_find_nothing_need_no_shelf(front: FrontPage, client: Client, shelf: Shelf) -> None:
    assert client.get("/staff/nothing/here/").status_code in (302, 404)
    assert shelf.entries.get(NOT_FOUND) is None


def test_who_is_signed_in_finds_the_account_where_nothing_is(
    front: FrontPage, client: Client, editor: Any
) -> None:
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    page = text(client.get("/nothing/here/"))
    assert 'href="/account/"' in page
    assert "/sign-in/" not in page


def test_an_error_of_our_own_is_an_honest_page(monkeypatch: pytest.MonkeyPatch) -> None:
    newsroom.found()

    def fail(*_: object) -> None:
        raise LookupError("private words")

    monkeypatch.setattr("newsstand.office.edition.views.search", fail)
    client = Client(HTTP_HOST="localhost", raise_request_exception=False)
    response = client.get("/search/", {"q": "crane"})
    assert response.status_code == 500
    assert "Something went wrong on our side" in text(response)
    assert '<meta name="color-scheme" content="light dark">' in text(response)
    assert "private words" not in text(response)
    sheet = text(response).partition('rel="stylesheet" href="')[2].partition('"')[0]
    assert client.get(sheet).status_code == 200


def test_the_page_of_an_error_asks_the_database_for_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert server_error(RequestFactory().get("/search/")).status_code == 500
