"""The wall counts the cards that really stand on it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from newsstand.office.edition.printing.wall import Beside, note_text, wall
from newsstand.rules.gate.decide import Note, Reason
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import Variant

OFFER = SimpleNamespace(
    plan_name="All",
    card="$1.99 every 4 weeks",
    line="…",
    benefits=(),
    url="/subscribe/a/",
    button="Subscribe now",
)
SPENT = Reason.METER_SPENT
MONTH, WEEK, DAYS = Policy(), Policy(window="week"), Policy(window="10d")


def stands(*ways: str, adds: int = 0, offers: tuple[Any, ...] = (OFFER,), policy: Policy = MONTH) -> Any:
    with translation.override("en"):
        return wall(Variant("opening", ways, adds, ads=True), offers, policy, "/harbour/the-crane/", SPENT)


@pytest.mark.parametrize(
    ("ways", "heading"),
    [
        (("subscribe", "register"), "Two ways to continue to read this article"),
        (("subscribe",), "Subscribe to continue to read this article"),
        (("register",), "Create a free account to continue to read this article"),
        (("mend_card",), "Update your card to continue to read this article"),
        (("upgrade",), "Add a plan to continue to read this article"),
        ((), "This article is for subscribers"),
    ],
)
def test_the_heading_counts_the_cards(ways: tuple[str, ...], heading: str) -> None:
    found = stands(*ways)
    assert found.heading == heading
    assert [card.way for card in found.cards] == list(ways)


def test_a_way_that_sells_nothing_does_not_stand_there() -> None:
    found = stands("subscribe", "register", offers=())
    assert [card.way for card in found.cards] == ["register"]
    assert found.heading == "Create a free account to continue to read this article"


@pytest.mark.parametrize(
    ("adds", "policy", "text"),
    [
        (3, MONTH, "Read 3 more this month"),
        (1, MONTH, "Read 1 more article this month"),
        (2, WEEK, "Read 2 more this week"),
        (2, DAYS, "Read 2 more for free"),
        (0, MONTH, "Read this article"),
    ],
)
def test_registering_says_what_it_opens(adds: int, policy: Policy, text: str) -> None:
    assert stands("register", adds=adds, policy=policy).cards[0].adds == text


def test_every_way_leads_back_to_where_the_text_stopped() -> None:
    assert stands("subscribe").next == "/harbour/the-crane/%23continue"


@pytest.mark.parametrize(
    ("note", "policy", "text"),
    [
        (Note("meter", 2, 3), MONTH, "2 of 3 free articles left this month"),
        (Note("meter", 0, 3), WEEK, "0 of 3 free articles left this week"),
        (Note("meter", 0, 1), MONTH, "0 of 1 free article left this month"),
        (Note("payment_failed"), MONTH, "Your card was declined. You keep reading while we try again."),
        (Note("gift"), MONTH, "A subscriber gave you this story."),
    ],
)
def test_the_note_above_the_text(note: Note, policy: Policy, text: str) -> None:
    with translation.override("en"):
        assert note_text(note, policy) == text


HAND = SimpleNamespace(price="$1.50", words="Everything, for a day.", link="/page/")
MAIL = SimpleNamespace(price="$0.50", words="This story, for good.", link="mailto:post@example.org")
BESIDE = Beside({"day_pass": HAND, "article": MAIL}, (("The library", "desk@library.example"),))


@pytest.mark.parametrize(
    ("ways", "stand", "heading"),
    [
        (("subscribe", "day_pass", "article"), 3, "Three ways to continue to read this article"),
        (("subscribe", "day_pass", "article", "ask_group"), 4, "Four ways to continue to read this article"),
        (("win_back", "subscribe"), 1, "Subscribe to continue to read this article"),
        (("ask_group", "subscribe"), 2, "Two ways to continue to read this article"),
        (("day_pass",), 1, "Buy a day pass to continue to read this article"),
        (("article",), 1, "Buy this article to continue to read it"),
        (("ask_group",), 1, "Ask your library or company to continue to read this article"),
    ],
)
def test_the_number_word_counts_the_cards_that_stand(ways: tuple[str, ...], stand: int, heading: str) -> None:
    with translation.override("en"):
        found = wall(
            Variant("opening", ways, ads=True), (OFFER,), MONTH, "/harbour/the-crane/", SPENT, BESIDE
        )
    assert (len(found.cards), found.heading) == (stand, heading)


def test_what_is_sold_by_hand_leads_back_where_it_can() -> None:
    found = wall(Variant("opening", ("day_pass", "article")), (), MONTH, "/harbour/the-crane/", SPENT, BESIDE)
    assert [card.link for card in found.cards] == [
        "/page/?next=/harbour/the-crane/%23continue",
        "mailto:post@example.org",
    ]
