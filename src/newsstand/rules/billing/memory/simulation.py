"""Thousands of subscribers over years, in seconds: the engine in memory, readers and banks with habits.

Each subscriber's story (`story.py`) is told from beginning to end, from due moment to due moment, and then every
invariant is asked.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from newsstand.rules.billing.books import Book
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import Violation, check
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.memory.bank import Bank
from newsstand.rules.billing.memory.engine import Engine
from newsstand.rules.billing.memory.story import Chance, Habits, Story
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY

PRIME = 1_000_003  # keeps the stories of two seeds apart


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
        story = MemoryStory(number, Chance(seed * PRIME + number), habits or Habits(), terms, zone)
        for _ in story.told(starts_at, days):
            pass
        count(report, story.book, terms, end_at)
    return report


def count(report: Report, book: Book, terms: OfferTerms, now: int) -> None:
    """Add a subscriber's books to a report, and ask them every invariant."""
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
    report.violations += check(book, terms, now)


class MemoryStory(Story):
    """A subscriber in memory, with an engine and a bank of their own."""

    def __init__(self, number: int, chance: Chance, habits: Habits, terms: OfferTerms, zone: str) -> None:
        super().__init__(number, chance, habits)
        self.bank = Bank(self.verdict, self.network)
        self.engine = Engine(self.bank, terms, zone)
        self.heard = self.cards = 0
        self.book = Book(self.ref, date.min, terms.rhythm, 0)

    def begin(self, now: int) -> None:
        self.book = self.engine.order(self.ref, now, "card-0")
        self.engine.pay(self.book, now)

    def due_at(self) -> int | None:
        return self.book.next_action_at if self.book.parked_at is None else None

    def serve(self, now: int) -> None:
        self.engine.serve(self.book, now)

    def drain(self, now: int) -> None:
        self.engine.drain(self.book, now)

    def do(self, what: str, now: int) -> bool:
        engine, book = self.engine, self.book
        if what == "cancel":
            return engine.cancel(book, now)
        if what == "undo":
            return engine.undo_cancel(book, now)
        if what == "withdraw":
            return engine.withdraw(book, now)
        self.cards += 1
        engine.change_card(book, f"card-{self.cards}", now)
        return True

    def news(self) -> list[GatewayEvent]:
        since, self.heard = self.heard, len(self.bank.events)
        return self.bank.events[since:]

    def hear(self, event: GatewayEvent, now: int) -> None:
        self.engine.hear(self.book, event, now)

    def dispute(self, ref: str, kind: Kind, now: int) -> None:
        self.bank.dispute(ref, kind, now)

    def last_paid(self) -> tuple[int, str] | None:
        paid = self.book.last_paid()
        return None if paid is None else (paid.seq, paid.ref)

    def failed_at(self) -> int | None:
        rows = self.book.attempts if self.book.state is State.PAST_DUE else None
        return rows[-1].settled_at if rows else None
