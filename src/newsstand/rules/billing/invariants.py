"""What must always hold of a subscription's books: fifteen sentences, each a function that names what breaks it.

The audit asks them of the tables every ten minutes, the simulation and the state machine of the books in
memory. Each yields sentences for a person; an empty list is a clean book.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsstand.rules.billing.books import (
    CANCELLED,
    IN_FLIGHT,
    UNSETTLED,
    Book,
    Invoice,
    earned,
    moved,
    net,
)
from newsstand.rules.billing.dunning import (
    GRACE_DAYS,
    MOST_ATTEMPTS,
    DeclineClass,
    grace_until,
    untried_until,
)
from newsstand.rules.billing.gateway_events import Kind, fold
from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY, access_until
from newsstand.rules.billing.price_notices import (
    NEW_PRICE_DAYS,
    REMINDER_DAYS,
    About,
    PriceNotice,
    price_at,
)
from newsstand.rules.billing.rebuild import rebuild

MOST_PER_INVOICE = 12
_FOR_GOOD = {"charge": 1, "refund_failed": 1, "refund": -1, "dispute_lost": -1}
CUT_SHORT = {EndReason.WITHDRAWN, EndReason.DISPUTED, EndReason.STAFF}


@dataclass(frozen=True, slots=True)
class Violation:
    """A sentence that does not hold: its number, the subscription, and what was found."""

    number: int
    subscription: str
    found: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What an invariant is asked about: a book, the prices that were agreed, the moment, and what may be here."""

    book: Book
    terms: OfferTerms
    now: int
    allows_sandbox: bool = True


def check(book: Book, terms: OfferTerms, now: int, *, allows_sandbox: bool = True) -> list[Violation]:
    """All fifteen, of one subscription; an empty list when its books are right."""
    asked = Asked(book, terms, now, allows_sandbox)
    return [
        Violation(number, book.ref, found)
        for number, (_, invariant) in INVARIANTS.items()
        for found in invariant(asked)
    ]


def _periods(asked: Asked) -> Iterator[str]:
    """One success for each invoice; periods without gap or overlap."""
    book, seqs = asked.book, set()
    for row in book.invoices:
        if (row.starts_on, row.ends_on) != _dates(book, row):
            yield f"invoice {row.ref} has other dates than period {row.seq}"
        if row.void_reason != CANCELLED and row.status != "void":
            if row.seq in seqs:
                yield f"period {row.seq} has two invoices"
            seqs.add(row.seq)
    known = {row.seq for row in book.invoices}
    if known != set(range(len(known))):
        yield f"the periods {sorted(known)} have a gap"
    yield from _twice("succeeded", [row.invoice for row in book.attempts if row.status == "succeeded"])
    charges = [entry.reference for entry in book.entries.values() if entry.kind == "charge"]
    yield from _twice("was charged", charges)


def _twice(what: str, refs: list[str]) -> Iterator[str]:
    if len(refs) != len(set(refs)):
        yield from (f"invoice {ref} {what} twice" for ref in sorted(set(refs)) if refs.count(ref) > 1)


def _dates(book: Book, row: Invoice) -> tuple[object, object]:
    span = book.period(row.seq)
    return span.starts_on, span.ends_on


def _ledger(asked: Asked) -> Iterator[str]:
    """What the gateway took is in the ledger once, and nothing else; per currency."""
    book = asked.book
    told = {event.ref: event.amount for event in book.events.values() if event.kind is Kind.CHARGE_SUCCEEDED}
    booked = {}
    for entry in book.entries.values():
        if entry.amount < 1 or entry.debit == entry.credit:
            yield f"entry {entry.key} moves nothing"
        if entry.kind == "charge":
            booked[entry.reference] = entry
    for ref, amount in earned(book).items():
        if ref not in booked or amount > booked[ref].amount:
            yield f"more was earned of {ref} than was taken"
    for ref in told.keys() ^ booked.keys():
        yield f"charge of {ref} is known to {'the gateway' if ref in told else 'the ledger'} alone"
    for ref in told.keys() & booked.keys():
        money, entry = told[ref], booked[ref]
        if money is None or (money.amount, money.currency) != (entry.amount, entry.currency):
            yield f"charge of {ref}: {money} told, {entry.amount} {entry.currency} booked"


def _access(asked: Asked) -> Iterator[str]:
    """Access ends with the paid time and its grace, and never before the paid time without a reason."""
    book = asked.book
    if book.is_comp:
        return
    paid = book.last_paid()
    if paid is None:
        if book.access_until is not None:
            yield "there is access, and nothing was ever paid"
        return
    paid_until = book.paid_until or access_until(paid.ends_on)
    if book.access_until is None or book.access_until < paid_until:
        if book.end_reason not in CUT_SHORT and book.end_reason is not EndReason.CANCELLED:
            yield f"access ends at {book.access_until}, and is paid until {paid_until}"
    elif book.access_until > paid_until:
        yield f"access until {book.access_until} is paid only until {paid_until}"
    if book.grace_until is not None and book.grace_until > _longest_grace(book, paid):
        yield f"grace until {book.grace_until} is longer than the rule says"


def _longest_grace(book: Book, paid: Invoice) -> int:
    """The end of grace; counted from the first try of an unpaid period where that came late, and far away as long as
    no charge has failed."""
    if book.state is State.ACTIVE:
        return untried_until(paid.ends_on)
    ends = [grace_until(paid.ends_on)]
    for row in book.invoices:
        if row.seq > paid.seq and row.attempts:
            ends += [grace_until(row.starts_on), row.attempts[0].begun_at + (GRACE_DAYS + 3) * DAY]
    return max(ends)


def _after_cancel(asked: Asked) -> Iterator[str]:
    """After a cancellation no attempt begins, and money for a later period goes back."""
    book, at = asked.book, asked.book.cancel_requested_at
    if at is None:
        return
    for attempt in book.attempts:
        if attempt.begun_at > at:
            yield f"attempt {attempt.key} began after the cancellation"
    refunds = {ref for what, ref in book.waiting if what == "refund"}
    for entry in book.entries.values():
        if entry.kind == "charge" and entry.reference not in refunds:
            invoice = book.invoice(entry.reference)
            if invoice is not None and invoice.status != "paid" and net(book, entry.reference) > 0:
                yield f"invoice {entry.reference} was cancelled, and its money was kept"


def _amounts(asked: Asked) -> Iterator[str]:
    """What is charged is what was agreed to, or what was told 30 days ahead."""
    told = asked.book.told
    for row in _meant(asked.book):
        agreed = price_at(asked.terms, told, row.seq)
        if row.amount > asked.terms.price_of(row.seq).amount and not _was_told(asked.book, row):
            yield f"invoice {row.ref} costs more than was agreed to, and that was not told 30 days ahead"
        if (row.amount, row.currency) != (agreed.amount, agreed.currency) or row.amount != row.agreed:
            yield f"invoice {row.ref} is over {row.amount} {row.currency}, agreed was {agreed.amount}"
    for entry in asked.book.entries.values():
        if entry.kind == "charge":
            invoice = asked.book.invoice(entry.reference)
            if invoice is None or (entry.amount, entry.currency) != (invoice.amount, invoice.currency):
                yield f"the charge {entry.key} is not the amount of its invoice"


def _meant(book: Book) -> Iterator[Invoice]:
    """All invoices but those that were called off before they were tried: they stand for a cancellation."""
    return (row for row in book.invoices if row.attempts or row.void_reason != CANCELLED)


def _was_told(book: Book, row: Invoice) -> bool:
    return any(
        told.about is About.NEW_PRICE
        and told.seq <= row.seq
        and told.amount == row.amount
        and (row.starts_on - told.on).days >= NEW_PRICE_DAYS
        for told in book.price_notices
    )


def _orders(asked: Asked) -> Iterator[str]:
    """Whatever the order of the news, it comes to one state: the ledger is the fold of what was told."""
    book = asked.book
    best = fold(book.events.values())
    if fold([*reversed(list(book.events.values()))]) != best:
        yield "the order of the gateway's news changes what they come to"
    keys = [notice.key for notice in book.notices]
    if len(keys) != len(set(keys)):
        yield "a mail was written twice"
    for event in best.values():
        if event.kind is Kind.DISPUTE_LOST and not moved(book, "dispute_lost", of=event.ref):
            yield f"the lost dispute {event.object_id} is not booked"


def _given_back(asked: Asked) -> Iterator[str]:
    """Refunds and lost disputes are no more than the charge."""
    left: dict[str, int] = {}
    for entry in asked.book.entries.values():
        sign = _FOR_GOOD.get(entry.kind)
        if sign is not None:
            left[entry.reference] = left.get(entry.reference, 0) + sign * entry.amount
    for ref, sum_ in left.items():
        if sum_ < 0:
            yield f"more went back than was taken for {ref}"


def _methods(asked: Asked) -> Iterator[str]:
    """No attempt without a saved card and an agreement to charge it."""
    for attempt in asked.book.attempts:
        if not attempt.method or not attempt.mandate:
            yield f"attempt {attempt.key} has no card or no agreement"
    for row in asked.book.invoices:
        if row.amount == 0 and row.attempts:
            yield f"invoice {row.ref} costs nothing, and its money was asked for"


def _retries(asked: Asked) -> Iterator[str]:
    """A card that was refused for good is not asked again; nothing is asked too often."""
    refused_at: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = {}
    totals: dict[str, int] = {}
    for attempt in asked.book.attempts:
        if attempt.method in refused_at and attempt.begun_at > refused_at[attempt.method]:
            yield f"attempt {attempt.key} asks a card that was refused for good"
        if attempt.cause is DeclineClass.HARD and attempt.settled_at is not None:
            refused_at.setdefault(attempt.method, attempt.settled_at)
        pair = (attempt.invoice, attempt.method)
        counts[pair] = counts.get(pair, 0) + 1
        totals[attempt.invoice] = totals.get(attempt.invoice, 0) + 1
    if any(count > MOST_ATTEMPTS for count in counts.values()):
        yield f"a card was asked more than {MOST_ATTEMPTS} times for one invoice"
    if any(count > MOST_PER_INVOICE for count in totals.values()):
        yield f"an invoice was tried more than {MOST_PER_INVOICE} times"


def _receipts(asked: Asked) -> Iterator[str]:
    """Each payment has one receipt, and nothing else has one: a free period has none. Each end of an introduction
    has one reminder, before the price rises by it."""
    book = asked.book
    yield from _reminders(asked)
    sent = {notice.key for notice in book.notices if notice.key.startswith("receipt:")}
    paid = {f"receipt:{row.ref}" for row in book.invoices if row.status == "paid" and row.amount}
    for key in paid - sent:
        yield f"there is no {key}"
    for key in sent - paid:
        yield f"there is a {key} for what is not paid"


def _reminders(asked: Asked) -> Iterator[str]:
    book, terms = asked.book, asked.terms
    reminded = [row for row in book.price_notices if row.about is About.INTRO_END]
    if len({row.seq for row in reminded}) != len(reminded):
        yield "a reminder was written twice"
    for row in _meant(book) if len(terms.steps) > 1 else ():
        step = terms.step_of(row.seq)
        if not terms.rises_at(step) or row.amount < terms.steps[step].price.amount:
            continue
        since = range(terms.first_of(step), row.seq + 1)
        if not any(told.seq in since and _in_window(book, told) for told in reminded):
            yield f"invoice {row.ref} costs more than the introduction, and the reader was not reminded"


def _in_window(book: Book, told: PriceNotice) -> bool:
    """Written 7 days before the period begins; after a shorter one, on the day on which that began."""
    ahead = (book.period(told.seq).starts_on - told.on).days
    return ahead == min(REMINDER_DAYS, book.period(told.seq - 1).days)


def _ended(asked: Asked) -> Iterator[str]:
    """Ended is final: it has a moment and a reason, nothing is open, and nothing begins. What is called off from its
    beginning stands for the end."""
    book = asked.book
    if (book.state is State.ENDED) != (book.ended_at is not None and book.end_reason is not None):
        yield f"state {book.state.value} with end {book.ended_at} ({book.end_reason})"
    if book.ended_at is None:
        return
    for row in book.invoices:
        if row.status == "open" or (row.opened_at > book.ended_at and row.void_reason != CANCELLED):
            yield f"invoice {row.ref} is open after the end"
    for attempt in book.attempts:
        if attempt.begun_at > book.ended_at:
            yield f"attempt {attempt.key} began after the end"


def _parked(asked: Asked) -> Iterator[str]:
    """A parked subscription is not charged."""
    at = asked.book.parked_at
    for attempt in asked.book.attempts if at is not None else ():
        if at is not None and attempt.begun_at > at:
            yield f"attempt {attempt.key} began while it was parked"


def _time(asked: Asked) -> Iterator[str]:
    """Time never goes back."""
    last = asked.book.created_at
    for attempt in asked.book.attempts:
        if attempt.begun_at < last:
            yield f"attempt {attempt.key} began before the one before it"
        last = attempt.begun_at
        if attempt.settled_at is not None and attempt.settled_at < attempt.begun_at:
            yield f"attempt {attempt.key} ended before it began"
    if last > asked.now:
        yield "the last attempt lies ahead"


def _projection(asked: Asked) -> Iterator[str]:
    """The rows are what the gateway's news and the reader's decisions come to."""
    book, made = asked.book, rebuild(asked.book)
    for row in book.invoices:
        if row.status != made.invoices[row.ref]:
            yield f"invoice {row.ref} is {row.status}, and its news make it {made.invoices[row.ref]}"
    if book.state is not made.state:
        yield f"the state is {book.state.value}, and the news make it {made.state.value}"
    flying = [row for row in book.attempts if row.status in IN_FLIGHT]
    if len({row.invoice for row in flying}) != len(flying):
        yield "an invoice has two attempts in flight"
    if book.is_live and book.renews and book.next_action_at is None and book.parked_at is None:
        yield "nothing will ever look at it again"
    if not book.is_live and any(row.status in UNSETTLED for row in book.attempts) and not book.waiting:
        yield "an attempt is left behind after the end"


def _gateways(asked: Asked) -> Iterator[str]:
    """Play money stays out of a real ledger, and each gateway in its own account."""
    gateways = {row.ref: row.gateway for row in asked.book.invoices}
    for entry in asked.book.entries.values():
        for account in (entry.debit, entry.credit):
            kind, _, gateway = account.partition(":")
            if kind != "clearing":
                continue
            if gateway != gateways.get(entry.reference, gateway):
                yield f"entry {entry.key} stands with another gateway than its invoice"
            if gateway == "sandbox" and not asked.allows_sandbox:
                yield f"entry {entry.key} is play money in a real ledger"


Invariant = Callable[[Asked], Iterator[str]]

INVARIANTS: dict[int, tuple[str, Invariant]] = {
    1: ("one charge for each period, no gap, no overlap", _periods),
    2: ("the ledger is what the gateway took", _ledger),
    3: ("access is what was paid, and its grace", _access),
    4: ("nothing is charged after a cancellation", _after_cancel),
    5: ("charged is what was agreed", _amounts),
    6: ("the order of news changes nothing", _orders),
    7: ("no more goes back than was taken", _given_back),
    8: ("no attempt without a card and an agreement", _methods),
    9: ("no attempt too many", _retries),
    10: ("one receipt for each payment", _receipts),
    11: ("ended is final", _ended),
    12: ("parked is not charged", _parked),
    13: ("time never goes back", _time),
    14: ("the rows are what was told", _projection),
    15: ("play money stays out of a real ledger", _gateways),
}
