"""Which level a story has, and when it changes by itself: its own, else the first rule that fits, else the default."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsstand.rules.gate.facts import Level, Step


class Giver(StrEnum):
    """Where a level comes from."""

    STORY = "story"
    RULE = "rule"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Traits:
    """What a rule may ask about a story. Names are codes; `begins_at` is when its age begins to be counted."""

    own_level: Level | None
    section: str
    product: str
    tags: frozenset[str] = frozenset()
    authors: frozenset[str] = frozenset()
    begins_at: int | None = None


@dataclass(frozen=True, slots=True)
class LevelRule:
    """Stories that fit have this level. An empty name fits every story; ages are in seconds.

    A story fits `older_than` from the very second on at which it is so old, and `younger_than` until then.
    """

    level: Level
    section: str = ""
    tag: str = ""
    author: str = ""
    product: str = ""
    older_than: int | None = None
    younger_than: int | None = None

    def may_fit(self, story: Traits) -> bool:
        """Whether the story fits at some age."""
        return (
            self.section in ("", story.section)
            and self.product in ("", story.product)
            and (not self.tag or self.tag in story.tags)
            and (not self.author or self.author in story.authors)
        )

    def fits_at(self, age: int) -> bool:
        """Whether a story of this age fits, if all else does."""
        return (self.older_than is None or age >= self.older_than) and (
            self.younger_than is None or age < self.younger_than
        )


@dataclass(frozen=True, slots=True)
class GivenStep:
    """From this moment on the story has this level, and what gave it: a rule by its place, counted from 1."""

    from_at: int
    level: Level
    giver: Giver
    rule: int = 0


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A rule that can never decide: no story has such an age (`by` is 0), or rule `by` above it decides first."""

    rule: int
    by: int = 0


def given_steps(story: Traits, rules: Sequence[LevelRule], default: Level) -> tuple[GivenStep, ...]:
    """The story's level over time, with what gave each.

    Rules "younger than 24 hours: free" and "older than 30 days: subscribers", the default metered, a story
    of moment 1000: free from 0, metered from 87400, subscribers from 2593000.
    """
    if story.own_level is not None:
        return (GivenStep(0, story.own_level, Giver.STORY),)
    fitting = [(place, rule) for place, rule in enumerate(rules, start=1) if rule.may_fit(story)]
    steps: list[GivenStep] = []
    for age in _ages(rule for _, rule in fitting):
        if age and story.begins_at is None:
            break
        from_at = 0 if age == 0 or story.begins_at is None else story.begins_at + age
        step = _given_at(age, fitting, default, from_at)
        if not steps or (step.level, step.rule) != (steps[-1].level, steps[-1].rule):
            steps.append(step)
    return tuple(steps)


def level_steps(given: Sequence[GivenStep]) -> tuple[Step, ...]:
    """The same as the gate takes it: who gave a level is forgotten, and a step to the same level is none."""
    steps: list[Step] = []
    for one in given:
        if not steps or steps[-1].level is not one.level:
            steps.append(Step(one.from_at, one.level))
    return tuple(steps)


def given_at(given: Sequence[GivenStep], now: int) -> GivenStep:
    """The step that holds now."""
    return next((step for step in reversed(given) if step.from_at <= now), given[0])


def contradictions(rules: Sequence[LevelRule]) -> tuple[Contradiction, ...]:
    """The rules that can never decide, so that who wrote them meant something else."""
    return tuple(_contradictions(rules))


def _contradictions(rules: Sequence[LevelRule]) -> Iterator[Contradiction]:
    for place, rule in enumerate(rules, start=1):
        if rule.younger_than is not None and rule.younger_than <= (rule.older_than or 0):
            yield Contradiction(place)
            continue
        for above, earlier in enumerate(rules[: place - 1], start=1):
            if _takes_in(earlier, rule):
                yield Contradiction(place, by=above)
                break


def _takes_in(wide: LevelRule, narrow: LevelRule) -> bool:
    """Whether every story that fits the narrow rule fits the wide one, at every age."""
    names = ((wide.section, narrow.section), (wide.tag, narrow.tag))
    more = ((wide.author, narrow.author), (wide.product, narrow.product))
    begins_in_time = (wide.older_than or 0) <= (narrow.older_than or 0)
    ends_in_time = wide.younger_than is None or (
        narrow.younger_than is not None and narrow.younger_than <= wide.younger_than
    )
    return begins_in_time and ends_in_time and all(a in ("", b) for a, b in (*names, *more))


def _ages(rules: Iterator[LevelRule]) -> list[int]:
    """The ages at which something may change, the first being none at all."""
    found = {0}
    for rule in rules:
        found.update(age for age in (rule.older_than, rule.younger_than) if age is not None)
    return sorted(found)


def _given_at(age: int, fitting: Sequence[tuple[int, LevelRule]], default: Level, from_at: int) -> GivenStep:
    for place, rule in fitting:
        if rule.fits_at(age):
            return GivenStep(from_at, rule.level, Giver.RULE, place)
    return GivenStep(from_at, default, Giver.DEFAULT)
