"""Giving money back because staff say so."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum

from newsstand.office.billing.actions.follow import GIVE_BACK
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.models import Invoice, Refund
from newsstand.office.billing.queries import money_left
from newsstand.office.kit import audit, outbox
from newsstand.rules.money import Money


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Nothing is given back. `why`: not_paid, not_positive, another_currency or more_than_left."""

    why: str


def refund_invoice(
    *, invoice: Invoice, money: Money, by: str, why: str, now: datetime
) -> Refund | RefundRefused:
    """Give a part or all of an invoice's money back; never more than is left of it, whoever asks at once.

    Access is not touched: to end the sale as well is another deed.
    """
    with transaction.atomic():
        subject = locked_sale(invoice).log_subject
        invoice = Invoice.objects.get(pk=invoice.pk)
        after = {"invoice": invoice.ref, "amount": money.amount, "currency": money.currency}
        refused = _refused(invoice, money)
        if refused:
            audit.record(by=by, verb="refuse_refund", subject=subject, after=after, why=refused, now=now)
            return RefundRefused(refused)
        refund = Refund.objects.create(
            invoice=invoice, amount=money.amount, currency=money.currency, why=why[:200], asked_at=now
        )
        outbox.add(GIVE_BACK, {"refund": refund.pk}, key=refund.key.hex)
        audit.record(by=by, verb="refund_invoice", subject=subject, after=after, why=why, now=now)
        return refund


def _refused(invoice: Invoice, money: Money) -> str:
    if invoice.status != Invoice.Status.PAID:
        return "not_paid"
    if money.currency != invoice.currency:
        return "another_currency"
    if money.amount < 1:
        return "not_positive"
    return "more_than_left" if money.amount > still_free(invoice).amount else ""


def still_free(invoice: Invoice) -> Money:
    """What is left of an invoice's money and is not on its way back already."""
    waiting = invoice.refunds.filter(status=Refund.Status.WANTED).aggregate(sum=Sum("amount"))["sum"] or 0
    return Money(money_left(invoice).amount - waiting, invoice.currency)
