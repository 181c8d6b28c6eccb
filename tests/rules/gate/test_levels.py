"""Rules that name levels: which one decides, when it changes, and which rules can never decide."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.facts import Level, Step
from newsstand.rules.gate.levels import (
    Contradiction,
    GivenStep,
    Giver,
    LevelRule,
    Traits,
    contradictions,
    given_at,
    given_steps,
    level_steps,
)

HOUR, DAY = 3600, 86400
FIRST_DAY = LevelRule(Level.FREE, younger_than=DAY)
ARCHIVE = LevelRule(Level.SUBSCRIBERS, older_than=30 * DAY)
STORY = Traits(None, "harbour", "news", begins_at=1000)


def test_a_day_free_a_month_metered_then_the_archive() -> None:
    given = given_steps(STORY, [FIRST_DAY, ARCHIVE], Level.METERED)

    assert given == (
        GivenStep(0, Level.FREE, Giver.RULE, 1),
        GivenStep(1000 + DAY, Level.METERED, Giver.DEFAULT),
        GivenStep(1000 + 30 * DAY, Level.SUBSCRIBERS, Giver.RULE, 2),
    )
    assert level_steps(given) == tuple(Step(step.from_at, step.level) for step in given)
    assert given_at(given, 1000 + DAY).giver is Giver.DEFAULT
    assert given_at(given, 1000 + DAY - 1).rule == 1


def test_a_storys_own_level_stands_above_every_rule() -> None:
    own = replace(STORY, own_level=Level.REGISTERED)

    assert given_steps(own, [FIRST_DAY], Level.METERED) == (GivenStep(0, Level.REGISTERED, Giver.STORY),)


def test_a_story_without_a_beginning_has_no_age() -> None:
    draft = replace(STORY, begins_at=None)

    assert level_steps(given_steps(draft, [FIRST_DAY, ARCHIVE], Level.METERED)) == (Step(0, Level.FREE),)


def test_two_rules_for_one_level_are_one_step_for_the_gate() -> None:
    rules = [LevelRule(Level.METERED, younger_than=DAY), ARCHIVE]
    given = given_steps(STORY, rules, Level.METERED)

    assert [step.giver for step in given] == [Giver.RULE, Giver.DEFAULT, Giver.RULE]
    assert [step.level for step in level_steps(given)] == [Level.METERED, Level.SUBSCRIBERS]


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([FIRST_DAY, ARCHIVE], ()),
        ([LevelRule(Level.FREE, older_than=DAY, younger_than=HOUR)], (Contradiction(1),)),
        ([LevelRule(Level.FREE, older_than=DAY, younger_than=DAY)], (Contradiction(1),)),
        ([LevelRule(Level.FREE, younger_than=0)], (Contradiction(1),)),
        ([LevelRule(Level.FREE), ARCHIVE], (Contradiction(2, by=1),)),
        ([LevelRule(Level.FREE, tag="a"), LevelRule(Level.METERED, tag="a")], (Contradiction(2, by=1),)),
        ([LevelRule(Level.FREE, tag="a"), LevelRule(Level.METERED, tag="b")], ()),
        (
            [LevelRule(Level.FREE, tag="a"), LevelRule(Level.METERED, tag="a", section="s")],
            (Contradiction(2, by=1),),
        ),
        ([LevelRule(Level.FREE, tag="a", section="s"), LevelRule(Level.METERED, tag="a")], ()),
        ([FIRST_DAY, LevelRule(Level.METERED, younger_than=HOUR)], (Contradiction(2, by=1),)),
        ([LevelRule(Level.METERED, younger_than=HOUR), FIRST_DAY], ()),
        ([ARCHIVE, LevelRule(Level.FREE, older_than=31 * DAY, author="x")], (Contradiction(2, by=1),)),
    ],
)
def test_rules_that_can_never_decide(rules: list[LevelRule], found: tuple[Contradiction, ...]) -> None:
    assert contradictions(rules) == found


names = st.sampled_from(["", "a", "b"])
ages = st.none() | st.integers(1, 4)
rules_of_level = st.builds(LevelRule, st.sampled_from(Level), names, names, names, names, ages, ages)
stories = st.builds(
    Traits,
    st.none() | st.sampled_from(Level),
    st.sampled_from("ab"),
    st.sampled_from("ab"),
    st.frozensets(st.sampled_from("ab")),
    st.frozensets(st.sampled_from("ab")),
    st.just(10),
)


@given(stories, st.lists(rules_of_level, max_size=4), st.sampled_from(Level), st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_at_any_age_the_first_fitting_rule_decides(
    story: Traits, rules: list[LevelRule], default: Level, age: int
) -> None:
    fitting = (rule.level for rule in rules if rule.may_fit(story) and rule.fits_at(age))
    wanted = story.own_level or next(fitting, default)
    given_ = given_steps(story, rules, default)

    assert given_at(given_, 10 + age).level is wanted
    assert given_[0].from_at == 0
    steps = level_steps(given_)
    assert [step for step in steps if step.from_at <= 10 + age][-1].level is wanted


@given(st.lists(rules_of_level, max_size=4), stories, st.integers(0, 6))
@settings(max_examples=200, deadline=None)
def test_what_is_called_a_contradiction_never_decides(
    rules: list[LevelRule], story: Traits, age: int
) -> None:
    story = replace(story, own_level=None)
    never = {found.rule for found in contradictions(rules)}

    assert given_at(given_steps(story, rules, Level.FREE), 10 + age).rule not in never
