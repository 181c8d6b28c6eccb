"""Withdrawing from the contract: it is over at once, and the money of the last paid period goes back."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.end_sale import end_sale
from newsstand.office.billing.actions.refund_invoice import refund_invoice
from newsstand.office.billing.models import Purchase, Subscription
from newsstand.rules.billing import lifecycle

WHY = "withdrawal"


def withdraw(*, sale: Subscription | Purchase, by: str, now: datetime) -> bool:
    """Withdraw; False, and nothing changed, where nothing was paid yet or it is over already.

    All that is left of the period's money goes back. Whether the time to withdraw is over, its caller has to know.
    """
    with transaction.atomic():
        paid = queries.last_paid(sale)
        if paid is None or not end_sale(sale=sale, event=lifecycle.Withdrawn(), by=by, why=WHY, now=now):
            return False
        if paid.amount:
            left = queries.money_free(paid)
            refund_invoice(invoice=paid, money=left, key=WHY, by=by, why=WHY, now=now)
        return True
