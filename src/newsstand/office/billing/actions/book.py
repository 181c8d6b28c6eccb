"""Entries in the ledger."""

from datetime import datetime

from newsstand.office.billing.models import Invoice, Transfer
from newsstand.rules.money import Money


def book_charge(*, invoice: Invoice, charge_ref: str, money: Money, at: datetime) -> bool:
    """Money came in for a period. False if it was booked before."""
    return _book(
        key=f"charge:{invoice.gateway}:{charge_ref}",
        debit=_clearing(invoice.gateway),
        credit=f"deferred_revenue:{invoice.subscription.product_code}",
        money=money,
        invoice=invoice,
        at=at,
    )


def book_fee(*, invoice: Invoice, charge_ref: str, fee: Money, at: datetime) -> bool:
    """What the gateway keeps of a charge. False if it was booked before."""
    return _book(
        key=f"fee:{invoice.gateway}:{charge_ref}",
        debit=f"fees:{invoice.gateway}",
        credit=_clearing(invoice.gateway),
        money=fee,
        invoice=invoice,
        at=at,
    )


def book_refund(*, invoice: Invoice, refund_ref: str, money: Money, at: datetime) -> bool:
    """Money given back. False if it was booked before."""
    return _book(
        key=f"refund:{invoice.gateway}:{refund_ref}",
        debit=f"refunds:{invoice.subscription.product_code}",
        credit=_clearing(invoice.gateway),
        money=money,
        invoice=invoice,
        at=at,
    )


def _clearing(gateway: str) -> str:
    return f"clearing:{gateway}"


def _book(*, key: str, debit: str, credit: str, money: Money, invoice: Invoice, at: datetime) -> bool:
    if money.amount == 0:
        return False
    row = {
        "debit": debit,
        "credit": credit,
        "amount": money.amount,
        "currency": money.currency,
        "reference": invoice.ref,
        "at": at,
    }
    return Transfer.objects.get_or_create(key=key, defaults=row)[1]
