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
from newsstand.rules.billing.price_notices import About, PriceNotice, first_at_new_price, planned_price
from newsstand.rules.money import Money


class Engine(Till):
    """Everything that can happen to a book."""

    # --- what readers and staff do ---

    def order(self, ref: str, now: int, method: str) -> Book:
        """A new order that waits for its first payment."""
        book = Book(ref, day_of(now, self.zone), self.terms.rhythm, now, method=method)
        book.next_action_at = now + CHECKOUT_SECONDS
        return book

    def buy(self, ref: str, now: int, method: str) -> Book:
        """An order of what is bought once."""
        book = self.order(ref, now, method)
        book.renews = False
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
        if invoice is not None and invoice.amount == 0:
            self._serve_free(book, invoice, now)
        elif invoice is not None:
            self._take(book, invoice, "reader", now)

    def cancel(self, book: Book, now: int) -> bool:
        """Cancel: from now on nothing is charged, paid time is kept."""
        if not book.is_live or not book.renews or book.cancel_requested_at is not None:
            return False
        book.cancel_requested_at = now
        paid = book.last_paid()
        book.cancel_at = None if paid is None else access_until(paid.ends_on)
        return follow(book, lifecycle.Cancelled(), self, now)

    def undo_cancel(self, book: Book, now: int) -> bool:
        """Take a cancellation back while paid time lasts."""
        if not book.is_running or book.cancel_at is None or book.cancel_at <= now:
            return False
        book.cancel_requested_at = book.cancel_at = None
        book.kept_at = now
        return follow(book, lifecycle.CancelTakenBack(), self, now)

    def change_card(self, book: Book, method: str, now: int) -> None:
        """From now on another card pays, and at once what has failed, since the reader is here."""
        if not book.is_running or not book.renews:
            return
        book.method = method
        follow(book, lifecycle.CardChanged(), self, now)
        if book.state is not State.PAST_DUE:
            return
        book.next_action_at = now + LEASE
        invoice = book.open_invoice()
        if invoice is not None and book.cancel_requested_at is None:
            self._take(book, invoice, "reader", now)

    def end(self, book: Book, event: lifecycle.Event, now: int) -> bool:
        """Ended by staff: over at once."""
        return follow(book, event, self, now)

    def withdraw(self, book: Book, now: int) -> bool:
        """Over at once, and what is left of the last paid period's money goes back."""
        if book.started_at is None or not self.end(book, lifecycle.Withdrawn(), now):
            return False
        paid = book.last_paid()
        if paid is not None:
            self.give_back(book, paid, self._free(book, paid), now)
        return True

    def give_back(self, book: Book, invoice: Invoice, amount: int, now: int) -> bool:
        """Staff give a part of a paid period's money back; never more than is left of it."""
        if invoice.status != "paid" or not 1 <= amount <= self._free(book, invoice):
            return False
        key = f"{invoice.ref}!{len(book.asked_back)}"
        book.asked_back[key] = amount
        book.waiting.append((f"give_back {key}", invoice.ref))
        return True

    def change_price(self, book: Book, price: Money, now: int) -> bool:
        """Tell a reader of another full price; it holds for periods that begin 30 days later or more."""
        if not book.is_running or not book.renews or book.cancel_requested_at is not None:
            return False
        today, told = day_of(now, self.zone), book.told
        seq = first_at_new_price(self.terms, told, book.anchor_on, book.rhythm, book.next_seq, today)
        if seq is None or planned_price(self.terms, told, seq) == price:
            return False
        book.price_notices.append(PriceNotice(About.NEW_PRICE, seq, price.amount, today))
        return True

    def _free(self, book: Book, invoice: Invoice) -> int:
        """What is left of an invoice's money and is not on its way back already."""
        waiting = (what.removeprefix("give_back ") for what, ref in book.waiting if ref == invoice.ref)
        return net(book, invoice.ref) - sum(book.asked_back.get(key, 0) for key in waiting)

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
        elif not book.renews:
            book.next_action_at = None
        elif book.cancel_requested_at is not None:
            self._end_or_wait(book, lifecycle.PaidTimeOver(), book.cancel_at or now, now)
        elif book.state is State.PAST_DUE and self._grace_over(book, now) <= now:
            follow(book, lifecycle.GraceOver(), self, now)
        else:
            self._charge(book, now)
        return True

    def drain(self, book: Book, now: int) -> None:
        """Do what waits in the outbox; a row that dies, or that the bank does not do yet, is done again."""
        for row in list(book.waiting):
            self.do_row(book, row, now)

    def do_row(self, book: Book, row: tuple[str, str], now: int) -> None:
        """Do one row of the outbox."""
        what, ref = row
        invoice = book.invoice(ref)
        try:
            if invoice is not None:
                self._do_waiting(what, book, invoice, now)
        except RefundRefused:
            return
        if row in book.waiting:  # else another worker has done it meanwhile
            book.waiting.remove(row)

    def sweep(self, book: Book, attempt: Attempt, now: int) -> None:
        """Find out what became of an attempt; the gateway not knowing, send the same one again."""
        if attempt.status == "sending" and (attempt.lease_until or 0) > now:
            return
        self.at("in_the_sweep")
        invoice = book.invoice(attempt.invoice)
        if invoice is None:
            return
        found = self.bank.lookup(invoice.ref, now)
        if found.kind in ("succeeded", "canceled", "action") or (
            found.kind == "declined" and attempt.status == "action"
        ):
            self._record(book, invoice, attempt, found, now)
        elif not self._is_wanted(book, invoice):
            self._record(book, invoice, attempt, self.bank.cancel(invoice.ref, now), now)
        elif book.parked_at is None:
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
        elif event.kind.thing in ("dispute", "refund") and event.key not in book.events:
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
            follow(book, lifecycle.DisputeLost(), self, now)
        elif event.kind is Kind.DISPUTE_WON and invoice.status == "void":
            self._want_refund(book, invoice)

    def _want_refund(self, book: Book, invoice: Invoice) -> None:
        """Money that nobody wanted is ours again: it goes back after all."""
        if ("refund", invoice.ref) not in book.waiting:
            book.waiting.append(("refund", invoice.ref))

    def _end_or_wait(self, book: Book, event: lifecycle.Event, at: int, now: int) -> None:
        if at <= now:
            follow(book, event, self, now)
        else:
            book.next_action_at = at

    # --- the outbox ---

    def _do_waiting(self, what: str, book: Book, invoice: Invoice, now: int) -> None:
        if what == "call_off":
            self._call_off(book, invoice, now)
        elif what == "refund":
            self._refund(book, invoice, now)
        else:
            key = what.removeprefix("give_back ")
            self._pay_back(book, invoice, key, book.asked_back[key], now)

    def _refund(self, book: Book, invoice: Invoice, now: int) -> None:
        """Give back what is left of an invoice's money; its key is the invoice's."""
        key = f"refund-{invoice.ref}"
        known = self.bank.charges[invoice.ref].refunds.get(key)
        if known is not None:
            self._book_refund(book, invoice, key, known, now)
        elif (left := net(book, of=invoice.ref)) > 0:
            self._pay_back(book, invoice, key, left, now)

    def _pay_back(self, book: Book, invoice: Invoice, key: str, amount: int, now: int) -> None:
        self.at("before_the_refund")
        self.bank.refund(invoice.ref, amount, key, now)
        self.at("refund_not_recorded")
        self._book_refund(book, invoice, key, amount, now)

    def _book_refund(self, book: Book, invoice: Invoice, key: str, amount: int, now: int) -> None:
        money = Money(amount, invoice.currency)
        self._keep(book, GatewayEvent(NAME, key, Kind.REFUND_SUCCEEDED, now, invoice.ref, invoice.ref, money))
        for posting in ledger.refund(NAME, key, self.product, money, [Kind.REFUND_SUCCEEDED]):
            if self._post(book, invoice, posting, now):
                write(book, f"refunded:{invoice.ref}", now)

    def _call_off(self, book: Book, invoice: Invoice, now: int) -> None:
        """Nobody wants this charge any more; money that was taken first is settled, and goes back."""
        if invoice.status == "paid" or self._is_wanted(book, invoice):
            return
        self.bank.open_charge(invoice.ref, invoice.amount, invoice.currency)
        invoice.gateway = NAME
        answer = self.bank.cancel(invoice.ref, now)
        for attempt in invoice.attempts:
            if attempt.status in UNSETTLED:
                self._record(book, invoice, attempt, answer, now)
        if answer.kind == "canceled" and invoice.status == "open":
            invoice.status, invoice.void_reason = "void", CANCELLED
        if answer.kind == "succeeded" and book.started_at is not None and book.renews:
            self._call_off_another(book, invoice, now)

    def _call_off_another(self, book: Book, invoice: Invoice, now: int) -> None:
        """This charge was too quick to be called off, and goes back. The one after it stands for the cancellation."""
        if all(row.seq <= invoice.seq or row.void_reason != CANCELLED for row in book.invoices):
            following = self.call_off_next(book, now, after=invoice.seq)
            book.waiting.append(("call_off", following.ref))
