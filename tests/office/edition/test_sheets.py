"""Feeds, site maps and robots.txt: what an anonymous reader may read of each story, and not a word more."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from newsstand.office.articles.models import ArticlePage, FrontPage
from newsstand.office.edition import actions
from newsstand.office.edition.printing.sheets import sheet_press
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.registry import registry
from newsstand.shelf.shelf import Shelf
from newsstand.wiring import connect
from tests.office import newsroom
from tests.office.edition.conftest import LAST_OPEN, OPENING, SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]
FORMATS = ("rss.xml", "atom.xml", "feed.json")
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


@pytest.fixture(autouse=True)
def connected(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    """The office answers through the kiosk's code, as in a web worker; it is NOW."""
    monkeypatch.setattr(registry, "answer", connect._answer)
    move_to(shelf, NOW)


def move_to(shelf: Shelf, moment: Any) -> None:
    shelf.board.set_clock_offset(int(moment.timestamp()) - int(clock.real_now().timestamp()))


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="localhost")


def body(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def texts(client: Client, page: str = "/") -> dict[str, str]:
    """The HTML of the first story in each format."""
    rss = ElementTree.fromstring(body(client, f"/feeds{page}rss.xml"))
    atom = ElementTree.fromstring(body(client, f"/feeds{page}atom.xml"))
    found = {
        "rss.xml": rss.findtext(f"channel/item/{CONTENT}"),
        "atom.xml": atom.findtext(f"{ATOM}entry/{ATOM}content"),
        "feed.json": json.loads(body(client, f"/feeds{page}feed.json"))["items"][0]["content_html"],
    }
    return {name: html or "" for name, html in found.items()}


@pytest.mark.parametrize("level", ["registered", "metered", "subscribers"])
def test_a_closed_story_stands_in_feeds_with_its_opening(
    make_story: MakeStory, client: Client, level: str
) -> None:
    story = make_story(level=level)
    for name, html in texts(client).items():
        assert OPENING in html, name
        assert LAST_OPEN in html, name
        assert f'<a href="http://127.0.0.1:8000{story.address}">Continue reading</a>' in html, name
        assert SECRET not in body(client, f"/feeds/{name}"), name


def test_a_free_story_stands_in_feeds_whole(make_story: MakeStory, client: Client) -> None:
    make_story(level="free")
    for name, html in texts(client).items():
        assert SECRET in html, name
        assert "made to lift things" in html, name
        assert "Continue reading" not in html, name


def test_feeds_stand_beside_each_listing(make_story: MakeStory, client: Client) -> None:
    mara, ferries = newsroom.author(), newsroom.tag()
    make_story("theirs", title="Theirs", authors=[mara], tags=[ferries])
    make_story("other", title="Another one")
    for page, expected in (("/", 2), ("/harbour/", 2), ("/authors/mara-finch/", 1), ("/tags/ferries/", 1)):
        for name in FORMATS:
            assert "Theirs" in body(client, f"/feeds{page}{name}")
            assert ("Another one" in body(client, f"/feeds{page}{name}")) == (expected == 2)
        assert f"/feeds{page}atom.xml" in body(client, page)
    for path in ("/feeds/authors/rss.xml", "/feeds/nowhere/rss.xml", "/feeds/harbour/theirs/rss.xml"):
        assert client.get(path).status_code == 404


def test_a_feed_is_the_same_for_everybody_and_may_be_kept(
    make_story: MakeStory, client: Client, editor_client: Client
) -> None:
    make_story(level="subscribers")
    first = client.get("/feeds/rss.xml")
    assert first["Content-Type"] == "application/rss+xml; charset=utf-8"
    assert first["Cache-Control"] == "public, no-cache"
    assert "Cookie" in first["Vary"]
    assert client.get("/feeds/rss.xml", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    theirs = editor_client.get("/feeds/rss.xml")
    assert theirs.content == first.content
    assert theirs["Cache-Control"] == "private, no-store"
    assert client.post("/feeds/rss.xml").status_code == 405


@pytest.fixture
def editor_client(django_user_model: Any, client: Client) -> Client:
    account = django_user_model.objects.create(email="editor@example.org", is_staff=True)
    signed_in = Client(HTTP_HOST="localhost")
    signed_in.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return signed_in


def test_a_raised_gate_empties_the_feed_before_any_worker_comes(
    make_story: MakeStory, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    story = make_story(level="free")
    assert SECRET in body(client, "/feeds/harbour/feed.json")
    with django_capture_on_commit_callbacks(execute=True):
        story.level = "subscribers"
        story.save_revision().publish()
    for page in ("/", "/harbour/"):
        assert SECRET not in body(client, f"/feeds{page}feed.json")


def test_a_change_of_the_rules_reaches_feeds(make_story: MakeStory, client: Client, shelf: Shelf) -> None:
    from newsstand.office.access.actions import change_policy
    from newsstand.office.access.queries import rules_of_site

    make_story()
    rules = rules_of_site()
    rules.default_level = "free"
    change_policy(row=rules, by="system", now=NOW)
    outbox.drain()
    assert SECRET in body(client, "/feeds/rss.xml")
    rules.default_level = "subscribers"
    change_policy(row=rules, by="system", now=NOW)
    outbox.drain()
    assert SECRET not in body(client, "/feeds/rss.xml")


def test_an_embargo_ends_in_feeds_and_maps_by_the_clock_alone(
    make_story: MakeStory, client: Client, shelf: Shelf
) -> None:
    end = NOW + timedelta(hours=2)
    make_story("now", title="Of now")
    make_story("later", title="Of later", embargo_until=end, level="free")
    for path in ("/feeds/rss.xml", "/sitemaps/2026-11.xml", "/sitemaps/news.xml"):
        assert "later" not in body(client, path)
    move_to(shelf, end + timedelta(seconds=1))
    for path in ("/feeds/rss.xml", "/sitemaps/2026-11.xml", "/sitemaps/news.xml"):
        assert "later" in body(client, path)


def test_a_story_that_is_gone_is_in_no_map(make_story: MakeStory, client: Client) -> None:
    story = make_story()
    assert story.address in body(client, "/sitemaps/2026-11.xml")
    story.unpublish()
    outbox.drain()
    assert client.get("/sitemaps/2026-11.xml").status_code == 404
    assert story.address not in body(client, "/sitemaps/news.xml")


def test_the_index_names_every_map(make_story: MakeStory, client: Client) -> None:
    make_story("new")
    old = make_story("old", published_at=NOW - timedelta(days=60))
    index = ElementTree.fromstring(body(client, "/sitemap.xml"))
    found = [each.text or "" for each in index.iter(f"{MAP}loc")]
    paths = [address.removeprefix("http://127.0.0.1:8000") for address in found]
    assert paths == [
        "/sitemaps/pages.xml",
        "/sitemaps/news.xml",
        "/sitemaps/2026-11.xml",
        "/sitemaps/2026-09.xml",
    ]
    listed = "".join(body(client, path) for path in paths)
    for address in ("/", "/harbour/", "/authors/", old.address, "/harbour/new/"):
        assert f"<loc>http://127.0.0.1:8000{address}</loc>" in listed


def test_the_news_map_holds_two_days(make_story: MakeStory, client: Client, shelf: Shelf) -> None:
    make_story("fresh", title="Fresh & new", published_at=NOW - timedelta(hours=47))
    make_story("stale", published_at=NOW - timedelta(hours=49))
    news = ElementTree.fromstring(body(client, "/sitemaps/news.xml"))
    assert [each.text for each in news.iter(f"{NEWS}title")] == ["Fresh & new"]
    move_to(shelf, NOW + timedelta(hours=2))
    assert "<news:title>" not in body(client, "/sitemaps/news.xml")


def test_robots_are_told_where_the_map_is(front: FrontPage, client: Client) -> None:
    text = body(client, "/robots.txt")
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /account/" in text
    assert client.get("/robots.txt")["Content-Type"] == "text/plain; charset=utf-8"


def test_pictures_from_below_the_line_are_named_by_no_feed_and_no_map(
    make_story: MakeStory, client: Client, harbour: Any
) -> None:
    below = newsroom.picture(alt_text="Below")
    block = {"picture": below, "alt_text": "Below", "decorative": False, "caption": "", "credit": ""}
    texts_ = newsroom.paragraphs(OPENING, LAST_OPEN)
    make_story(level="subscribers", body=[*texts_, ("paywall", None), ("picture", block)])
    names = [rendition.file.name for rendition in below.renditions.all()]
    names += [below.file.name]
    for path in (
        "/feeds/rss.xml",
        "/feeds/atom.xml",
        "/feeds/feed.json",
        "/sitemaps/2026-11.xml",
        "/harbour/",
    ):
        text = body(client, path)
        assert [name for name in names if name in text] == [], path
    assert all(len(name.split("/")[1].split(".")[0]) == 32 for name in names)


@pytest.mark.parametrize(
    ("path", "drop"),
    [
        ("/feeds/harbour/rss.xml", lambda: actions.drop_feeds(path="/harbour/")),
        ("/sitemaps/pages.xml", lambda: sheet_press.drop_made(["/sitemaps/pages.xml"])),
    ],
)
def test_a_sheet_of_before_a_change_does_not_outlive_it(
    make_story: MakeStory,
    shelf: Shelf,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    drop: Callable[[], None],
) -> None:
    """The worker comes to take it away while it is being made of what was read before."""
    make_story()
    sheet_at = sheet_press.sheet_at
    worker = threading.Thread(target=drop)

    def late(*words: Any) -> Any:
        made = sheet_at(*words)
        worker.start()
        worker.join(0.3)
        return made

    monkeypatch.setattr(sheet_press, "sheet_at", late)
    sheet_press.print_sheet_if_needed(path, NOW)
    worker.join()
    assert shelf.entries.get(path) is None


def test_all_maps_are_taken_away_also_those_that_are_not_made_yet(
    make_story: MakeStory, client: Client, shelf: Shelf
) -> None:
    make_story()
    outbox.drain()
    body(client, "/sitemaps/2026-11.xml")
    assert sorted(sheet_press.maps(NOW)) == [
        "/sitemap.xml",
        "/sitemaps/2026-11.xml",
        "/sitemaps/news.xml",
        "/sitemaps/pages.xml",
    ]
    actions.drop_maps(now=NOW)
    assert not [path for path in shelf.entries.paths() if "sitemap" in path]
