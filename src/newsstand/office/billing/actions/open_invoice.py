"""Opening the invoice of the period or the purchase that is to be charged now."""

from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.billing.actions.locking import locked_again
from newsstand.office.billing.models import Invoice, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.lost import invoice_id
from newsstand.office.kit import audit
from newsstand.rules.billing.books import CANCELLED, NO_SERVICE
from newsstand.rules.billing.periods import Period, period_containing


def open_invoice(*, sale: Subscription | Purchase, by: str, now: datetime) -> Invoice | None:
    """The open invoice of the period that contains now, made if there is none; None if that period needs none.
    Of a purchase, its one invoice.

    After an outage only this period is charged: earlier ones that were never served become void rows, which
    count for the sequence.
    """
    with transaction.atomic():
        sale = locked_again(sale)
        due = _due_period(sale, now)
        if due is None:
            return None
        invoice = open_period(sale=sale, due=due, by=by, now=now)
        return invoice if invoice.status == Invoice.Status.OPEN else None


def open_period(*, sale: Subscription | Purchase, due: Period, by: str, now: datetime) -> Invoice:
    """The invoice of a period, made if there is none, and void rows for periods before it that nobody was
    charged for. The caller holds the sale's row."""
    if isinstance(sale, Subscription):
        for seq in range(sale.next_seq, due.seq):
            _void_unserved(sale, seq, by=by, now=now)
    invoice, is_new = _invoice(sale, due, now)
    if is_new:
        audit.record(
            by=by,
            verb="open_invoice",
            subject=sale.log_subject,
            after={"invoice": invoice.ref, "seq": due.seq, "amount": invoice.amount},
            now=now,
        )
    return invoice


def _due_period(sale: Subscription | Purchase, now: datetime) -> Period | None:
    """The period in which today lies, if it was not paid; for a new order the first one."""
    if not sale.is_running:
        return sale.period(0) if sale.is_live else None
    if isinstance(sale, Purchase):
        return None
    today = max(wording.day_of(now), sale.anchor_on)
    due = period_containing(sale.anchor_on, sale.rhythm, today)
    return due if due.seq >= sale.next_seq else None


def _invoice(sale: Subscription | Purchase, due: Period, now: datetime) -> tuple[Invoice, bool]:
    price = sale.offer.price_row(due.seq)
    row: dict[str, Any] = {
        "starts_on": due.starts_on,
        "ends_on": due.ends_on,
        "price": price,
        "amount": price.amount,
        "currency": price.currency,
        "consent": sale.consents.latest("at"),
        "opened_at": now,
    }
    rows = sale.invoices.filter(seq=due.seq)
    invoice = rows.exclude(void_reason=CANCELLED).first()
    is_new = invoice is None
    if invoice is None:  # also where one was called off: that is history, and the period gets another
        # The id follows from the period: after a restored backup the gateway still knows the charge by it.
        row["public_id"] = invoice_id(sale.public_id, due.seq, rows.count())
        invoice = sale.invoices.create(seq=due.seq, **row)
    invoice.sale = sale
    return invoice, is_new


def _void_unserved(subscription: Subscription, seq: int, *, by: str, now: datetime) -> None:
    """A period that is over and was never charged: nobody pays for it any more."""
    invoice, _ = _invoice(subscription, subscription.period(seq), now)
    if invoice.status != Invoice.Status.OPEN or invoice.attempts.filter(status__in=UNSETTLED).exists():
        return
    invoice.status, invoice.void_reason = Invoice.Status.VOID, NO_SERVICE
    invoice.save(update_fields=["status", "void_reason"])
    audit.record(
        by=by,
        verb="void_invoice",
        subject=subscription.log_subject,
        after={"invoice": invoice.ref, "seq": seq},
        why=NO_SERVICE,
        now=now,
    )
