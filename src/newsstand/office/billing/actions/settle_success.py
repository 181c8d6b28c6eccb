"""Money that a gateway took is taken in here and nowhere else: by answer, webhook or lookup, one at a time or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions.book import book_together
from newsstand.office.billing.actions.follow import Happened, follow_all
from newsstand.office.billing.actions.keep_event import keep_events
from newsstand.office.billing.actions.locking import all_locked
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice, Transfer
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries import wording
from newsstand.office.kit import audit, clock
from newsstand.rules.billing import ledger, lifecycle
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State


@dataclass(slots=True)
class Payment:
    """Money that was taken for an invoice. `attempt` is the one that was asked about, where one was."""

    invoice: Invoice
    paid: base.Succeeded
    attempt: Attempt | None = None

    @property
    def entry(self) -> ledger.Posting:
        """What the ledger says of the charge."""
        invoice, paid = self.invoice, self.paid
        return ledger.charge(invoice.gateway, paid.charge_ref, invoice.sale.product_code, paid.amount)

    @property
    def event(self) -> GatewayEvent:
        invoice, paid = self.invoice, self.paid
        return GatewayEvent(
            gateway=invoice.gateway,
            object_id=paid.charge_ref,
            kind=Kind.CHARGE_SUCCEEDED,
            at=paid.at,
            charge_id=paid.charge_ref,
            ref=invoice.ref,
            amount=paid.amount,
        )


def settle_success(
    *,
    invoice: Invoice,
    paid: base.Succeeded,
    via: str,
    by: str,
    now: datetime,
    attempt: Attempt | None = None,
) -> bool:
    """The money of an invoice is taken: ledger, receipt, access; False if that was known before.

    Money that nobody wanted any more, since the reader cancelled or the sale ended, goes back in full. What stands in
    the ledger stands there for ever: of a charge that is booked nothing has to be asked under a lock.
    """
    if Transfer.objects.filter(key=ledger.charge_key(invoice.gateway, paid.charge_ref)).exists():
        return False
    return settle_together([Payment(invoice, paid, attempt)], via=via, by=by, now=now) == 1


def settle_together(payments: Sequence[Payment], *, via: str, by: str, now: datetime) -> int:
    """Settle the money of several invoices, each of another sale, in one transaction; returns how many were news.

    Whether it is news is asked of the ledger while the sales are held: the first to tell books it, and for all later
    ones nothing happens.
    """
    with transaction.atomic():
        held = _held(payments)
        news = _booked(held)
        if not news:
            return 0
        keep_events(events=[row.event for row in news], via=via, now=now)
        winners = _mark_attempts(news, now)
        wanted = _mark_invoices(news, now)
        happened = []
        for row, winner in zip(news, winners, strict=True):
            sale, is_wanted = row.invoice.sale, row.invoice.pk in wanted
            if is_wanted and sale.state == State.PENDING:
                sale.payment_method = winner.payment_method
            happened.append(Happened(sale, lifecycle.Paid(wanted=is_wanted), row.invoice, winner))
        follow_all(happened, by=by, now=now)
        audit.record_all(
            _deed(row.invoice, winner, by, now) for row, winner in zip(news, winners, strict=True)
        )
        return len(news)


def _held(payments: Sequence[Payment]) -> list[Payment]:
    """The same with their sales locked and their invoices as they stand now."""
    sales = all_locked([row.invoice for row in payments])
    ids = [row.invoice.pk for row in payments]
    current = Invoice.objects.in_bulk(ids)
    held = [Payment(current[row.invoice.pk], row.paid, row.attempt) for row in payments]
    for row, sale in zip(held, sales, strict=True):
        row.invoice.sale = sale
    return held


def _booked(held: Sequence[Payment]) -> list[Payment]:
    """Those that were not booked before, booked now with their fees."""
    entries = []
    for row in held:
        at = clock.from_unix(row.paid.at)
        entries.append((row.entry, row.invoice.ref, at))
        if row.paid.fee is not None:
            fee = ledger.fee(row.invoice.gateway, row.paid.charge_ref, row.paid.fee)
            entries.append((fee, row.invoice.ref, at))
    news = book_together(entries)
    return [row for row in held if row.entry.key in news]


def _mark_attempts(news: Sequence[Payment], now: datetime) -> list[Attempt]:
    """The attempts that took the money: those that were asked about, else the newest that is not settled."""
    rows = Attempt.objects.select_related("payment_method").filter(invoice__in=[row.invoice for row in news])
    tried: dict[int, list[Attempt]] = {}
    for attempt in rows.order_by("n"):
        tried.setdefault(attempt.invoice_id, []).append(attempt)
    winners, others = [], []
    for row in news:
        attempts = tried.get(row.invoice.pk, [])
        winner = _winner(row, attempts)
        winner.invoice = row.invoice
        winners.append(winner)
        others += [other.pk for other in attempts if other is not winner and other.status in UNSETTLED]
    if others:
        ended = {"status": Attempt.Status.CANCELED, "settled_at": Attempt.ends_at(now)}
        Attempt.objects.filter(pk__in=others).update(**ended)
    won = {
        "status": Attempt.Status.SUCCEEDED,
        "lease_until": None,
        "cause": "",
        "code": "",
    }
    rows = Attempt.objects.filter(pk__in=[winner.pk for winner in winners])
    rows.update(**won, settled_at=Attempt.ends_at(now))
    for winner in winners:
        winner.settled_at = max(now, winner.begun_at)
        for name, value in won.items():
            setattr(winner, name, value)
    return winners


def _winner(row: Payment, attempts: Sequence[Attempt]) -> Attempt:
    asked = [attempt for attempt in attempts if row.attempt is not None and attempt.pk == row.attempt.pk]
    unsettled = [attempt for attempt in attempts if attempt.status in UNSETTLED]
    found = (asked or unsettled or attempts)[-1:]
    if not found:
        raise LookupError(f"invoice {row.invoice.ref} was paid without an attempt of ours")
    return found[0]


def _mark_invoices(news: Sequence[Payment], now: datetime) -> set[int]:
    """Paid is what was open and wanted, and the rest of what was open is void; returns which are paid."""
    paid, today = set[int](), wording.day_of(now)
    alike: dict[tuple[tuple[str, object], ...], list[int]] = {}
    for row in news:
        invoice, values = row.invoice, dict[str, object]()
        if invoice.status == Invoice.Status.OPEN and not invoice.sale.is_cancelled:
            paid.add(invoice.pk)
            earn_on = ledger.next_earning(invoice.period, invoice.starts_on)
            values = {"status": Invoice.Status.PAID, "paid_at": now, "earn_on": earn_on}
        else:
            values = {"earn_on": today}
            if invoice.status == Invoice.Status.OPEN:
                values |= {"status": Invoice.Status.VOID, "void_reason": CANCELLED}
        for name, value in values.items():
            setattr(invoice, name, value)
        alike.setdefault(tuple(values.items()), []).append(invoice.pk)
    for same, ids in alike.items():
        Invoice.objects.filter(pk__in=ids).update(**dict(same))
    return paid


def _deed(invoice: Invoice, attempt: Attempt, by: str, now: datetime) -> audit.Deed:
    after = {"invoice": invoice.ref, "n": attempt.n, "status": attempt.status, "code": attempt.code}
    return audit.Deed(by, "record_attempt", invoice.sale.log_subject, now, after=after)
