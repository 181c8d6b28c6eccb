"""What an event makes of a book: the rule says it, and here it is done to plain rows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from newsstand.rules.billing import dunning, lifecycle
from newsstand.rules.billing.books import CANCELLED, Attempt, Book, Invoice, Notice
from newsstand.rules.billing.lifecycle import Do, State, Step
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import DAY, access_until, day_of, due_at
from newsstand.rules.billing.price_notices import About, next_moment, tell_by


class House(Protocol):
    """Where it happens: the zone of the publication, and the prices that were agreed."""

    zone: str
    terms: OfferTerms

    def call_off_next(self, book: Book, now: int) -> Invoice:
        """Write the invoice of the period that would be charged next, void from its beginning."""


@dataclass(slots=True)
class Turn:
    """A step about to be done to a book; invoice and attempt are those the event is about."""

    book: Book
    step: Step
    invoice: Invoice | None
    attempt: Attempt | None
    house: House
    now: int


def follow(
    book: Book,
    event: lifecycle.Event,
    house: House,
    now: int,
    invoice: Invoice | None = None,
    attempt: Attempt | None = None,
) -> bool:
    """Ask the rule, and do all that it says; False where the event means nothing in this state."""
    step = lifecycle.next(book.state, event, now)
    if not step.applies:
        return False
    book.state = step.state
    if step.state is State.ENDED and book.ended_at is None and step.end_reason is not None:
        book.ended_at, book.end_reason, book.next_action_at = now, step.end_reason, None
    turn = Turn(book, step, invoice, attempt, house, now)
    for do in step.do:
        _DOERS[do](turn)
    if book.state is State.PAST_DUE and invoice is not None:
        grace_over = grace_until(book, invoice, house.zone)
        _grant(turn)
        book.next_action_at = grace_over if step.retry_at is None else min(step.retry_at, grace_over)
    return True


def grace_until(book: Book, unpaid: Invoice, zone: str) -> int:
    """Until when a reader reads whose invoice is unpaid."""
    tried_on = day_of(unpaid.attempts[0].begun_at, zone) if unpaid.attempts else None
    return dunning.grace_until(dunning.grace_starts_on(unpaid.starts_on, tried_on))


def write(book: Book, key: str, now: int) -> None:
    """Write a mail; the same key is the same mail."""
    if all(notice.key != key for notice in book.notices):
        book.notices.append(Notice(key, now))


def _give_access(turn: Turn) -> None:
    if turn.book.started_at is None:
        turn.book.started_at = turn.now
    _grant(turn)


def _grant(turn: Turn) -> None:
    book, paid = turn.book, turn.book.last_paid()
    if not book.renews:
        book.access_until = book.paid_until = _bought_until(book)
    elif paid is not None:
        book.access_until = access_until(paid.ends_on)
        unpaid = book.open_invoice() if book.state is State.PAST_DUE else None
        grace = dunning.untried_until(paid.ends_on)
        if unpaid is not None:
            grace = max(dunning.grace_until(paid.ends_on), grace_until(book, unpaid, turn.house.zone))
        book.grace_until = None if book.cancel_requested_at is not None else grace


def _bought_until(book: Book) -> int | None:
    """Days are 24 hours each from the payment on; months and years end with a date."""
    if book.started_at is None:
        return None
    if book.rhythm.unit == "day":
        return book.started_at + book.rhythm.count * DAY
    return access_until(book.period(0).ends_on)


def _cut_access(turn: Turn) -> None:
    if turn.book.access_until is not None:
        turn.book.access_until = min(turn.book.access_until, turn.now)
    turn.book.grace_until = None


def _send_receipt(turn: Turn) -> None:
    if turn.invoice is not None:
        turn.book.notices.append(Notice(f"receipt:{turn.invoice.ref}", turn.now))


def _confirm_order(turn: Turn) -> None:
    write(turn.book, "confirmation", turn.now)


def _plan_renewal(turn: Turn) -> None:
    book, paid = turn.book, turn.book.last_paid()
    if not book.renews:
        book.next_action_at = None
        return
    if paid is not None:
        book.next_seq = max(book.next_seq, paid.seq + 1)
    book.next_action_at = moment_of(book, book.next_seq, turn.house, turn.now)


def moment_of(book: Book, seq: int, house: House, now: int) -> int:
    """When something is to be done for a period: its price is told, or it is charged."""
    due = book.period(seq)
    if len(house.terms.steps) == 1:
        return due_at(due, house.zone, book.ref)
    by = tell_by(book.anchor_on, book.rhythm, About.INTRO_END, seq)
    return next_moment(house.terms, book.told, due, by, day_of(now, house.zone), house.zone, book.ref)


def _stop_charging(turn: Turn) -> None:
    book = turn.book
    if book.is_running and book.renews:
        book.next_action_at = book.cancel_at
        _grant(turn)
    for row in _to_call_off(turn):
        if ("call_off", row.ref) not in book.waiting:
            book.waiting.append(("call_off", row.ref))


def _to_call_off(turn: Turn) -> list[Invoice]:
    """What is open; else, of a subscription that ran until now, the period that would be charged next."""
    book = turn.book
    is_marked = book.cancel_requested_at is not None and turn.step.state is State.ENDED
    unpaid = [row for row in book.invoices if row.status == "open"]
    if not book.renews or book.started_at is None or is_marked:
        return [row for row in unpaid if row.gateway]
    rows = [row for row in unpaid if row.amount]
    return rows or [turn.house.call_off_next(book, turn.now)]


def _resume_charging(turn: Turn) -> None:
    _plan_renewal(turn)
    _grant(turn)


def _retry(turn: Turn) -> None:
    turn.book.next_action_at = turn.step.retry_at


def _say_failed(turn: Turn) -> None:
    if turn.attempt is not None:
        write(turn.book, f"payment_failed:{turn.attempt.key}", turn.now)


def _void_open_invoice(turn: Turn) -> None:
    for row in turn.book.invoices:
        if row.status == "open":
            row.status, row.void_reason = "void", (turn.book.end_reason or CANCELLED)


def _confirm_cancel(turn: Turn) -> None:
    write(turn.book, f"cancelled:{turn.now}", turn.now)


def _confirm_resume(turn: Turn) -> None:
    write(turn.book, f"kept:{turn.now}", turn.now)


def _say_ended(turn: Turn) -> None:
    write(turn.book, "ended", turn.now)


def _refund_charge(turn: Turn) -> None:
    if turn.invoice is not None and ("refund", turn.invoice.ref) not in turn.book.waiting:
        turn.book.waiting.append(("refund", turn.invoice.ref))


_DOERS: dict[Do, Callable[[Turn], None]] = {
    Do.GIVE_ACCESS: _give_access,
    Do.CONFIRM_ORDER: _confirm_order,
    Do.SEND_RECEIPT: _send_receipt,
    Do.PLAN_RENEWAL: _plan_renewal,
    Do.STOP_CHARGING: _stop_charging,
    Do.RESUME_CHARGING: _resume_charging,
    Do.RETRY: _retry,
    Do.ASK_FOR_CARD: _say_failed,
    Do.ASK_FOR_APPROVAL: _say_failed,
    Do.TELL_STAFF: _say_failed,
    Do.VOID_OPEN_INVOICE: _void_open_invoice,
    Do.CONFIRM_CANCEL: _confirm_cancel,
    Do.CONFIRM_RESUME: _confirm_resume,
    Do.SAY_ENDED: _say_ended,
    Do.CUT_ACCESS: _cut_access,
    Do.REFUND_CHARGE: _refund_charge,
}
