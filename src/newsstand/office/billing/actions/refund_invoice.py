"""Giving money back because staff say so, or the reader has withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from django.db import transaction

from newsstand.office.billing.actions.end_sale import end_sale
from newsstand.office.billing.actions.follow import GIVE_BACK
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.models import Invoice, Refund
from newsstand.office.billing.queries import money_free
from newsstand.office.kit import audit, outbox
from newsstand.rules.billing import lifecycle
from newsstand.rules.money import Money


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Nothing is given back. `why`: not_paid, not_positive, another_currency or more_than_left."""

    why: str


def refund_invoice(
    *, invoice: Invoice, money: Money, key: str, ends_sale: bool = False, by: str, why: str, now: datetime
) -> Refund | RefundRefused:
    """Give a part or all of an invoice's money back; never more than is left of it, whoever asks at once.

    It is written down before the gateway hears of it. `key` is the caller's word for this refund: the same word for
    the same invoice again, by a button pressed twice or after a death, is the same refund. Access is not touched,
    unless `ends_sale` ends the subscription or purchase as well.
    """
    with transaction.atomic():
        sale = locked_sale(invoice)
        invoice = Invoice.objects.get(pk=invoice.pk)
        name = _key(invoice, key)
        known = Refund.objects.filter(key=name).first()
        if known is not None:
            return known
        refused = may_refund(invoice=invoice, money=money, by=by, now=now)
        if refused is not None:
            return refused
        refund = Refund.objects.create(
            key=name,
            invoice=invoice,
            amount=money.amount,
            currency=money.currency,
            why=why[:200],
            asked_at=now,
        )
        outbox.add(GIVE_BACK, {"refund": refund.pk}, key=refund.key.hex)
        after = _asked(invoice, money)
        audit.record(by=by, verb="refund_invoice", subject=sale.log_subject, after=after, why=why, now=now)
        if ends_sale:
            end_sale(sale=sale, event=lifecycle.EndedByStaff(), by=by, why=why, now=now)
        return refund


def may_refund(*, invoice: Invoice, money: Money, by: str, now: datetime) -> RefundRefused | None:
    """Whether so much could be given back now; a refusal leaves its line in the log, and nothing else."""
    refused = _refused(invoice, money)
    if not refused:
        return None
    subject, after = invoice.sale.log_subject, _asked(invoice, money)
    audit.record(by=by, verb="refuse_refund", subject=subject, after=after, why=refused, now=now)
    return RefundRefused(refused)


def _key(invoice: Invoice, word: str) -> UUID:
    """What goes with the call to the gateway. It follows from the invoice, so that it is the same after a restored
    backup."""
    return uuid5(invoice.public_id, f"refund {word}")


def _asked(invoice: Invoice, money: Money) -> dict[str, object]:
    return {"invoice": invoice.ref, "amount": money.amount, "currency": money.currency}


def _refused(invoice: Invoice, money: Money) -> str:
    if invoice.status != Invoice.Status.PAID:
        return "not_paid"
    if money.currency != invoice.currency:
        return "another_currency"
    if money.amount < 1:
        return "not_positive"
    return "more_than_left" if money.amount > money_free(invoice).amount else ""
