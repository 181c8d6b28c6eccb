from string import Formatter
from typing import Any

import pytest

from newsstand.rules.gate.decide import Reason, decide, decide_page
from newsstand.rules.gate.explain import Explanation, explain
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step, Visit
from newsstand.rules.gate.policy import OpenHouse, Policy
from newsstand.rules.gate.sentences import SENTENCES

NOW = 1_794_312_000  # 10 November 2026, 12:00 in London
DAY = 86400
POLICY = Policy(zone="Europe/London", plan_products=frozenset({"news"}))
STRANGE_VISIT = Visit()
READER = ReaderFacts("c" * 32, False, 0, ())
PLAN = Grant(
    "product:news", frozenset({"read", "ad_free"}), NOW - DAY, NOW + DAY, NOW + 8 * DAY, "subscription"
)


def _article(level: Level, **facts: Any) -> ArticleFacts:
    return ArticleFacts("a" * 32, "news", "harbour", (Step(0, level),), 0, **facts)


def _explain(
    article: ArticleFacts,
    reader: ReaderFacts | None = None,
    visit: Visit = STRANGE_VISIT,
    policy: Policy = POLICY,
    now: int = NOW,
) -> Explanation:
    return explain(decide(article, reader, visit, policy, now), article, reader, visit, policy, now)


def test_every_reason_has_its_three_sentences() -> None:
    assert set(SENTENCES) == set(Reason)
    for said in SENTENCES.values():
        assert all(sentence.endswith(".") for sentence in said)
        assert not [name for _, name, _, _ in Formatter().parse(said.reader) if name]


def test_a_spent_meter_is_explained_with_its_numbers() -> None:
    said = _explain(_article(Level.METERED), visit=Visit(frozenset("xyz")))

    assert said.reader == "You have read your free stories."
    assert said.editor == "The meter is spent: 3 counted, 3 allowed, until 2026-12-01 00:00 GMT."
    assert said.support == "Meter spent (3 of 3, window 2026-11). The wall offers: subscribe, register."
    assert said.steps[-2:] == (
        "the meter: no (3 of 3 counted in 2026-11)",
        "a wall, meter spent: subscribe, register; registering opens 3 more",
    )


def test_a_counted_story_is_explained_with_the_count_after_it() -> None:
    said = _explain(_article(Level.METERED), visit=Visit(frozenset("x")))

    assert said.editor == "The meter opens it: 2 of 3 are counted now, until 2026-12-01 00:00 GMT."
    assert said.steps[-1] == "the meter: yes (1 of 3 counted in 2026-11)"


def test_a_grant_is_named_with_its_span() -> None:
    reader = ReaderFacts("c" * 32, False, 0, (PLAN,))
    grant = (
        "product:news by subscription from 2026-11-09 12:00 GMT until 2026-11-11 12:00 GMT,"
        " grace until 2026-11-18 12:00 GMT: ad_free, read"
    )

    said = _explain(_article(Level.SUBSCRIBERS), reader)
    in_grace = _explain(_article(Level.SUBSCRIBERS), reader, now=NOW + 2 * DAY)

    assert said.support == f"Opened by the grant {grant}."
    assert said.steps[-1] == f"a grant: yes ({grant})"
    assert in_grace.support.startswith(f"Opened in grace by the grant {grant}.")
    assert in_grace.steps[-2:] == (f"a grant: no ({grant})", "a grant's grace: yes")


def test_a_grant_without_an_end_and_without_a_right_is_named_so() -> None:
    empty = Grant("site", frozenset(), NOW, None, None, "comp")

    said = _explain(_article(Level.SUBSCRIBERS), ReaderFacts("c" * 32, False, 0, (empty,)))

    assert "a grant: no (site by comp from 2026-11-10 12:00 GMT without end: no right)" in said.steps


def test_a_reader_without_grants_is_told_apart_from_a_stranger() -> None:
    assert "a grant: no (the reader has none)" in _explain(_article(Level.SUBSCRIBERS), READER).steps
    assert "a grant: no" in _explain(_article(Level.SUBSCRIBERS)).steps


@pytest.mark.parametrize(("section", "name"), [("harbour", "the section “harbour”"), ("", "the whole site")])
def test_an_open_house_is_named(section: str, name: str) -> None:
    policy = Policy(
        zone="Europe/London", open_house=(OpenHouse("culture", NOW + DAY), OpenHouse(section, NOW + 2 * DAY))
    )

    said = _explain(_article(Level.SUBSCRIBERS), policy=policy)

    assert said.editor == (
        f"Open house: staff opened {name} until 2026-11-12 12:00 GMT. Without it the level is “subscribers”."
    )


def test_the_first_gate_that_answers_ends_the_way() -> None:
    gone = _explain(_article(Level.FREE, gone_from=NOW))
    free = _explain(_article(Level.FREE))

    assert gone.steps == ("taken down: yes",)
    assert gone.editor == "The story was taken down at 2026-11-10 12:00 GMT. Nobody sees it on the site."
    assert free.steps[-1] == "free for everyone: yes (the level is free)"


def test_what_no_meter_may_count_and_who_declares_something_is_said() -> None:
    off = _explain(_article(Level.METERED, counts=False))
    head = _explain(_article(Level.METERED), visit=Visit(declares="head"))

    assert off.steps[-2] == "the meter: no (0 of 3 counted in 2026-11, this story is not to be counted)"
    assert head.steps[-2] == "the meter: no (0 of 3 counted in 2026-11, declares itself head)"


def test_a_page_that_is_no_story_has_a_sentence_too() -> None:
    decision = decide_page(None, POLICY, NOW)

    assert SENTENCES[decision.reason].reader == "This page is open to everyone."
