"""The engine in memory: what readers, the worker and the webhooks do, to plain rows.

It follows the office's actions step by step and asks the same rules. `charging.py` has the charge itself.
"""

from newsstand.rules.billing import ledger, lifecycle
from newsstand.rules.billing.books import CANCELLED, UNSETTLED, Attempt, Book, Invoice, net
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.memory.bank import NAME, RefundRefused
from newsstand.rules.billing.memory.charging import CHECKOUT_SECONDS, LEASE, Till
from newsstand.rules.billing.memory.follow import follow, write
from newsstand.rules.billing.periods import access_until, day_of
from newsstand.rules.money import Money


class Engine(Till):
    """Everything that can happen to a book."""

    # --- what readers and staff do ---

    def order(self, ref: str, now: int, method: str) -> Book:
        """A new order that waits for its first payment."""
        book = Book(ref, day_of(now, self.zone), self.terms.rhythm, now, method=method)
        book.next_action_at = now + CHECKOUT_SECONDS
        return book

    def pay(self, book: Book, now: int) -> None:
        """The reader is here and pays what is open: the first period, or the one whose charge failed."""
        attempt = book.unsettled()
        if attempt is not None:
            self.sweep(book, attempt, now)
            return
        if not book.is_live or book.cancel_requested_at is not None:
            return
        invoice = book.open_invoice() if book.state is State.PAST_DUE else None
        if book.state is State.PENDING:
            invoice = self._due_invoice(book, now)
        if invoice is not None:
            self._take(book, invoice, "reader", now)

    def cancel(self, book: Book, now: int) -> bool:
        """Cancel: from now on nothing is charged, paid time is kept."""
        if not book.is_live or book.cancel_requested_at is not None:
            return False
        book.cancel_requested_at = now
        paid = book.last_paid()
        book.cancel_at = None if paid is None else access_until(paid.ends_on)
        return follow(book, lifecycle.Cancelled(), self.zone, now)

    def undo_cancel(self, book: Book, now: int) -> bool:
        """Take a cancellation back while paid time lasts."""
        if not book.is_running or book.cancel_at is None or book.cancel_at <= now:
            return False
        book.cancel_requested_at = book.cancel_at = None
        return follow(book, lifecycle.CancelTakenBack(), self.zone, now)

    def change_card(self, book: Book, method: str, now: int) -> None:
        """From now on another card pays."""
        if book.is_running:
            book.method = method
            follow(book, lifecycle.CardChanged(), self.zone, now)

    def end(self, book: Book, event: lifecycle.Event, now: int) -> bool:
        """Withdrawn, ended by staff, or lost in a dispute: over at once."""
        paid = book.last_paid()
        done = follow(book, event, self.zone, now)
        if done and paid is not None and isinstance(event, lifecycle.Withdrawn):
            book.waiting.append(("refund", paid.ref))
        return done

    # --- the worker ---

    def serve(self, book: Book, now: int) -> bool:
        """Do the one thing that is due; False if nothing is."""
        due = book.next_action_at
        if due is None or due > now or not book.is_live or book.parked_at is not None:
            return False
        book.next_action_at = now + LEASE
        attempt = book.unsettled()
        if attempt is not None:
            self.sweep(book, attempt, now)
        elif book.state is State.PENDING:
            self._end_or_wait(book, lifecycle.CheckoutExpired(), book.created_at + CHECKOUT_SECONDS, now)
        elif book.cancel_requested_at is not None:
            self._end_or_wait(book, lifecycle.PaidTimeOver(), book.cancel_at or now, now)
        elif book.state is State.PAST_DUE and self._grace_over(book, now) <= now:
            follow(book, lifecycle.GraceOver(), self.zone, now)
        else:
            self._charge(book, now)
        return True

    def drain(self, book: Book, now: int) -> None:
        """Do what waits in the outbox; a row that dies, or that the bank does not do yet, is done again."""
        for row in list(book.waiting):
            what, ref = row
            invoice = book.invoice(ref)
            try:
                if invoice is not None:
                    (self._refund if what == "refund" else self._call_off)(book, invoice, now)
            except RefundRefused:
                continue
            book.waiting.remove(row)

    def sweep(self, book: Book, attempt: Attempt, now: int) -> None:
        """Find out what became of an attempt; the gateway not knowing, send the same one again."""
        if attempt.status == "sending" and (attempt.lease_until or 0) > now:
            return
        self.at("in_the_sweep")
        invoice = book.invoice(attempt.invoice)
        if invoice is None:
            return
        found = self.bank.lookup(invoice.ref)
        if found.kind in ("succeeded", "canceled", "action") or (
            found.kind == "declined" and attempt.status == "action"
        ):
            self._record(book, invoice, attempt, found, now)
        elif not self._is_wanted(book, invoice):
            self._record(book, invoice, attempt, self.bank.cancel(invoice.ref, now), now)
        else:
            attempt.sends += 1
            attempt.status, attempt.lease_until = "sending", now + LEASE
            self._send(book, invoice, attempt, now)

    # --- what the gateway tells by itself ---

    def hear(self, book: Book, event: GatewayEvent, now: int) -> None:
        """Take in an event, in whatever order and however often it comes."""
        invoice = book.invoice(event.ref)
        if invoice is None:
            return
        self.at("event_not_recorded")
        if event.kind is Kind.CHARGE_SUCCEEDED:
            self._settle(book, invoice, None, event.at, now)
        elif event.kind in (Kind.CHARGE_FAILED, Kind.CHARGE_CANCELED):
            waiting = book.unsettled()
            if waiting is not None and waiting.status != "sending" and book.next_action_at is not None:
                book.next_action_at = min(book.next_action_at, now)
        elif event.kind.thing in ("dispute", "refund"):
            self._money_went(book, invoice, event, now)
        self._keep(book, event)

    def _money_went(self, book: Book, invoice: Invoice, event: GatewayEvent, now: int) -> None:
        """A refund or dispute: it proves that the charge was paid, should that news still be on its way."""
        self._settle(book, invoice, None, event.at, now)
        told = [row.kind for row in book.events.values() if row.object_id == event.object_id]
        money = event.amount or Money(invoice.amount, invoice.currency)
        post = ledger.refund if event.kind.thing == "refund" else ledger.dispute
        for posting in post(NAME, event.object_id, self.product, money, [*told, event.kind]):
            self._post(book, invoice, posting, now)
        if event.kind is Kind.DISPUTE_LOST:
            follow(book, lifecycle.DisputeLost(), self.zone, now)

    def _end_or_wait(self, book: Book, event: lifecycle.Event, at: int, now: int) -> None:
        if at <= now:
            follow(book, event, self.zone, now)
        else:
            book.next_action_at = at

    # --- the outbox ---

    def _refund(self, book: Book, invoice: Invoice, now: int) -> None:
        """Give back what is left of an invoice's money; its key is the invoice's."""
        key, left = f"refund-{invoice.ref}", net(book, of=invoice.ref)
        if left <= 0 and key not in self.bank.charges[invoice.ref].refunds:
            return
        self.at("before_the_refund")
        amount = self.bank.charges[invoice.ref].refunds.get(key, left)
        self.bank.refund(invoice.ref, amount, key, now)
        self.at("refund_not_recorded")
        money = Money(amount, invoice.currency)
        for posting in ledger.refund(NAME, key, self.product, money, [Kind.REFUND_SUCCEEDED]):
            if self._post(book, invoice, posting, now):
                write(book, f"refunded:{invoice.ref}", now)

    def _call_off(self, book: Book, invoice: Invoice, now: int) -> None:
        """Nobody wants this charge any more; money that was taken first is settled, and goes back."""
        if invoice.status == "paid" or self._is_wanted(book, invoice):
            return
        answer = self.bank.cancel(invoice.ref, now)
        for attempt in invoice.attempts:
            if attempt.status in UNSETTLED:
                self._record(book, invoice, attempt, answer, now)
        if answer.kind == "canceled" and invoice.status == "open":
            invoice.status, invoice.void_reason = "void", CANCELLED
