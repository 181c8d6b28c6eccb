"""Withdrawing from the contract: it is over at once, and the money of the last paid period goes back."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.end_subscription import end_subscription
from newsstand.office.billing.actions.refund_invoice import refund_invoice, still_free
from newsstand.office.billing.models import Subscription
from newsstand.rules.billing import lifecycle

WHY = "withdrawal"


def withdraw(*, subscription: Subscription, by: str, now: datetime) -> bool:
    """Withdraw; False, and nothing changed, where nothing was paid yet or it is over already.

    All that is left of the period's money goes back. Whether the time to withdraw is over, its caller has to know.
    """
    with transaction.atomic():
        paid = queries.last_paid(subscription)
        if paid is None or not end_subscription(
            subscription=subscription, event=lifecycle.Withdrawn(), by=by, why=WHY, now=now
        ):
            return False
        refund_invoice(invoice=paid, money=still_free(paid), by=by, why=WHY, now=now)
        return True
