"""What the editor's table has no column for: what may be shared, who may comment."""

import pytest

from newsstand.rules.gate.decide import decide, decide_page
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step, Visit
from newsstand.rules.gate.policy import OpenHouse, Policy

STORY = "a" * 32
PLANS = frozenset({"news"})
POLICY = Policy(plan_products=PLANS)
BOTS = frozenset({"examplebot"})


def _article(level: Level) -> ArticleFacts:
    return ArticleFacts(STORY, "news", "harbour", (Step(0, level),), 0)


def _reader(*rights: str, is_staff: bool = False, subject: str = "product:news") -> ReaderFacts:
    grants = (Grant(subject, frozenset(rights), 0, 100, 200, "subscription"),) if rights else ()
    return ReaderFacts("c" * 32, is_staff, 0, grants)


@pytest.mark.parametrize("level", [Level.FREE, Level.REGISTERED, Level.SUBSCRIBERS])
@pytest.mark.parametrize(
    ("visit", "shared"),
    [
        (Visit(), True),
        (Visit(counted=frozenset("x")), False),
        (Visit(gift="b" * 32), False),
        (Visit(network="product:sport"), False),
        (Visit(crawler="otherbot"), False),
    ],
)
def test_free_stories_and_walls_are_shared_when_nothing_is_known(
    level: Level, visit: Visit, shared: bool
) -> None:
    assert decide(_article(level), None, visit, POLICY, 50).shared is shared


@pytest.mark.parametrize(
    ("policy", "free", "wall"),
    [
        (POLICY, True, True),
        (Policy(plan_products=PLANS, crawlers=BOTS), True, False),
        (Policy(plan_products=PLANS, network_access=True), True, False),
    ],
)
def test_a_wall_is_not_shared_where_an_address_may_open_the_story(
    policy: Policy, free: bool, wall: bool
) -> None:
    assert decide(_article(Level.FREE), None, Visit(), policy, 50).shared is free
    assert decide(_article(Level.SUBSCRIBERS), None, Visit(), policy, 50).shared is wall


@pytest.mark.parametrize("declares", ["head", "prefetch", "crawler"])
def test_a_wall_asked_for_with_a_declaration_is_not_shared(declares: str) -> None:
    visit = Visit(declares=declares)

    assert decide(_article(Level.METERED), None, visit, POLICY, 50).shared is False
    assert decide(_article(Level.SUBSCRIBERS), None, visit, POLICY, 50).shared is False
    assert decide(_article(Level.FREE), None, visit, POLICY, 50).shared is True


def test_what_one_reader_gets_is_never_shared() -> None:
    everyone = Policy(open_house=(OpenHouse("", 100),))

    assert decide(_article(Level.SUBSCRIBERS), None, Visit(), everyone, 50).shared is True
    assert decide(_article(Level.SUBSCRIBERS), _reader(), Visit(), everyone, 50).shared is False
    assert decide(_article(Level.FREE), _reader(), Visit(), POLICY, 50).shared is False
    assert decide(_article(Level.METERED), None, Visit(), POLICY, 50).shared is False
    assert decide(_article(Level.SUBSCRIBERS), None, Visit(gift=STORY), POLICY, 50).shared is False
    assert decide_page(None, POLICY, 50).shared is True
    assert decide_page(_reader(), POLICY, 50).shared is False


@pytest.mark.parametrize(
    ("reader", "needs", "may"),
    [
        (None, "comment", False),
        (None, "account", False),
        (_reader(), "comment", False),
        (_reader(), "account", True),
        (_reader("read"), "comment", False),
        (_reader("comment"), "comment", True),
        (_reader("comment", subject="product:sport"), "comment", False),
        (_reader(is_staff=True), "comment", True),
    ],
)
def test_who_may_comment_on_a_story_that_is_open(reader: ReaderFacts | None, needs: str, may: bool) -> None:
    policy = Policy(comment_needs=needs)

    assert decide(_article(Level.FREE), reader, Visit(), policy, 50).may_comment is may


def test_the_right_to_comment_lasts_through_the_grace() -> None:
    reader = _reader("comment")

    assert decide(_article(Level.FREE), reader, Visit(), POLICY, 199).may_comment is True
    assert decide(_article(Level.FREE), reader, Visit(), POLICY, 200).may_comment is False


def test_nobody_comments_under_a_wall_or_on_a_listing() -> None:
    policy = Policy(comment_needs="account")

    assert decide(_article(Level.SUBSCRIBERS), _reader("comment"), Visit(), policy, 50).may_comment is False
    assert decide_page(_reader("comment"), policy, 50).may_comment is False
