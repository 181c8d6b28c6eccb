"""What is decided alike for many stories holds for no other story, reader, rules or second."""

from dataclasses import replace

from newsstand.kiosk.decisions import DecidedAlike
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step
from newsstand.rules.gate.policy import Policy

NOW = 1_800_000_000
POLICY = Policy(zone="Europe/London", plan_products=frozenset({"news"}))
FIRST = ArticleFacts("a" * 32, "news", "harbour", (Step(0, Level.SUBSCRIBERS),), published_at=NOW - 100)
SECOND = replace(FIRST, id="b" * 32, published_at=NOW - 50)


def reader(subject: str, until: int | None = None) -> ReaderFacts:
    grant = Grant(subject, frozenset({"read"}), 0, until, None, "comp")
    return ReaderFacts("c" * 32, is_staff=False, created_at=0, grants=(grant,))


def test_the_second_story_of_a_kind_is_told_the_same() -> None:
    alike, subscriber = DecidedAlike(), reader("product:news")
    first = alike.decided(FIRST, subscriber, POLICY, NOW)
    assert first.decision.show == "full"
    assert alike.decided(SECOND, subscriber, POLICY, NOW) is first
    assert alike.decided(SECOND, None, POLICY, NOW).decision.show == "opening"


def test_a_right_to_one_story_opens_no_other() -> None:
    alike, buyer = DecidedAlike(), reader(f"article:{FIRST.id}")
    for _ in range(2):
        assert alike.decided(FIRST, buyer, POLICY, NOW).decision.show == "full"
        assert alike.decided(SECOND, buyer, POLICY, NOW).decision.show == "opening"


def test_a_story_that_is_to_be_counted_names_itself() -> None:
    alike = DecidedAlike()
    for story in (FIRST, SECOND):
        metered = replace(story, steps=(Step(0, Level.METERED),))
        assert alike.decided(metered, None, POLICY, NOW).decision.visit_after == {story.id}


def test_it_holds_for_one_second_and_one_set_of_rules() -> None:
    alike, subscriber = DecidedAlike(), reader("product:news", until=NOW + 1)
    assert alike.decided(FIRST, subscriber, POLICY, NOW).decision.show == "full"
    assert alike.decided(SECOND, subscriber, POLICY, NOW + 1).decision.show == "opening"
    others = replace(POLICY, ways=("register",))
    walls = [alike.decided(FIRST, None, rules, NOW).decision.wall for rules in (POLICY, others)]
    assert walls[0] != walls[1]


def test_a_story_that_is_gone_or_not_there_yet_is_of_no_kind() -> None:
    alike, subscriber = DecidedAlike(), reader("site")
    assert alike.decided(FIRST, subscriber, POLICY, NOW).decision.show == "full"
    gone = (
        replace(SECOND, gone_from=NOW),
        replace(SECOND, embargo_until=NOW + 1),
        replace(SECOND, published_at=NOW + 1),
        replace(SECOND, published_at=None),
    )
    assert [alike.decided(story, subscriber, POLICY, NOW).decision.show for story in gone] == ["gone"] * 4
