"""Search: what strangers find tells nothing of what stands below the line; readers find what they may read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test import Client

from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.articles.models import ArticlePage
from newsstand.office.edition.search import indexing, tables
from newsstand.office.edition.search.searching import ON_A_PAGE, search
from newsstand.office.edition.search.snippets import marked, snippet
from newsstand.office.edition.search.words import terms, words
from newsstand.office.kit import clock, outbox
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.edition.conftest import LAST_OPEN, OPENING
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]
HIDDEN = "Zanzibar is where the quartermaster buried his <b>accordion</b> & two pistols"


@pytest.fixture(autouse=True)
def at_now(shelf: Shelf) -> None:
    shelf.board.set_clock_offset(int(NOW.timestamp()) - int(clock.real_now().timestamp()))


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="localhost")


@pytest.fixture
def kept(make_story: MakeStory) -> Callable[..., ArticlePage]:
    """Publishes a story with a marked sentence below the line, and lets search know it."""

    def make(slug: str = "the-crane", **values: Any) -> ArticlePage:
        text = HIDDEN.replace("<b>", "").replace("</b>", "")
        body = [
            *newsroom.paragraphs(OPENING, LAST_OPEN),
            ("paywall", None),
            ("paragraph", f"<p>{text.replace('&', '&amp;')}.</p>"),
        ]
        story = make_story(slug, **{"level": "subscribers", "body": body, **values})
        outbox.drain()
        return story

    return make


@pytest.fixture
def reader(django_user_model: Any) -> Callable[..., Any]:
    """An account with a grant for a subject that runs, or that is over."""

    def make(subject: str = "", *, is_over: bool = False) -> Any:
        account = django_user_model.objects.create(
            email=f"{subject or 'nothing'}{is_over}@example.org".replace(":", "")
        )
        if subject:
            give_grant(
                account=account,
                subject=subject,
                rights=["read"],
                from_at=NOW - timedelta(days=60),
                until=NOW - timedelta(days=30) if is_over else None,
                grace_until=None,
                source="comp",
                source_ref=f"{account.pk}",
                by="system",
                now=NOW - timedelta(days=60),
            )
        return account

    return make


def page(client: Client, query: str, account: Any = None, **more: str) -> str:
    if account is not None:
        client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    response = client.get("/search/", {"q": query, **more})
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    return str(response.content.decode())


def hits(html: str) -> list[str]:
    return [str(link["href"]) for link in BeautifulSoup(html, "html.parser").select(".results h2 a")]


def said(html: str) -> str:
    return str(BeautifulSoup(html, "html.parser").select_one("main"))


def test_a_stranger_finds_a_story_by_its_opening_and_headline(kept: MakeStory, client: Client) -> None:
    story = kept()
    for query in ("crane", "CRANE quay", "ninety year", "last crâne", "board voted five"):
        assert hits(page(client, query)) == [story.address], query
    html = page(client, "quay")
    assert "<mark>quay</mark>" in html
    assert "quartermaster" not in html


@pytest.mark.parametrize("level", ["registered", "metered", "subscribers"])
def test_a_stranger_finds_nothing_by_what_stands_below_the_line(
    kept: MakeStory, client: Client, level: str
) -> None:
    kept(level=level)
    nothing = said(page(client, "xylophone")).replace("xylophone", "")
    for query in ("zanzibar", "quartermaster", "accord", "crane zanzibar"):
        html = page(client, query)
        assert hits(html) == []
        assert said(html).replace(query, "") == nothing, query


def test_strangers_get_the_same_bytes_when_the_whole_texts_are_gone(kept: MakeStory, client: Client) -> None:
    kept()
    kept("two", title="A crane too")
    queries = ("crane", "zanzibar", "crane zanzibar", "the", "quay ninety", "")
    before = [client.get("/search/", {"q": query}).content for query in queries]
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE {tables.NAMES['full']}")
    assert [client.get("/search/", {"q": query}).content for query in queries] == before


@pytest.mark.parametrize("subject", ["site", "product:news"])
def test_a_subscriber_finds_the_whole_text(
    kept: MakeStory, client: Client, reader: Any, subject: str
) -> None:
    story = kept()
    html = page(client, "quartermast accordion", reader(subject))
    assert hits(html) == [story.address]
    assert "<mark>quartermaster</mark>" in html
    assert "&amp; two pistols" in html


@pytest.mark.parametrize(
    ("subject", "is_over"), [("", False), ("product:news", True), ("product:sport", False)]
)
def test_other_readers_do_not(
    kept: MakeStory, client: Client, reader: Any, subject: str, is_over: bool
) -> None:
    story = kept()
    account = reader(subject, is_over=is_over)
    assert hits(page(client, "quartermaster", account)) == []
    html = page(client, "crane", account)
    assert hits(html) == [story.address]
    assert "Zanzibar" not in html


def test_a_story_under_embargo_or_taken_down_is_found_by_nobody(
    kept: MakeStory, client: Client, reader: Any
) -> None:
    kept("one", embargo_until=NOW + timedelta(hours=1))
    kept("two", gone_from=NOW - timedelta(hours=1))
    story = kept("three")
    story.unpublish()
    outbox.drain()
    for account in (None, reader("site")):
        assert hits(page(client, "crane", account)) == []


def test_the_headline_outweighs_the_text(kept: MakeStory, client: Client) -> None:
    kept("text", title="Something else", standfirst="")
    named = kept("named", title="The crane, the crane")
    assert hits(page(client, "crane"))[0] == named.address


def test_results_come_in_pages(make_story: MakeStory, client: Client) -> None:
    for number in range(ON_A_PAGE + 2):
        make_story(f"s{number}")
    outbox.drain()
    first = page(client, "crane")
    assert len(hits(first)) == ON_A_PAGE
    assert f"{ON_A_PAGE + 2} articles found" in first
    assert "?q=crane&amp;page=2" in first
    second = page(client, "crane", page="2")
    assert len(hits(second)) == 2
    assert set(hits(first)) & set(hits(second)) == set()
    for odd in ("99", "-1", "x", "", "٣"):
        assert hits(page(client, "crane", page=odd)) in (hits(first), hits(second))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "   ",
        '"',
        "'; DROP TABLE x; --",
        "crane OR",
        "NEAR(a b)",
        "*",
        "a:* & !b | (c",
        "-",
        "\x00",
        "crane" * 99,
    ],
)
def test_no_question_breaks_it(kept: MakeStory, client: Client, query: str) -> None:
    kept()
    html = page(client, query)
    assert "<h1>Search</h1>" in html
    assert 'href="/harbour/"' in html or hits(html)


def test_what_was_asked_is_escaped(kept: MakeStory, client: Client) -> None:
    html = page(client, "<script>alert(1)</script>")
    assert "<script>alert" not in html


def test_missing_words_are_found_again_at_the_start(kept: MakeStory, client: Client) -> None:
    story = kept()
    tables.forget(story.article_id)
    assert hits(page(client, "crane")) == []
    indexing.heal(NOW)
    assert hits(page(client, "crane")) == [story.address]


def test_a_changed_story_is_found_by_its_new_words_alone(kept: MakeStory, client: Client) -> None:
    story = kept()
    story.title = "A derrick"
    story.standfirst = ""
    story.body = [("paragraph", "<p>Quite other words.</p>"), ("paywall", None)]
    story.save_revision().publish()
    outbox.drain()
    assert hits(page(client, "crane")) == []
    assert hits(page(client, "derrick")) == [story.address]


def test_a_reader_of_one_story_is_shown_its_text_but_not_others(kept: MakeStory, reader: Any) -> None:
    story = kept()
    account = reader(f"article:{story.article_id}")
    found = search("crane", reader_facts(account, NOW), 1, NOW)
    assert [hit.url for hit in found.hits] == [story.address]
    assert search("zanzibar", reader_facts(account, NOW), 1, NOW).hits == ()


def test_words() -> None:
    assert words("The Café's “roof” 3.5_a") == ["the", "cafe", "s", "roof", "3", "5", "a"]
    assert terms("b a b " * 50) == ("b", "a")
    assert snippet("Nothing here", ("x",)) == ""
    assert marked("A <b> Café", ("caf",)) == "A &lt;b&gt; <mark>Café</mark>"
    long = " ".join(f"w{number}" for number in range(100))
    assert snippet(long, ("w50",)).startswith("… w44 ")
    assert snippet(long, ("w50",)).endswith(" w77 …")
    assert snippet(f"{long} w99b", ("w99",)).endswith("<mark>w99b</mark>")
