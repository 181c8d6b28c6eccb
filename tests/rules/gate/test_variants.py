from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.decide import Note, decide_page
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step
from newsstand.rules.gate.policy import WAYS, OpenHouse, Policy
from newsstand.rules.gate.variants import Variant, page_variants, printed_at_once, variant_of, variants

DEMO = Policy(plan_products=frozenset({"news"}))


def _article(level: Level, **facts: Any) -> ArticleFacts:
    return ArticleFacts("a" * 32, "news", "harbour", (Step(0, level),), 0, **facts)


def _names(found: tuple[Variant, ...]) -> list[str]:
    return [variant.name for variant in found]


some_variants = st.builds(
    Variant,
    show=st.sampled_from(["full", "opening", "gone", "refused"]),
    ways=st.lists(st.sampled_from(WAYS), unique=True).map(tuple),
    adds=st.integers(0, 100),
    ads=st.booleans(),
    note=st.none()
    | st.builds(Note, st.sampled_from(["payment_failed", "gift"]), st.just(0), st.just(0))
    | st.builds(Note, st.just("meter"), st.integers(0, 99), st.integers(1, 100)),
    signed_in=st.booleans(),
    may_comment=st.booleans(),
)


@given(some_variants, some_variants)
@settings(max_examples=60, deadline=None)
def test_a_name_is_one_variant_and_a_variant_is_one_name(one: Variant, other: Variant) -> None:
    assert (one.name == other.name) == (one == other)
    assert Variant.parse(one.name) == one
    assert one.name.isascii()
    assert len(one.name) < 200


@pytest.mark.parametrize(
    "name",
    [
        "",
        "half",
        "full.",
        "full.in.ads",
        "full.ads.ads",
        "full.adds-0",
        "full.adds-03",
        "full.note-meter-0-0",
        "full.note-meter-2",
        "full.by-",
        "full.by-subscribe+",
        "FULL",
        "full\n",
        "full.note-meter-٣-٤",
    ],
)
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="variant"):
        Variant.parse(name)


def test_names_can_be_read() -> None:
    note = Note("meter", 2, 3)

    assert Variant("full", ads=True, note=note).name == "full.ads.note-meter-2-3"
    assert Variant("opening", ("subscribe", "register"), 3, ads=True).name == (
        "opening.ads.by-subscribe+register.adds-3"
    )
    assert Variant("full", signed_in=True, may_comment=True).name == "full.in.talk"


def test_a_metered_story_of_the_demonstration_has_52_pages() -> None:
    found = variants(_article(Level.METERED), DEMO)

    assert len(found) == len(set(found)) == 52
    assert {"full.ads.note-meter-2-3", "full.ads.note-meter-1-3", "full.ads.note-meter-0-3"} <= set(
        _names(found)
    )
    assert "full.ads.note-meter-3-3" not in _names(found)


def test_a_free_story_has_no_wall_and_no_meter() -> None:
    assert _names(variants(_article(Level.FREE), DEMO)) == [
        "gone",
        "full.ads",
        "full.ads.in",
        "full.ads.in.talk",
        "full.in",
        "full.in.talk",
    ]


def test_where_every_account_comments_nobody_signed_in_may_not() -> None:
    policy = Policy(plan_products=frozenset({"news"}), comment_needs="account")

    assert _names(variants(_article(Level.FREE), policy)) == [
        "gone",
        "full.ads",
        "full.ads.in.talk",
        "full.in.talk",
    ]


def test_a_story_without_a_level_has_the_walls_of_a_subscribers_story() -> None:
    without = ArticleFacts("a" * 32, "news", "harbour", (), 0)

    assert set(variants(without, DEMO)) == set(variants(_article(Level.SUBSCRIBERS), DEMO))


def test_a_step_after_the_embargo_leaves_a_time_for_subscribers() -> None:
    late = ArticleFacts("a" * 32, "news", "harbour", (Step(50, Level.FREE),), 10, embargo_until=40)
    in_time = ArticleFacts("a" * 32, "news", "harbour", (Step(40, Level.FREE),), 10, embargo_until=40)

    assert "opening.ads.by-subscribe" in _names(variants(late, DEMO))
    assert "opening.ads.by-subscribe" not in _names(variants(in_time, DEMO))


@pytest.mark.parametrize(
    ("level", "names"),
    [
        (Level.FREE, ["full.ads", "full.in.talk"]),
        (Level.REGISTERED, ["opening.ads.by-subscribe+register", "full.ads.in", "full.in.talk"]),
        (
            Level.METERED,
            ["opening.ads.by-subscribe+register.adds-3", "full.ads.note-meter-2-3", "full.in.talk"],
        ),
        (Level.SUBSCRIBERS, ["opening.ads.by-subscribe", "full.in.talk"]),
    ],
)
def test_what_most_readers_meet_is_printed_at_once(level: Level, names: list[str]) -> None:
    assert _names(printed_at_once(_article(level), DEMO)) == names


def test_what_is_printed_at_once_follows_the_policy() -> None:
    open_house = Policy(plan_products=frozenset({"news"}), open_house=(OpenHouse("harbour", 10),))
    without_meter = Policy(plan_products=frozenset({"news"}), device_allowance=0)
    all_comment = Policy(comment_needs="account")

    assert "full.ads" in _names(printed_at_once(_article(Level.SUBSCRIBERS), open_house))
    assert _names(printed_at_once(_article(Level.METERED), without_meter)) == [
        "opening.ads.by-subscribe+register.adds-6",
        "full.in.talk",
    ]
    assert "full.ads.in.talk" in _names(printed_at_once(_article(Level.REGISTERED), all_comment))
    assert "full.ads.note-meter-2-3" not in _names(
        printed_at_once(_article(Level.METERED, counts=False), DEMO)
    )


def test_a_listing_has_three_pages() -> None:
    plan = Grant("product:news", frozenset({"ad_free"}), 0, 100, None, "subscription")
    story = Grant("article:" + "a" * 32, frozenset({"ad_free"}), 0, 100, None, "purchase")
    readers = [None, *(ReaderFacts("c" * 32, False, 0, held) for held in ((), (plan,), (story,)))]

    pages = [variant_of(decide_page(reader, DEMO, 50)).name for reader in readers]

    assert pages == ["full.ads", "full.ads.in", "full.in", "full.ads.in"]
    assert _names(page_variants(DEMO)) == ["full.ads", "full.ads.in", "full.in"]
    assert variant_of(decide_page(readers[2], DEMO, 100)).name == "full.ads.in"
    assert [decide_page(reader, DEMO, 50).shared for reader in readers] == [True, False, False, False]
