"""The books of one sale, a subscription or a purchase, as plain rows: what the invariants are asked about.

The office fills them from its tables, the engine in memory keeps nothing else; so both are held to the same
sentences. All moments are unix seconds, all amounts smallest units of the row's currency.
"""

from dataclasses import dataclass, field
from datetime import date

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent
from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.periods import Period, Rhythm, period
from newsstand.rules.billing.price_notices import PriceNotice, told_in_time

CANCELLED = "cancelled"
NO_SERVICE = "no_service"

IN_FLIGHT = frozenset({"sending", "unknown"})
UNSETTLED = IN_FLIGHT | {"action"}


@dataclass(slots=True)
class Attempt:
    """One try to take an invoice's money with a saved card."""

    key: str
    invoice: str
    n: int
    method: str
    mandate: str
    initiator: str
    begun_at: int
    status: str = "sending"
    cause: DeclineClass | None = None
    settled_at: int | None = None
    lease_until: int | None = None
    sends: int = 1


@dataclass(slots=True)
class Invoice:
    """One period. `agreed` is what consent and notices make of it; `status` is open, paid, void or uncollectible."""

    ref: str
    seq: int
    starts_on: date
    ends_on: date
    amount: int
    currency: str
    agreed: int
    opened_at: int
    status: str = "open"
    void_reason: str = ""
    paid_at: int | None = None
    gateway: str = ""
    attempts: list[Attempt] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """A transfer in the ledger. `reference` is the invoice's."""

    key: str
    debit: str
    credit: str
    amount: int
    currency: str
    reference: str
    at: int

    @property
    def kind(self) -> str:
        """What moved the money: charge, fee, refund …, the first word of the key."""
        return self.key[: self.key.index(":")]


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail that was written, once for each key."""

    key: str
    at: int


@dataclass(slots=True)
class Book:
    """A sale with all its rows. One that does not renew is a purchase; `paid_until` is when it ends, where that
    does not follow from the date of its period.

    `waiting` names what the outbox still has to do: ("refund", invoice), ("call_off", invoice), and what staff
    want to give back, whose sums stand in `asked_back`. Money that is still to go back is no violation while
    its row waits. `refused` are cards that said no for good, `charged`
    the invoices whose money is booked.
    """

    ref: str
    anchor_on: date
    rhythm: Rhythm
    created_at: int
    state: State = State.PENDING
    end_reason: EndReason | None = None
    next_seq: int = 0
    started_at: int | None = None
    ended_at: int | None = None
    cancel_requested_at: int | None = None
    cancel_at: int | None = None
    kept_at: int | None = None
    parked_at: int | None = None
    next_action_at: int | None = None
    method: str = ""
    access_until: int | None = None
    grace_until: int | None = None
    is_comp: bool = False
    renews: bool = True
    paid_until: int | None = None
    invoices: list[Invoice] = field(default_factory=list)
    entries: dict[str, Entry] = field(default_factory=dict)
    events: dict[tuple[str, str, str], GatewayEvent] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    price_notices: list[PriceNotice] = field(default_factory=list)
    waiting: list[tuple[str, str]] = field(default_factory=list)
    asked_back: dict[str, int] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    charged: set[str] = field(default_factory=set)
    _spans: dict[int, Period] = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_live(self) -> bool:
        return self.state is not State.ENDED

    @property
    def is_running(self) -> bool:
        return self.state is State.ACTIVE or self.state is State.PAST_DUE

    def period(self, seq: int) -> Period:
        """The dates of period `seq`, worked out once."""
        found = self._spans.get(seq)
        if found is None:
            found = self._spans[seq] = period(self.anchor_on, self.rhythm, seq)
        return found

    @property
    def told(self) -> tuple[PriceNotice, ...]:
        """The prices that were told in time."""
        return told_in_time(self.price_notices, self.anchor_on, self.rhythm) if self.price_notices else ()

    @property
    def attempts(self) -> list[Attempt]:
        """All attempts, by invoice and in order."""
        return [row for invoice in self.invoices for row in invoice.attempts]

    def invoice(self, ref: str) -> Invoice | None:
        """The invoice of this reference; the newest first, since that is the one asked about."""
        return next((row for row in reversed(self.invoices) if row.ref == ref), None)

    def open_invoice(self) -> Invoice | None:
        return next((row for row in reversed(self.invoices) if row.status == "open"), None)

    def last_paid(self) -> Invoice | None:
        """The paid period that ends last."""
        return next((row for row in reversed(self.invoices) if row.status == "paid"), None)

    def unsettled(self) -> Attempt | None:
        """The newest attempt whose end is not known."""
        for invoice in reversed(self.invoices):
            for row in reversed(invoice.attempts):
                if row.status in UNSETTLED:
                    return row
        return None


_SIGN = {
    "charge": 1,
    "refund_failed": 1,
    "dispute_won": 1,
    "refund": -1,
    "dispute": -1,
    "dispute_reopened": -1,
}


def moved(book: Book, *kinds: str, of: str | None = None) -> int:
    """The sum of the ledger's entries of some kinds (charge, refund, dispute …), of one invoice or of all."""
    return sum(
        entry.amount
        for entry in book.entries.values()
        if entry.kind in kinds and of in (None, entry.reference)
    )


def earned(book: Book) -> dict[str, int]:
    """What was booked as revenue of each invoice, by its reference."""
    sums: dict[str, int] = {}
    for entry in book.entries.values():
        if entry.kind == "revenue":
            sums[entry.reference] = sums.get(entry.reference, 0) + entry.amount
    return sums


def sign_of(key: str) -> int:
    """Whether an entry adds to what is left of an invoice's money (1), takes from it (-1) or neither (0)."""
    return _SIGN.get(key.partition(":")[0], 0)


def net(book: Book, of: str) -> int:
    """What is left of an invoice's money: taken, less what went back and what disputes hold or took."""
    return nets(book).get(of, 0)


def nets(book: Book) -> dict[str, int]:
    """What is left of the money of each invoice, by its reference."""
    left: dict[str, int] = {}
    for entry in book.entries.values():
        sign = _SIGN.get(entry.kind)
        if sign is not None:
            left[entry.reference] = left.get(entry.reference, 0) + sign * entry.amount
    return left
