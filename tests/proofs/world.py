"""A reader, a bank and an engine in memory, driven by commands that are plain tuples, so that they can be replayed."""

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.books import Book, moved
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import Violation, check
from newsstand.rules.billing.memory.bank import Bank
from newsstand.rules.billing.memory.engine import Engine
from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import DAY, Rhythm
from newsstand.rules.money import Money

STARTS_AT = 1_795_345_200  # noon of Sunday, 22 November 2026, in Berlin
ZONE = "Europe/Berlin"
TERMS = OfferTerms(Rhythm("day", 28), (OfferStep(Money(199, "USD"), None),))
ONCE = OfferTerms(Rhythm("day", 2), (OfferStep(Money(99, "USD"), None),))
MONTHLY = OfferTerms(Rhythm("month", 1), (OfferStep(Money(99, "EUR"), 2), OfferStep(Money(499, "EUR"), None)))

CARDS = ("pays", "soft", "hard", "data", "auth", "config")
CAUSES = {name: DeclineClass(name) for name in CARDS if name != "pays"}

NAMES = UUID(int=0)
FIRST_PURCHASE = 1000
MOST_AT_ONCE = 20
ROUNDS = 12

STANDS_STILL_AT = (
    "before_the_call",
    "answer_lost",
    "before_the_record",
    "after_the_record",
    "in_the_sweep",
    "before_the_refund",
    "refund_not_recorded",
)

Command = tuple[Any, ...]


class Died(Exception):
    """The process is gone: nothing after this point ran."""


def name_of(number: int) -> UUID:
    """The name of the sale of this number, so that it is due at the same minute in every replay."""
    return uuid5(NAMES, str(number))


@dataclass
class Player:
    """Takes commands; what one means stands in the method of its name. Deaths and moods come as they are told."""

    terms: OfferTerms = TERMS
    now: int = STARTS_AT
    dies_at: str = ""
    mood: str = ""
    meanwhile: tuple[str, Command] | None = None
    card: str = "pays"
    dropped: set[int] = field(default_factory=set)
    renews: bool = True
    """Whether commands are about the newest subscription, or the newest purchase: about what was ordered last."""

    def play(self, command: Command) -> None:
        """Do one command; a death in it is the end of that process, and not of the world."""
        name, *given = command
        try:
            getattr(self, name)(*given)
        except Died:
            pass
        finally:
            self.dies_at, self.meanwhile = "", None

    def _network(self) -> str:
        mood, self.mood = self.mood, ""
        return mood

    def _at(self, point: str) -> None:
        """Here this process can die, or stand still while another one does something."""
        if point == self.dies_at:
            self.dies_at = ""
            raise Died(point)
        if self.meanwhile is not None and point == self.meanwhile[0]:
            _, command = self.meanwhile
            self.meanwhile = None
            self.play(command)

    def work(self, dies_at: str = "") -> None:
        """A worker does what is due and empties the outbox."""
        raise NotImplementedError

    def stand_still(self, place: str, command: Command) -> None:
        """A worker stops at a place, another process does something, and the worker goes on with what it knew."""
        self.meanwhile = (place, command)
        self.work()

    def later(self, seconds: int) -> None:
        """Time passes, and another worker works."""
        self.now += seconds
        self.work()

    def wait(self, seconds: int) -> None:
        self.now += seconds

    def price_change(self, cents: int) -> None:
        """Who orders from now on pays another price; who has ordered pays what was agreed."""
        *intro, last = self.terms.steps
        price = Money(cents, last.price.currency)
        self.terms = OfferTerms(self.terms.rhythm, (*intro, OfferStep(price, None)))

    def network(self, mood: str) -> None:
        """What becomes of the next call to the bank."""
        self.mood = mood

    def drop(self, which: int) -> None:
        """A message of the bank is lost for good: only its list still has it."""
        self.dropped.add(which)


@dataclass
class World(Player):
    """One reader's subscriptions and purchases in memory."""

    cards: int = 0
    subscriptions: list[Book] = field(default_factory=list)
    purchases: list[Book] = field(default_factory=list)
    arrived: list[tuple[str, str]] = field(default_factory=list)
    engines: dict[str, Engine] = field(default_factory=dict)
    log: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bank = Bank(lambda method, tries: CAUSES.get(self.card), self._network)

    @property
    def books(self) -> list[Book]:
        return [*self.subscriptions, *self.purchases]

    @property
    def book(self) -> Book | None:
        """What commands are about."""
        books = self.subscriptions if self.renews else self.purchases
        return books[-1] if books else None

    @property
    def engine(self) -> Engine:
        """The engine of what commands are about."""
        assert self.book is not None
        return self.engines[self.book.ref]

    def play(self, command: Command) -> None:
        self.log.append(command)
        super().play(command)
        self._see_what_waits()

    def _see_what_waits(self) -> None:
        """The rows of all outboxes in the order in which they came: the office has one outbox."""
        rows = [row for book in self.books for row in book.waiting]
        known = [row for row in self.arrived if row in rows]
        self.arrived = [*known, *(row for row in rows if row not in known)]

    def _new_card(self) -> str:
        self.cards += 1
        return f"card-{self.cards}"

    def violations(self) -> list[Violation]:
        return [found for book in self.books for found in check(book, self.engines[book.ref].terms, self.now)]

    # --- commands ---

    def order(self, card: str, dies_at: str = "") -> None:
        """Subscribe anew, once nothing runs any more."""
        self.renews = True
        if self.book is None or not self.book.is_live:
            self.card = card
            ref = name_of(len(self.subscriptions)).hex
            self.engines[ref] = Engine(self.bank, self.terms, ZONE, at=self._at)
            self.subscriptions.append(self.engines[ref].order(ref, self.now, self._new_card()))
        self.pay(dies_at)

    def buy(self, card: str, dies_at: str = "") -> None:
        """Buy something once more, when it is over; or pay what is ordered."""
        self.renews = False
        if self.book is None or not self.book.is_live or (self.book.paid_until or self.now + 1) <= self.now:
            self.card = card
            ref = name_of(FIRST_PURCHASE + len(self.purchases)).hex
            self.engines[ref] = Engine(self.bank, ONCE, ZONE, at=self._at)
            self.purchases.append(self.engines[ref].buy(ref, self.now, self._new_card()))
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
        self.dies_at = dies_at
        for book in self.books:
            for _ in range(MOST_AT_ONCE):
                if not self.engines[book.ref].serve(book, self.now):
                    break
                self._see_what_waits()
        owners = {row.ref: book for book in self.books for row in book.invoices}
        for row in list(self.arrived):
            book = owners[row[1]]
            self.engines[book.ref].do_row(book, row, self.now)

    def to_due(self) -> None:
        """On to the moment at which something is due."""
        due = [book.next_action_at for book in self.books if book.is_live and book.next_action_at is not None]
        if due:
            self.now = max(self.now, min(due))

    def deliver(self, which: int, dies_at: str = "") -> None:
        """Any message of the bank, again or for the first time, in whatever order."""
        if self.bank.events and which % len(self.bank.events) not in self.dropped:
            self.dies_at = dies_at
            self._hear(self.bank.events[which % len(self.bank.events)])

    def reconcile(self, dies_at: str = "") -> None:
        """The bank's own list brings what no message brought."""
        self.dies_at = dies_at
        for event in list(self.bank.events):
            if not any(event.key in book.events for book in self.books):
                self._hear(event)

    def _hear(self, event: GatewayEvent) -> None:
        for book in self.books:
            self.engines[book.ref].hear(book, event, self.now)

    def turn(self, card: str) -> None:
        """The card is another one from now on, as the bank sees it."""
        self.card = card

    def new_card(self, card: str) -> None:
        if self.book is not None and self.book.is_running and self.book.renews:
            self.card = card
            self.engine.change_card(self.book, self._new_card(), self.now)

    def cancel(self) -> None:
        if self.book is not None:
            self.engine.cancel(self.book, self.now)

    def undo(self) -> None:
        if self.book is not None:
            self.engine.undo_cancel(self.book, self.now)

    def withdraw(self) -> None:
        if self.book is not None:
            self.engine.withdraw(self.book, self.now)

    def new_price(self, cents: int) -> None:
        """Staff change the price of what runs: whoever reads hears of it first."""
        if self.book is not None:
            price = Money(cents, self.engine.terms.full_price.currency)
            self.engine.change_price(self.book, price, self.now)

    def end_by_staff(self) -> None:
        if self.book is not None:
            self.engine.end(self.book, lifecycle.EndedByStaff(), self.now)

    def refund(self, cents: int) -> None:
        """Staff give something of what was paid last back."""
        paid = self.book.last_paid() if self.book is not None else None
        if self.book is not None and paid is not None:
            self.engine.give_back(self.book, paid, cents, self.now)

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
        """Time passes until everything is swept, and all news has come, by message or by list."""
        for _ in range(ROUNDS):
            for number in range(len(self.bank.events)):
                self.play(("deliver", number))
            self.reconcile()
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


def whole(book: Book) -> dict[str, Any]:
    """All of it: also every moment, and the balance of every account but the gateway's fees."""
    balances: Counter[str] = Counter()
    for entry in book.entries.values():
        if entry.kind != "fee":
            for account, amount in ((entry.debit, entry.amount), (entry.credit, -entry.amount)):
                balances[_ACCOUNT.sub(":bank", account) + f" {entry.currency}"] += amount
    rows: dict[str, Any] = {
        name: getattr(book, name)
        for name in (
            *(
                "created_at",
                "started_at",
                "ended_at",
                "cancel_requested_at",
                "cancel_at",
                "kept_at",
                "parked_at",
            ),
            *("next_seq", "next_action_at", "access_until", "grace_until"),
        )
    }
    seqs = {row.ref: row.seq for row in book.invoices}
    rows["balances"] = dict(sorted(balances.items()))
    rows["prices"] = [
        (row.seq, row.starts_on, row.ends_on, row.amount, row.currency) for row in book.invoices
    ]
    rows["tries"] = [
        (row.begun_at, row.settled_at, row.lease_until, row.initiator, row.sends) for row in book.attempts
    ]
    rows["told"] = [(row.about, row.seq, row.amount, row.on) for row in book.price_notices]
    rows["waiting"] = sorted(
        (what, seqs[ref]) for what, ref in book.waiting if not what.startswith("give_back")
    )
    return {**summary(book), **rows}


_ACCOUNT = re.compile(":(memory|sandbox)$")
