"""The charge in memory: written down, sent, written down again, as the office does it with its tables.

Wherever a process could die, `at` is called with the point's name and may raise: what was written before stays,
what comes after never happens.
"""

from collections.abc import Callable
from dataclasses import dataclass

from newsstand.rules.billing import ledger, lifecycle
from newsstand.rules.billing.books import (
    CANCELLED,
    IN_FLIGHT,
    NO_SERVICE,
    UNSETTLED,
    Attempt,
    Book,
    Entry,
    Invoice,
)
from newsstand.rules.billing.dunning import MOST_ATTEMPTS, DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.memory.bank import APPROVAL_SECONDS, NAME, Answer, Bank
from newsstand.rules.billing.memory.follow import follow, grace_until, moment_of
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY, day_of, period_containing
from newsstand.rules.billing.price_notices import (
    About,
    PriceNotice,
    planned_price,
    price_at,
    tell_by,
    to_remind_of,
)
from newsstand.rules.money import Money

LEASE = 300
ASK_AGAIN = (300, 3600, DAY)
MOST_PER_INVOICE = 12
CHECKOUT_SECONDS = DAY

POINTS = (
    "before_attempt_is_written",
    "before_the_call",
    "answer_lost",
    "before_the_record",
    "after_the_record",
    "in_the_sweep",
    "before_the_refund",
    "refund_not_recorded",
    "event_not_recorded",
)


def _live_on(point: str) -> None:
    """Nobody dies."""


@dataclass(slots=True)
class Till:
    """What is the same for all subscriptions: the bank, the offer, the zone, the product."""

    bank: Bank
    terms: OfferTerms
    zone: str
    product: str = "news"
    at: Callable[[str], None] = _live_on

    def _charge(self, book: Book, now: int) -> None:
        invoice = book.open_invoice() if book.state is State.PAST_DUE else None
        invoice = invoice or self._due_invoice(book, now)
        if invoice is None:
            today = max(day_of(now, self.zone), book.anchor_on)
            present = period_containing(book.anchor_on, book.rhythm, today)
            following = max(book.next_seq, present.seq + 1)
            self._remind(book, following, now)
            book.next_action_at = moment_of(book, following, self, now)
            return
        if invoice.amount == 0:
            self._serve_free(book, invoice, now)
            return
        refused = self._take(book, invoice, "merchant", now)
        if refused in ("refused_card", "too_many"):
            if book.state is State.PAST_DUE:
                book.next_action_at = self._grace_over(book, now)
            else:
                book.parked_at = now

    def _remind(self, book: Book, seq: int, now: int) -> None:
        """Tell the price after an introduction, on the day for that."""
        if book.state is not State.ACTIVE or to_remind_of(self.terms, book.told, seq) is None:
            return
        today = day_of(now, self.zone)
        if today == tell_by(book.anchor_on, book.rhythm, About.INTRO_END, seq):
            price = planned_price(self.terms, book.told, seq)
            book.price_notices.append(PriceNotice(About.INTRO_END, seq, price.amount, today))

    def _due_invoice(self, book: Book, now: int) -> Invoice | None:
        """The open invoice of the period that contains now; unserved periods before it become void rows."""
        due = book.period(0)
        if book.is_running:
            today = max(day_of(now, self.zone), book.anchor_on)
            due = period_containing(book.anchor_on, book.rhythm, today)
            if due.seq < book.next_seq:
                return None
        for seq in range(book.next_seq, due.seq):
            self._void_unserved(book, seq, now)
        invoice = self._invoice_of(book, due.seq, now)
        return invoice if invoice.status == "open" else None

    def _invoice_of(self, book: Book, seq: int, now: int, planned: Money | None = None) -> Invoice:
        """The period's row; one that was called off is history, and the period gets another."""
        rows = [row for row in reversed(book.invoices) if row.seq == seq] if seq < len(book.invoices) else []
        if rows and rows[0].void_reason != CANCELLED:
            return rows[0]
        span, price = (
            book.period(seq),
            planned if planned is not None else price_at(self.terms, book.told, seq),
        )
        ref = f"{book.ref}-{seq}" + (f"-{len(rows)}" if rows else "")
        invoice = Invoice(
            ref, seq, span.starts_on, span.ends_on, price.amount, price.currency, price.amount, now
        )
        book.invoices.append(invoice)
        return invoice

    def _void_unserved(self, book: Book, seq: int, now: int) -> None:
        unserved = self._invoice_of(book, seq, now)
        if unserved.status == "open" and all(row.status not in UNSETTLED for row in unserved.attempts):
            unserved.status, unserved.void_reason = "void", NO_SERVICE

    def call_off_next(self, book: Book, now: int, after: int = -1) -> Invoice:
        """The invoice of the next period after a number, void from its beginning, as a cancellation leaves it."""
        today = max(day_of(now, self.zone), book.anchor_on)
        start = max(book.next_seq, after + 1)
        first = max(start, period_containing(book.anchor_on, book.rhythm, today).seq)
        while any(row.seq == first and row.void_reason not in ("", CANCELLED) for row in book.invoices):
            first += 1
        for seq in range(start, first):
            self._void_unserved(book, seq, now)
        invoice = None
        for seq in range(first, self.terms.next_charged(first) + 1):
            invoice = self._invoice_of(book, seq, now, planned_price(self.terms, book.told, seq))
            invoice.status, invoice.void_reason = "void", CANCELLED
        if invoice is None:
            raise LookupError("no period is charged next")
        return invoice

    def _serve_free(self, book: Book, invoice: Invoice, now: int) -> None:
        """A period that costs nothing begins, without an attempt."""
        if book.is_live and book.cancel_requested_at is None:
            invoice.status, invoice.paid_at = "paid", now
            follow(book, lifecycle.FreeBegun(), self, now, invoice)

    def _take(self, book: Book, invoice: Invoice, initiator: str, now: int) -> str:
        """Try once; "" or why nothing may be tried."""
        why = self._forbids(book, invoice)
        if why:
            return why
        self.at("before_attempt_is_written")
        self.bank.open_charge(invoice.ref, invoice.amount, invoice.currency)
        invoice.gateway = NAME
        n = len(invoice.attempts) + 1
        attempt = Attempt(
            f"{invoice.ref}#{n}",
            invoice.ref,
            n,
            book.method,
            f"mandate-{book.method}",
            initiator,
            now,
            lease_until=now + LEASE,
        )
        invoice.attempts.append(attempt)
        book.next_action_at = now + LEASE
        self._send(book, invoice, attempt, now)
        return ""

    def _forbids(self, book: Book, invoice: Invoice) -> str:
        if invoice.status != "open" or not book.is_live or book.cancel_requested_at is not None:
            return "over"
        if book.parked_at is not None:
            return "parked"
        if book.method in book.refused:
            return "refused_card"
        attempts = invoice.attempts
        if not attempts:
            return ""
        if any(row.status in IN_FLIGHT for row in attempts):
            return "in_flight"
        tried = sum(1 for row in attempts if row.method == book.method)
        return "too_many" if tried >= MOST_ATTEMPTS or len(attempts) >= MOST_PER_INVOICE else ""

    def _send(self, book: Book, invoice: Invoice, attempt: Attempt, now: int) -> None:
        self.at("before_the_call")
        answer = self.bank.attempt(invoice.ref, attempt.method, attempt.key, attempt.initiator, now)
        self.at("answer_lost")
        self._record(book, invoice, attempt, answer, now)

    def _record(self, book: Book, invoice: Invoice, attempt: Attempt, answer: Answer, now: int) -> None:
        """Write down what became of an attempt: only one whose end is not known is changed."""
        self.at("before_the_record")
        if answer.kind == "succeeded":
            self._settle(book, invoice, attempt, answer.at, now)
        elif attempt.status in UNSETTLED:
            if answer.kind == "declined" and answer.cause is not None:
                self._decline(book, invoice, attempt, answer.cause, now)
            elif answer.kind == "canceled":
                attempt.status, attempt.settled_at, attempt.lease_until = "canceled", now, None
                is_wanted = book.state is State.ACTIVE and book.cancel_requested_at is None
                if is_wanted and invoice.status == "open":
                    invoice.status, invoice.void_reason = "void", CANCELLED
                if is_wanted and (book.kept_at is None or book.kept_at < invoice.opened_at):
                    book.parked_at = book.parked_at or now
            elif answer.kind == "action":
                self._wait_for_approval(book, attempt, answer, now)
            else:
                self._unknown(book, attempt, now)
        self.at("after_the_record")

    def _settle(self, book: Book, invoice: Invoice, attempt: Attempt | None, at: int, now: int) -> None:
        """The money is taken: booked once, whoever learns of it first; unwanted money goes back."""
        if invoice.ref in book.charged:
            return
        money = Money(invoice.amount, invoice.currency)
        book.charged.add(invoice.ref)
        self._post(book, invoice, ledger.charge(NAME, invoice.ref, self.product, money), at)
        kept = GatewayEvent(NAME, invoice.ref, Kind.CHARGE_SUCCEEDED, at, invoice.ref, invoice.ref, money)
        self._keep(book, kept)
        winner = self._winner(book, invoice, attempt, now)
        is_wanted = invoice.status == "open" and book.cancel_requested_at is None
        if is_wanted:
            invoice.status, invoice.paid_at = "paid", now
        elif invoice.status == "open":
            invoice.status, invoice.void_reason = "void", CANCELLED
        follow(book, lifecycle.Paid(wanted=is_wanted), self, now, invoice, winner)

    def _winner(self, book: Book, invoice: Invoice, attempt: Attempt | None, now: int) -> Attempt:
        rows = invoice.attempts
        winner = attempt or next((row for row in reversed(rows) if row.status in UNSETTLED), rows[-1])
        for row in rows:
            if row is not winner and row.status in UNSETTLED:
                row.status, row.settled_at = "canceled", now
        winner.status, winner.settled_at, winner.cause, winner.lease_until = "succeeded", now, None, None
        return winner

    def _decline(self, book: Book, invoice: Invoice, attempt: Attempt, cause: DeclineClass, now: int) -> None:
        attempt.status, attempt.cause, attempt.settled_at, attempt.lease_until = "declined", cause, now, None
        kept = GatewayEvent(NAME, invoice.ref, Kind.CHARGE_FAILED, now, invoice.ref, invoice.ref, cause=cause)
        self._keep(book, kept)
        rows = invoice.attempts
        if cause is DeclineClass.HARD:
            book.refused.add(attempt.method)
        made = sum(1 for row in rows if row.status != "canceled")
        if book.cancel_requested_at is None:
            declined = lifecycle.Declined(cause, made, rows[0].begun_at)
            follow(book, declined, self, now, invoice, attempt)

    def _wait_for_approval(self, book: Book, attempt: Attempt, answer: Answer, now: int) -> None:
        attempt.status, attempt.lease_until = "action", answer.at + APPROVAL_SECONDS
        if book.is_live:
            book.next_action_at = attempt.lease_until

    def _unknown(self, book: Book, attempt: Attempt, now: int) -> None:
        """Asked again after 5 minutes, an hour and a day; then a person must look."""
        attempt.status = "unknown"
        attempt.lease_until = now + ASK_AGAIN[min(attempt.sends, len(ASK_AGAIN)) - 1]
        if book.is_live:
            book.next_action_at = attempt.lease_until
        if attempt.sends > len(ASK_AGAIN):
            book.parked_at = now

    def _is_wanted(self, book: Book, invoice: Invoice) -> bool:
        return invoice.status == "open" and book.is_live and book.cancel_requested_at is None

    def _grace_over(self, book: Book, now: int) -> int:
        invoice = book.open_invoice()
        return now if invoice is None else grace_until(book, invoice, self.zone)

    def _post(self, book: Book, invoice: Invoice, posting: ledger.Posting, at: int) -> bool:
        """Book a transfer; False if its key is taken."""
        if posting.key in book.entries:
            return False
        money = posting.money
        book.entries[posting.key] = Entry(
            posting.key, posting.debit, posting.credit, money.amount, money.currency, invoice.ref, at
        )
        return True

    def _keep(self, book: Book, event: GatewayEvent) -> None:
        book.events.setdefault(event.key, event)
