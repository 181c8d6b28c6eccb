"""A reader, a bank and an engine in memory, driven by commands that are plain tuples, so that they can be replayed."""

from dataclasses import dataclass, field
from typing import Any

from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.books import Book, moved
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.invariants import Violation, check
from newsstand.rules.billing.memory.bank import Bank
from newsstand.rules.billing.memory.engine import Engine
from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import DAY, Rhythm
from newsstand.rules.money import Money

STARTS_AT = 1_795_345_200  # noon of Sunday, 22 November 2026, in Berlin
ZONE = "Europe/Berlin"
TERMS = OfferTerms(Rhythm("day", 28), (OfferStep(Money(199, "USD"), None),))
MONTHLY = OfferTerms(Rhythm("month", 1), (OfferStep(Money(99, "EUR"), 2), OfferStep(Money(499, "EUR"), None)))

CARDS = ("pays", "soft", "hard", "data", "auth", "config")
CAUSES = {name: DeclineClass(name) for name in CARDS if name != "pays"}

Command = tuple[Any, ...]


class Died(Exception):
    """The process is gone: nothing after this point ran."""


@dataclass
class World:
    """One subscription in memory. `play` takes a command; what it means stands in the method of its name."""

    terms: OfferTerms = TERMS
    now: int = STARTS_AT
    dies_at: str = ""
    mood: str = ""
    card: str = "pays"
    told: int = 0
    cards: int = 0
    books: list[Book] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bank = Bank(lambda method, tries: CAUSES.get(self.card), self._network)
        self.engine = Engine(self.bank, self.terms, ZONE, at=self._at)

    @property
    def book(self) -> Book | None:
        """The newest subscription."""
        return self.books[-1] if self.books else None

    def _network(self) -> str:
        mood, self.mood = self.mood, ""
        return mood

    def _at(self, point: str) -> None:
        if point == self.dies_at:
            self.dies_at = ""
            raise Died(point)

    def play(self, command: Command) -> None:
        """Do one command; a death in it is the end of that process, and not of the world."""
        name, *given = command
        try:
            getattr(self, name)(*given)
        except Died:
            pass
        finally:
            self.dies_at = ""

    def _new_card(self) -> str:
        self.cards += 1
        return f"card-{self.cards}"

    def violations(self) -> list[Violation]:
        return [found for book in self.books for found in check(book, self.terms, self.now)]

    # --- commands ---

    def order(self, card: str, dies_at: str = "") -> None:
        """Order anew, once nothing runs any more."""
        if self.book is None or not self.book.is_live:
            self.card = card
            self.books.append(self.engine.order(f"s{len(self.books)}", self.now, self._new_card()))
        self.pay(dies_at)

    def pay(self, dies_at: str = "") -> None:
        """The reader presses the button that pays."""
        if self.book is not None:
            self.dies_at = dies_at
            self.engine.pay(self.book, self.now)

    def approve(self, is_approved: bool) -> None:
        """The reader answers the bank's question, and comes back, or not."""
        for charge in self.bank.charges.values():
            self.bank.decide_approval(charge.ref, is_approved=is_approved, now=self.now)

    def work(self, dies_at: str = "") -> None:
        """A worker does what is due and empties the outbox."""
        self.dies_at = dies_at
        for book in self.books:
            for _ in range(4):
                if not self.engine.serve(book, self.now):
                    break
            self.engine.drain(book, self.now)

    def wait(self, seconds: int) -> None:
        self.now += seconds

    def to_due(self) -> None:
        """On to the moment at which something is due."""
        due = [book.next_action_at for book in self.books if book.is_live and book.next_action_at is not None]
        if due:
            self.now = max(self.now, min(due))

    def deliver(self, which: int, dies_at: str = "") -> None:
        """Any message of the bank, again or for the first time, in whatever order."""
        if self.bank.events:
            event = self.bank.events[which % len(self.bank.events)]
            self.dies_at = dies_at
            for book in self.books:
                self.engine.hear(book, event, self.now)

    def turn(self, card: str) -> None:
        """The card is another one from now on, as the bank sees it."""
        self.card = card

    def new_card(self, card: str) -> None:
        if self.book is not None and self.book.is_running:
            self.card = card
            self.engine.change_card(self.book, self._new_card(), self.now)
            self.engine.pay(self.book, self.now)

    def network(self, mood: str) -> None:
        """What becomes of the next call to the bank."""
        self.mood = mood

    def cancel(self) -> None:
        if self.book is not None:
            self.engine.cancel(self.book, self.now)

    def undo(self) -> None:
        if self.book is not None:
            self.engine.undo_cancel(self.book, self.now)

    def withdraw(self) -> None:
        if self.book is not None and self.book.started_at is not None:
            self.engine.end(self.book, lifecycle.Withdrawn(), self.now)

    def end_by_staff(self) -> None:
        if self.book is not None:
            self.engine.end(self.book, lifecycle.EndedByStaff(), self.now)

    def dispute(self, kind: str) -> None:
        """A bank takes sides about the newest charge that succeeded."""
        paid = [charge for charge in self.bank.charges.values() if charge.last.kind == "succeeded"]
        free = [charge for charge in paid if not charge.refunds]
        known = {event.key for event in self.bank.events}
        if free and ("memory", f"dispute-{free[-1].ref}", "dispute.lost") not in known:
            self.bank.dispute(free[-1].ref, Kind(f"dispute.{kind}"), self.now)

    def forget_keys(self) -> None:
        self.bank.forget_keys()

    def settle(self) -> None:
        """Time passes until everything is swept, and all news has come."""
        for _ in range(12):
            for number in range(len(self.bank.events)):
                self.play(("deliver", number))
            self.work()
            self.now += DAY // 8
        self.work()


def summary(book: Book) -> dict[str, Any]:
    """What a subscription has come to, without names and moments."""
    return {
        "state": book.state.value,
        "end_reason": None if book.end_reason is None else book.end_reason.value,
        "invoices": [(row.seq, row.status, row.void_reason) for row in book.invoices],
        "attempts": [(row.n, row.status, row.cause) for row in book.attempts],
        "moved": {
            kind: moved(book, kind) for kind in ("charge", "refund", "dispute", "dispute_lost", "dispute_won")
        },
        "receipts": sum(1 for notice in book.notices if notice.key.startswith("receipt:")),
    }
