"""The state of a subscription made anew from what is never changed: the gateway's news, the ledger, decisions.

What the rows say must be what this says; where they differ, a row was written that nothing accounts for.
"""

from dataclasses import dataclass

from newsstand.rules.billing.books import Book, Invoice
from newsstand.rules.billing.gateway_events import Kind, fold
from newsstand.rules.billing.lifecycle import State


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """The state, and the status of each invoice by its reference."""

    state: State
    invoices: dict[str, str]


def rebuild(book: Book) -> Rebuilt:
    """Money that was taken and wanted makes an invoice paid, as does a free period that began; what is over is
    void; the rest is open.

    $1.99 told as succeeded while the reader had not cancelled: paid. The newest period declined: past due.
    """
    taken = {
        event.ref for event in fold(book.events.values()).values() if event.kind is Kind.CHARGE_SUCCEEDED
    }
    invoices = {row.ref: _status(book, row, row.ref in taken) for row in book.invoices}
    return Rebuilt(_state(book, invoices), invoices)


def _status(book: Book, row: Invoice, is_taken: bool) -> str:
    is_free = row.amount == 0 and row.paid_at is not None
    if (is_taken or is_free) and not row.void_reason:
        return "paid"
    if row.void_reason:
        return "void"
    return "open" if book.ended_at is None else "void"


def _state(book: Book, invoices: dict[str, str]) -> State:
    if book.ended_at is not None:
        return State.ENDED
    if "paid" not in invoices.values():
        return State.PENDING
    newest = next((row for row in reversed(book.invoices) if invoices[row.ref] == "open"), None)
    if (
        newest is not None
        and book.cancel_requested_at is None
        and any(
            row.status == "declined" or (row.status == "action" and row.initiator == "merchant")
            for row in newest.attempts
        )
    ):
        return State.PAST_DUE
    return State.ACTIVE
