"""Thousands of subscribers over years, in seconds: the engine in memory, readers and banks with habits.

Each subscriber's story is told from beginning to end, from due moment to due moment, and then every invariant
is asked. Chance follows from the seed and the subscriber's number alone: the same seed is the same story.
"""

import heapq
from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from newsstand.rules.billing.books import Book
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import Violation, check
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.memory.bank import Bank, Verdict
from newsstand.rules.billing.memory.engine import Engine
from newsstand.rules.billing.offer import OfferTerms
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


@dataclass(slots=True)
class Report:
    """What came of it. Amounts are smallest units of the offer's currency."""

    subscribers: int
    days: int
    currency: str
    attempts: int = 0
    charges: int = 0
    moved: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    failed_first: int = 0
    states: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)


def simulate(
    *,
    subscribers: int,
    days: int,
    seed: int,
    starts_at: int,
    terms: OfferTerms,
    zone: str,
    habits: Habits | None = None,
) -> Report:
    """Let `subscribers` sign up in the first quarter of `days`, and all that follows happen."""
    report = Report(subscribers, days, terms.full_price.currency)
    end_at = starts_at + days * DAY
    for number in range(subscribers):
        story = Story(number, Chance(seed * 1_000_003 + number), habits or Habits(), terms, zone)
        story.tell(starts_at, days, end_at)
        _count(report, story, end_at)
    return report


def _count(report: Report, story: "Story", end_at: int) -> None:
    book = story.book
    report.attempts += len(book.attempts)
    report.charges += sum(1 for row in book.attempts if row.status == "succeeded")
    for entry in book.entries.values():
        report.moved[entry.kind] += entry.amount
    report.states[book.state.value] += 1
    if book.end_reason is not None:
        report.ends[book.end_reason.value] += 1
    for row in book.attempts:
        if row.n == 1 and row.status == "declined":
            report.failed_first += 1
        elif row.n > 1 and row.status == "succeeded":
            report.recovered += 1
    report.violations += check(book, story.engine.terms, end_at)


class Story:
    """One subscriber with a bank of their own."""

    def __init__(self, number: int, chance: Chance, habits: Habits, terms: OfferTerms, zone: str) -> None:
        self.chance, self.habits = chance, habits
        self.bank = Bank(self._verdict, self._network)
        self.engine = Engine(self.bank, terms, zone)
        self.ref = f"s{number}"
        self.planned: list[tuple[int, int, str, GatewayEvent | None]] = []
        self.heard = self.cards = self.seen_paid = 0
        self.book = Book(self.ref, date.min, terms.rhythm, 0)

    def tell(self, starts_at: int, days: int, end_at: int) -> None:
        """From the order to the end of time."""
        now = starts_at + self.chance.below(max(days * DAY // 4, 1))
        self.book = self.engine.order(self.ref, now, "card-0")
        self.engine.pay(self.book, now)
        self._after(now)
        while True:
            due = self.book.next_action_at
            planned = self.planned[0][0] if self.planned else None
            if due is None and planned is None:
                break
            if planned is not None and (due is None or planned <= due):
                if planned > end_at:
                    break
                now, _, what, event = heapq.heappop(self.planned)
                self._do(what, event, now)
            else:
                if due is None or due > end_at or self.book.parked_at is not None:
                    break
                now = due
                self.engine.serve(self.book, now)
            self._after(now)

    def _do(self, what: str, event: GatewayEvent | None, now: int) -> None:
        engine, book = self.engine, self.book
        if event is not None:
            engine.hear(book, event, now)
        elif what == "cancel":
            if engine.cancel(book, now) and self.chance.happens(self.habits.undone):
                self._plan(now + self.chance.below(5 * DAY), "undo")
        elif what == "undo":
            engine.undo_cancel(book, now)
        elif what == "mend":
            self.cards += 1
            engine.change_card(book, f"card-{self.cards}", now)
        elif what == "withdraw":
            engine.withdraw(book, now)

    def _after(self, now: int) -> None:
        """The outbox is emptied, the bank's news arrives, and the reader does what readers do."""
        self.engine.drain(self.book, now)
        for event in self.bank.events[self.heard :]:
            if self.chance.happens(self.habits.heard_again):
                self._plan(now + self.chance.below(4 * DAY), "", event)
            else:
                self.engine.hear(self.book, event, now)
        self.heard = len(self.bank.events)
        paid = self.book.last_paid()
        if paid is not None and paid.seq >= self.seen_paid:
            self.seen_paid = paid.seq + 1
            self._react_to_payment(paid.ref, now)
        failed = self.book.attempts[-1] if self.book.attempts else None
        if (
            self.book.state is State.PAST_DUE
            and failed is not None
            and failed.settled_at == now
            and self.chance.happens(self.habits.mended)
        ):
            self._plan(now + self.chance.below(4 * DAY), "mend")

    def _react_to_payment(self, ref: str, now: int) -> None:
        habits, chance = self.habits, self.chance
        drawn = chance.below(1000)
        if drawn < habits.cancels:
            self._plan(now + chance.below(28 * DAY), "cancel")
        elif self.seen_paid == 1 and drawn < habits.cancels + habits.withdraws:
            self._plan(now + chance.below(14 * DAY), "withdraw")
        elif drawn >= 1000 - habits.disputes:
            self.bank.dispute(ref, Kind.DISPUTE_OPENED, now)
            decided = Kind.DISPUTE_WON if chance.happens(300) else Kind.DISPUTE_LOST
            self.bank.dispute(ref, decided, now)

    def _plan(self, at: int, what: str, event: GatewayEvent | None = None) -> None:
        heapq.heappush(self.planned, (at, len(self.planned), what, event))

    def _verdict(self, method: str, tries: int) -> Verdict:
        """One in ten is declined at first; a try after that succeeds every second time."""
        if not self.chance.happens(self.habits.declines if tries == 0 else 500):
            return None
        return _CAUSES[self.chance.below(len(_CAUSES))]

    def _network(self) -> str:
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
