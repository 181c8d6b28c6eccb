"""The wall of every kind of reader, as it stands on the page that they get."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from newsstand.office.access.actions import put_policy
from newsstand.office.access.models import AccessPolicy, HandOffer, ReaderGroup
from newsstand.office.accounts import passes
from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.models import Account, Product
from newsstand.office.articles.models import ArticlePage
from newsstand.office.billing.actions import found_offer
from newsstand.office.edition.printing import press
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.visits import DeviceVisit, seal_visit
from newsstand.rules.money import Money
from newsstand.shelf.shelf import Shelf
from newsstand.wiring import connect
from tests.office.edition.conftest import OPENING, SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db
MakeStory = Callable[..., ArticlePage]
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def selling(front: Any, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two plans, a day pass, single stories, an offer to come back, and a library."""
    monkeypatch.setattr(registry, "answer", connect._answer)
    shelf.board.set_clock_offset(int(NOW.timestamp()) - int(clock.real_now().timestamp()))
    for code, name in (("news", "The Post"), ("sport", "The Whistle")):
        found_offer(
            code=code,
            plan_name=name,
            product_code=code,
            rights=["read", "ad_free"],
            price=Money(199, "USD"),
            rhythm=Rhythm("day", 28),
            benefits=[],
            by="system",
            now=NOW,
        )
    news = Product.objects.get(code="news")
    for way, amount in (("day_pass", 100), ("article", 50), ("win_back", 99)):
        HandOffer.objects.create(
            way=way, product=news, amount=amount, words="In one sentence.", link="/about/"
        )
    ReaderGroup.objects.create(name="Brackwater Library", contact="desk@library.example")
    AccessPolicy.objects.create(
        wall_line="Five people make this paper.", wall_benefits="A mug\n\nThe good feeling"
    )
    put_policy(NOW)


def reader(*grants: dict[str, Any]) -> Client:
    """A browser with the pass of a reader who was given these rights."""
    account = Account.objects.create_user("reader@example.org")
    for number, values in enumerate(grants):
        given = {"subject": "product:news", "rights": ["read"], "from_at": NOW - 60 * DAY, "until": None}
        given |= {"grace_until": None, "source": "comp", "source_ref": str(number), **values}
        give_grant(account=account, **given, by="system", now=NOW)
    client = Client(HTTP_HOST="localhost")
    client.cookies[passes.PASS_COOKIE] = passes.issue(account, "a session", clock.now())
    return client


def stranger(shelf: Shelf, counted: int = 0) -> Client:
    client = Client(HTTP_HOST="localhost")
    window = window_at(shelf.board.read().policy, clock.unix()).key
    visit = DeviceVisit(window, "d" * 32, tuple(f"{number:032x}" for number in range(counted)))
    client.cookies[passes.VISIT_COOKIE] = seal_visit(visit, passes.key_ring())
    return client


def wall(client: Client, story: ArticlePage) -> tuple[str, list[str], Any]:
    """The heading and the cards of the wall; never a word of what stands below the line."""
    response = client.get(story.address)
    html = response.content.decode()
    assert response.status_code == 200
    assert OPENING in html
    assert SECRET not in html
    found = BeautifulSoup(html, "html.parser").select_one("section.wall")
    assert found is not None
    heading = found.select_one("h2")
    assert heading is not None
    return heading.get_text(), [card.get_text() for card in found.select(".way h3")], found


PLAN = "Subscribe: The Post"
WHY = {
    "metered": "You have read your free stories.",
    "registered": "This story is for readers with an account.",
    "subscribers": "This story is for subscribers.",
}


@pytest.mark.parametrize(
    ("level", "counted", "heading", "cards"),
    [
        ("metered", 3, "Two ways to continue to read this article", [PLAN, "Create a free account"]),
        ("registered", 0, "Two ways to continue to read this article", [PLAN, "Create a free account"]),
        (
            "metered",
            6,
            "Three ways to continue to read this article",
            [PLAN, "Day pass", "This article alone"],
        ),
        (
            "subscribers",
            0,
            "Three ways to continue to read this article",
            [PLAN, "Day pass", "This article alone"],
        ),
    ],
)
def test_the_walls_of_strangers(
    make_story: MakeStory, shelf: Shelf, level: str, counted: int, heading: str, cards: list[str]
) -> None:
    story = make_story(level=level)
    told, ways, section = wall(stranger(shelf, counted), story)
    assert (told, ways) == (heading, cards)
    assert "Already have an account?" in section.get_text()
    why = section.select_one("details")
    assert why is not None
    assert why.get_text(" ", strip=True).startswith(f"Why do I see this? {WHY[level]}")
    links = [link["href"] for link in why.select("a")]
    assert links == ([f"/why/{story.article_id}/"] if level == "metered" else [])
    if "Create a free account" in cards:
        register = section.select_one('a[href^="/register/"]')
        assert register is not None
        assert register["href"] == f"/register/?next={story.address}%23continue"


ENDED = {"until": NOW - DAY}


@pytest.mark.parametrize(
    ("grants", "heading", "cards"),
    [
        (
            [],
            "Four ways to continue to read this article",
            [PLAN, "Day pass", "This article alone", "Ask your library or company"],
        ),
        ([ENDED], "Two ways to continue to read this article", ["Come back", PLAN]),
        (
            [{"until": NOW - 2 * DAY, "grace_until": NOW - DAY}],
            "Update your card to continue to read this article",
            ["Update your card"],
        ),
        (
            [{"subject": "product:sport"}],
            "Add a plan to continue to read this article",
            ["Add The Post"],
        ),
        (
            [{**ENDED, "source": "group"}],
            "Two ways to continue to read this article",
            ["Ask your library or company", PLAN],
        ),
    ],
    ids=["no grant", "lapsed", "grace over", "another product", "seat expired"],
)
def test_the_walls_of_readers(
    make_story: MakeStory, grants: list[dict[str, Any]], heading: str, cards: list[str]
) -> None:
    told, ways, section = wall(reader(*grants), make_story(level="subscribers"))
    assert (told, ways) == (heading, cards)
    assert "Already have an account?" not in section.get_text()


def test_a_wall_sells_what_opens_its_story(make_story: MakeStory, shelf: Shelf) -> None:
    product = Product.objects.get(code="sport")
    told, cards, section = wall(stranger(shelf), make_story(level="subscribers", product=product))
    assert (told, cards) == ("Subscribe to continue to read this article", ["Subscribe: The Whistle"])
    links = [link["href"] for link in section.select(".way a")]
    assert [link.partition("?")[0] for link in links] == ["/subscribe/sport/"]


def test_what_cards_say_is_computed_and_what_staff_write_stands_beside_it(
    make_story: MakeStory, shelf: Shelf
) -> None:
    story = make_story(level="subscribers")
    _, _, section = wall(stranger(shelf), story)
    text = section.get_text(" ", strip=True)
    assert "Five people make this paper." in text
    assert "$1.99 every 4 weeks" in text
    assert "$1.00" in text
    assert "$0.50" in text
    benefits = [line.get_text() for line in section.select(".way")[0].select("li")]
    assert benefits == [
        "Unlimited access to all articles of The Harbour Post",  # and of nothing else that the site sells
        "Ad-free reading",
        "A mug",
        "The good feeling",
    ]
    assert section.select_one(".wall__why a") is None  # nothing is counted for it


def test_why_tells_each_their_own_reason(make_story: MakeStory, shelf: Shelf) -> None:
    story = make_story(level="metered")
    spent = stranger(shelf, 3)
    said = spent.get(f"/why/{story.article_id}/").content.decode()
    assert "You have read your free stories." in said
    assert SECRET not in said


def test_who_is_overtaken_while_their_page_is_printed_meets_the_wall(
    make_story: MakeStory, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = make_story(level="metered")
    client = reader()
    account = Account.objects.get(email="reader@example.org")
    identity, window = f"reader:{account.reader_id}", window_at(shelf.board.read().policy, clock.unix()).key
    add_variant = press.add_variant

    def overtaken(page: Any, name: str, now: Any) -> bool:
        for number in range(6):
            shelf.visits.count(identity, window, f"{number:032x}", 6)
        return add_variant(page, name, now)

    monkeypatch.setattr(press, "add_variant", overtaken)
    assert wall(client, story)[1][0] == PLAN


def test_a_story_that_was_bought_alone_is_open_and_the_next_one_is_not(make_story: MakeStory) -> None:
    bought, other = make_story("bought", level="subscribers"), make_story("other", level="subscribers")
    client = reader({"subject": f"article:{bought.article_id}"})
    assert SECRET in client.get(bought.address).content.decode()
    assert "This article alone" in wall(client, other)[1]


def test_a_reader_by_right_is_offered_to_give_the_story_away(make_story: MakeStory) -> None:
    story, free = make_story(level="subscribers"), make_story("free", level="free")
    client = reader({})
    page = client.get(story.address).content.decode()
    assert SECRET in page
    assert f'href="/gift/{story.article_id}/"' in page
    assert "/gift/" not in client.get(free.address).content.decode()
