"""A reader's own feed: whole stories for as long as the reader may read them, at an address that can be replaced."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from newsstand.office.accounts.actions import close_account, end_grant, give_grant
from newsstand.office.articles.models import ArticlePage
from newsstand.office.edition.models import FeedKey
from newsstand.office.kit import clock
from newsstand.shelf.shelf import Shelf
from tests.office.edition.conftest import OPENING, SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]


@pytest.fixture(autouse=True)
def at_now(shelf: Shelf) -> None:
    shelf.board.set_clock_offset(int(NOW.timestamp()) - int(clock.real_now().timestamp()))


@pytest.fixture
def account(django_user_model: Any, front: Any) -> Any:
    return django_user_model.objects.create(email="reader@example.org")


@pytest.fixture
def subscribed(account: Any) -> Any:
    give_grant(
        account=account,
        subject="product:news",
        rights=["read"],
        from_at=NOW - timedelta(days=1),
        until=NOW + timedelta(days=27),
        grace_until=None,
        source="subscription",
        source_ref="s1",
        by="system",
        now=NOW,
    )
    return account


def new_address(account: Any) -> str:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    response = client.post("/account/feed/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    found = re.search(r"http://127\.0\.0\.1:8000(/my-feed/[0-9a-f]{32}/)rss\.xml", response.content.decode())
    assert found is not None
    return found[1]


def read(address: str, name: str = "rss.xml") -> Any:
    return Client(HTTP_HOST="localhost").get(address + name)


@pytest.mark.parametrize("name", ["rss.xml", "atom.xml", "feed.json"])
def test_a_subscriber_gets_whole_stories(make_story: MakeStory, subscribed: Any, name: str) -> None:
    make_story(level="subscribers")
    response = read(new_address(subscribed), name)
    assert SECRET in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex"
    assert "ETag" not in response


def test_the_end_of_the_subscription_is_the_end_of_whole_stories(
    make_story: MakeStory, subscribed: Any, shelf: Shelf
) -> None:
    make_story(level="subscribers")
    address = new_address(subscribed)
    assert SECRET in read(address).content.decode()
    end_grant(source="subscription", source_ref="s1", at=NOW, by="system", why="refund", now=NOW)
    text = read(address).content.decode()
    assert SECRET not in text
    assert OPENING in text


def test_paid_time_runs_out_by_the_clock_alone(make_story: MakeStory, subscribed: Any, shelf: Shelf) -> None:
    make_story(level="subscribers")
    address = new_address(subscribed)
    after = NOW + timedelta(days=27, seconds=1)
    shelf.board.set_clock_offset(int(after.timestamp()) - int(clock.real_now().timestamp()))
    assert SECRET not in read(address).content.decode()


@pytest.mark.parametrize("level", ["metered", "subscribers"])
def test_without_a_subscription_it_holds_openings_and_counts_nothing(
    make_story: MakeStory, account: Any, shelf: Shelf, level: str
) -> None:
    make_story(level=level)
    text = read(new_address(account)).content.decode()
    assert SECRET not in text
    assert OPENING in text


def test_a_new_address_closes_the_old_one(make_story: MakeStory, subscribed: Any) -> None:
    make_story(level="subscribers")
    old, new = new_address(subscribed), new_address(subscribed)
    assert old != new
    assert read(old).status_code == 404
    assert SECRET in read(new).content.decode()
    assert FeedKey.objects.count() == 1
    assert new.split("/")[2] not in str(FeedKey.objects.values().get())


def test_a_closed_account_has_no_feed(make_story: MakeStory, subscribed: Any) -> None:
    make_story(level="subscribers")
    address = new_address(subscribed)
    close_account(account=subscribed, by="system", why="test", now=NOW)
    assert read(address).status_code == 404


def test_nothing_but_the_key_opens_it(make_story: MakeStory, subscribed: Any) -> None:
    make_story(level="subscribers")
    address = new_address(subscribed)
    key = address.split("/")[2]
    for wrong in (key[:-1], key[:-1] + "g", key.upper(), "0" * 32, FeedKey.objects.get().key_hash):
        if wrong != key:
            assert read(f"/my-feed/{wrong}/").status_code == 404
    assert read(address, "index.html").status_code == 404
    assert Client(HTTP_HOST="localhost").post(address + "rss.xml").status_code == 405


def test_strangers_make_no_address(front: Any) -> None:
    response = Client(HTTP_HOST="localhost").post("/account/feed/")
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]
    assert FeedKey.objects.count() == 0


def test_the_account_page_offers_it(subscribed: Any) -> None:
    client = Client(HTTP_HOST="localhost")
    client.force_login(subscribed, backend="django.contrib.auth.backends.ModelBackend")
    assert "Make the address" in client.get("/account/").content.decode()
    new_address(subscribed)
    page = client.get("/account/").content.decode()
    assert "Make a new address" in page
    assert "16 November 2026" in page
    assert "/my-feed/" not in page
