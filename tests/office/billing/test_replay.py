"""Stories of the state machine, played through the office beside memory: after each command both are the same.

A few here; a hundred, on both databases, by `make replay`.
"""

import os
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from newsstand.office.kit.models import Publication
from newsstand.rules.billing.offer import OfferTerms
from tests.office.billing.replayed import Office, plant
from tests.proofs.test_state_machine import STEPS, Billing
from tests.proofs.world import TERMS, Command, World, whole

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

STORIES = int(os.environ.get("NEWSSTAND_REPLAYED", "3"))
TOLD_FOR_EACH = 3

Story = tuple[OfferTerms, list[Command]]


@cache
def stories(count: int) -> list[Story]:
    """The most eventful of what the state machine tells, and always the same ones."""
    told: list[tuple[int, Story]] = []

    class Told(Billing):
        def teardown(self) -> None:
            log = list(self.world.log)
            self.world.settle()
            happened = sum(len(book.attempts) + len(book.entries) for book in self.world.books)
            told.append((happened, (self.terms, log)))

    chosen = settings(
        max_examples=TOLD_FOR_EACH * count,
        stateful_step_count=STEPS,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Told, settings=chosen)
    return [story for _, story in sorted(told, key=lambda row: row[0], reverse=True)[:count]]


@pytest.mark.parametrize("number", range(STORIES))
def test_a_story_goes_in_the_office_as_in_memory(
    publication: Publication, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    office = replay(stories(STORIES)[number], monkeypatch)
    assert office.violations() == []


def test_a_lease_of_another_length_is_noticed(
    publication: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsstand.rules.billing.memory.charging.LEASE", 301)
    with pytest.raises(Differs):
        replay((TERMS, [("order", "pays", "before_the_call")]), monkeypatch)


class Differs(AssertionError):
    """The office and memory have come to different ends."""


def replay(story: Story, patch: pytest.MonkeyPatch) -> Office:
    """Play a story in both, to its end and until all is settled."""
    terms, log = story
    memory, office = World(terms), Office(terms)
    plant(office, patch)
    for number, command in enumerate([*log, ("settle",)]):
        memory.play(command)
        office.play(command)
        mine = [whole(book) for book in memory.books]
        theirs = [whole(kept.book) for kept in office.kept()]
        if mine != theirs:
            told = "\n".join(f"{row}" for row in log[: number + 1])
            raise Differs(f"{told}\n{_differences(mine, theirs)}")
    assert memory.violations() == []
    return office


def _differences(mine: list[dict[str, object]], theirs: list[dict[str, object]]) -> str:
    if len(mine) != len(theirs):
        return f"{len(mine)} sales in memory, {len(theirs)} in the office"
    return "\n".join(
        f"{number} {name}: {one[name]} in memory, {other[name]} in the office"
        for number, (one, other) in enumerate(zip(mine, theirs, strict=True))
        for name in one
        if one[name] != other[name]
    )
