"""Turning what was paid ahead into revenue, by whole days, as the days pass."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from newsstand.office.billing.actions.book import book
from newsstand.office.billing.models import Invoice, Transfer
from newsstand.office.billing.queries import wording
from newsstand.rules.billing import ledger
from newsstand.rules.money import Money

PORTION = 500


def earn_revenue(*, now: datetime) -> int:
    """Book what was served before today of every invoice whose day has come; returns how many invoices were looked at.

    That day is each first of a month and the end of the period, so that every month's books are whole; the last day
    takes the rest. Doing it twice, late or by two workers at once books the same.
    """
    today, seen = wording.day_of(now), 0
    while rows := list(Invoice.objects.filter(earn_on__lte=today).order_by("earn_on", "pk")[:PORTION]):
        for invoice in rows:
            _earn(invoice, today, now)
        seen += len(rows)
    return seen


def _earn(invoice: Invoice, today: date, now: datetime) -> None:
    """Book the part up to the day before `earn_on`, and set the next day. Where nothing is served any more, since
    nobody wanted the money or the sale is over, all that is left is booked at once; its refund stands against it."""
    on = invoice.earn_on
    if on is None:
        return
    through, following = on - timedelta(days=1), ledger.next_earning(invoice.period, on)
    total = ledger.earned(invoice.period, invoice.money, through)
    if invoice.status == Invoice.Status.VOID or invoice.sale.ended_at is not None:
        through, total, following = min(today, invoice.period.last_on), invoice.money, None
    with transaction.atomic():
        if not Invoice.objects.filter(pk=invoice.pk, earn_on=on).update(earn_on=following):
            return
        part = Money(total.amount - _booked(invoice), invoice.currency)
        if part.amount > 0:
            product = invoice.sale.product_code
            book(ledger.revenue(invoice.ref, through, product, part), reference=invoice.ref, at=now)


def _booked(invoice: Invoice) -> int:
    rows = Transfer.objects.filter(reference=invoice.ref, key__startswith=f"revenue:{invoice.ref}:")
    return rows.aggregate(sum=Sum("amount"))["sum"] or 0
