"""What the gate decided, as the kiosk shows and tells it, and what it decides alike for many stories."""

from typing import Final

from msgspec import Struct

from newsstand.rules.gate.decide import Decision, decide
from newsstand.rules.gate.facts import ArticleFacts, ReaderFacts, Visit
from newsstand.rules.gate.kinds import Kind, is_of_the_kind, kind_at
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import variant_of

MOST_KEPT: Final = 256
"""Decisions that are kept for kinds of stories within one second."""

_NOTHING_KNOWN: Final = Visit()


class Decided(Struct, frozen=True, gc=False):
    """What the gate decided, the name of the variant that shows it, and why as the tally is told it."""

    decision: Decision
    variant: str
    reason: str


def decided_as(decision: Decision) -> Decided:
    """What shows this decision."""
    return Decided(decision, variant_of(decision).name, str(decision.reason))


class DecidedAlike:
    """Decisions for visits of which nothing is known, kept by the kind of the story and by the reader.

    They hold for the second and the rules in which they were made. In a large archive nearly every answer is about
    another story, but there are few kinds of them.
    """

    def __init__(self) -> None:
        self._policy: Policy | None = None
        self._decided_at = 0
        self._kept: dict[tuple[Kind, int], tuple[ReaderFacts | None, Decided]] = {}

    def decided(self, facts: ArticleFacts, reader: ReaderFacts | None, policy: Policy, now: int) -> Decided:
        """The gate's decision for this story."""
        if now != self._decided_at or policy is not self._policy:
            self._kept = {}
            self._decided_at, self._policy = now, policy
        kind = kind_at(facts, now)
        if kind is None:
            return decided_as(decide(facts, reader, _NOTHING_KNOWN, policy, now))
        key = (kind, id(reader))
        known = self._kept.get(key)
        # The reader is kept beside the decision, so that no other can have the same identity.
        if known is not None and known[0] is reader:
            return known[1]
        decided = decided_as(decide(facts, reader, _NOTHING_KNOWN, policy, now))
        if len(self._kept) < MOST_KEPT and is_of_the_kind(decided.decision, reader):
            self._kept[key] = (reader, decided)
        return decided
