"""Opening the invoice of the period that is to be charged now."""

from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.lost import invoice_id
from newsstand.office.kit import audit
from newsstand.rules.billing.books import CANCELLED, NO_SERVICE
from newsstand.rules.billing.periods import Period, period_containing


def open_invoice(*, subscription: Subscription, by: str, now: datetime) -> Invoice | None:
    """The open invoice of the period that contains now, made if there is none; None if that period needs none.

    After an outage only this period is charged: earlier ones that were never served become void rows, which
    count for the sequence.
    """
    with transaction.atomic():
        subscription = locked(subscription.pk)
        due = _due_period(subscription, now)
        if due is None:
            return None
        invoice = open_period(subscription=subscription, due=due, by=by, now=now)
        return invoice if invoice.status == Invoice.Status.OPEN else None


def open_period(*, subscription: Subscription, due: Period, by: str, now: datetime) -> Invoice:
    """The invoice of a period, made if there is none, and void rows for periods before it that nobody was
    charged for. The caller holds the subscription's row."""
    for seq in range(subscription.next_seq, due.seq):
        _void_unserved(subscription, seq, by=by, now=now)
    invoice, is_new = _invoice(subscription, due, now)
    if is_new:
        audit.record(
            by=by,
            verb="open_invoice",
            subject=f"subscription:{subscription.ref}",
            after={"invoice": invoice.ref, "seq": due.seq, "amount": invoice.amount},
            now=now,
        )
    return invoice


def _due_period(subscription: Subscription, now: datetime) -> Period | None:
    """The period in which today lies, if it was not paid; for a new subscription the first one."""
    if not subscription.is_running:
        return subscription.period(0) if subscription.is_live else None
    today = max(wording.day_of(now), subscription.anchor_on)
    due = period_containing(subscription.anchor_on, subscription.rhythm, today)
    return due if due.seq >= subscription.next_seq else None


def _invoice(subscription: Subscription, due: Period, now: datetime) -> tuple[Invoice, bool]:
    price = subscription.offer.price_row(due.seq)
    row: dict[str, Any] = {
        "starts_on": due.starts_on,
        "ends_on": due.ends_on,
        "price": price,
        "amount": price.amount,
        "currency": price.currency,
        "consent": subscription.consents.latest("at"),
        "opened_at": now,
    }
    rows = Invoice.objects.filter(subscription=subscription, seq=due.seq)
    invoice = rows.exclude(void_reason=CANCELLED).first()
    is_new = invoice is None
    if invoice is None:  # also where one was called off: that is history, and the period gets another
        # The id follows from the period: after a restored backup the gateway still knows the charge by it.
        row["public_id"] = invoice_id(subscription.public_id, due.seq, rows.count())
        invoice = Invoice.objects.create(subscription=subscription, seq=due.seq, **row)
    invoice.subscription = subscription
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
        subject=f"subscription:{subscription.ref}",
        after={"invoice": invoice.ref, "seq": seq},
        why=NO_SERVICE,
        now=now,
    )
