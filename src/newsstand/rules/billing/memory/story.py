"""One subscriber's story: readers and banks with habits, told to whoever keeps the books.

Chance follows from the seed and the subscriber's number alone: the same seed is the same story, in memory and
in the office.
"""

import hashlib
import heapq
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.memory.bank import Verdict
from newsstand.rules.billing.periods import DAY

_MASK = (1 << 64) - 1


class Chance:
    """Numbers that look like chance and follow from a seed alone (splitmix64)."""

    __slots__ = ("_state",)

    def __init__(self, seed: int) -> None:
        self._state = seed & _MASK

    def below(self, limit: int) -> int:
        """A number from 0 to limit - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        mixed = self._state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
        return (mixed ^ (mixed >> 31)) % limit

    def happens(self, per_thousand: int) -> bool:
        return self.below(1000) < per_thousand


@dataclass(frozen=True, slots=True)
class Habits:
    """How readers and banks behave, each per thousand of its kind."""

    declines: int = 100
    mended: int = 450
    cancels: int = 25
    undone: int = 100
    withdraws: int = 5
    disputes: int = 2
    lost_answers: int = 5
    heard_again: int = 20


class Story(ABC):
    """One subscriber. What they do and what befalls them is told here; how it is done, in memory or in the office."""

    def __init__(self, number: int, chance: Chance, habits: Habits) -> None:
        self.chance, self.habits = chance, habits
        self.ref = hashlib.sha256(f"subscriber {number}".encode()).hexdigest()[:32]
        self.planned: list[tuple[int, int, str, GatewayEvent | None]] = []
        self.seen_paid = 0

    # --- how it is done ---

    @abstractmethod
    def begin(self, now: int) -> None:
        """Order, with a card, and pay."""

    @abstractmethod
    def due_at(self) -> int | None:
        """The moment at which the worker has to do something; None when there is none."""

    @abstractmethod
    def serve(self, now: int) -> None:
        """The worker does one thing."""

    @abstractmethod
    def drain(self, now: int) -> None:
        """What waits in the outbox is done."""

    @abstractmethod
    def do(self, what: str, now: int) -> bool:
        """The reader does this: cancel, undo, mend or withdraw."""

    @abstractmethod
    def news(self) -> list[GatewayEvent]:
        """What the bank has told since this was asked the last time."""

    @abstractmethod
    def hear(self, event: GatewayEvent, now: int) -> None:
        """A message of the bank comes in."""

    @abstractmethod
    def dispute(self, ref: str, kind: Kind, now: int) -> None:
        """The reader's bank takes sides."""

    @abstractmethod
    def last_paid(self) -> tuple[int, str] | None:
        """Number and reference of the paid period that ends last."""

    @abstractmethod
    def failed_at(self) -> int | None:
        """When the newest attempt was declined, where that is what the reader has to mend."""

    # --- what is told ---

    def told(self, starts_at: int, days: int) -> Iterator[int]:
        """From the order to the end of time: each moment is yielded before what happens then."""
        now, end_at = starts_at + self.chance.below(max(days * DAY // 4, 1)), starts_at + days * DAY
        yield now
        self.begin(now)
        self._after(now)
        while True:
            due = self.due_at()
            planned = self.planned[0][0] if self.planned else None
            if due is None and planned is None:
                break
            if planned is not None and (due is None or planned <= due):
                if planned > end_at:
                    break
                yield planned
                now, _, what, event = heapq.heappop(self.planned)
                self._do(what, event, now)
            else:
                if due is None or due > end_at:
                    break
                now = due
                yield now
                self.serve(now)
            self._after(now)

    def _do(self, what: str, event: GatewayEvent | None, now: int) -> None:
        if event is not None:
            self.hear(event, now)
        elif self.do(what, now) and what == "cancel" and self.chance.happens(self.habits.undone):
            self._plan(now + self.chance.below(5 * DAY), "undo")

    def _after(self, now: int) -> None:
        """The outbox is emptied, the bank's news arrives, and the reader does what readers do."""
        self.drain(now)
        for event in self.news():
            if self.chance.happens(self.habits.heard_again):
                self._plan(now + self.chance.below(4 * DAY), "", event)
            else:
                self.hear(event, now)
        paid = self.last_paid()
        if paid is not None and paid[0] >= self.seen_paid:
            self.seen_paid = paid[0] + 1
            self._react_to_payment(paid[1], now)
        if self.failed_at() == now and self.chance.happens(self.habits.mended):
            self._plan(now + self.chance.below(4 * DAY), "mend")

    def _react_to_payment(self, ref: str, now: int) -> None:
        habits, chance = self.habits, self.chance
        drawn = chance.below(1000)
        if drawn < habits.cancels:
            self._plan(now + chance.below(28 * DAY), "cancel")
        elif self.seen_paid == 1 and drawn < habits.cancels + habits.withdraws:
            self._plan(now + chance.below(14 * DAY), "withdraw")
        elif drawn >= 1000 - habits.disputes:
            self.dispute(ref, Kind.DISPUTE_OPENED, now)
            decided = Kind.DISPUTE_WON if chance.happens(300) else Kind.DISPUTE_LOST
            self.dispute(ref, decided, now)

    def _plan(self, at: int, what: str, event: GatewayEvent | None = None) -> None:
        heapq.heappush(self.planned, (at, len(self.planned), what, event))

    def verdict(self, method: str, tries: int) -> Verdict:
        """One in ten is declined at first; a try after that succeeds every second time."""
        if not self.chance.happens(self.habits.declines if tries == 0 else 500):
            return None
        return _CAUSES[self.chance.below(len(_CAUSES))]

    def network(self) -> str:
        """What becomes of a call to the bank."""
        if not self.chance.happens(self.habits.lost_answers):
            return ""
        return "request_lost" if self.chance.happens(500) else "answer_lost"


_CAUSES = (
    *(DeclineClass.SOFT,) * 6,
    DeclineClass.HARD,
    DeclineClass.DATA,
    DeclineClass.AUTH,
    DeclineClass.CONFIG,
)
