"""Ending a subscription or a purchase for good."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.locking import locked_again
from newsstand.office.billing.models import Purchase, Subscription
from newsstand.rules.billing import lifecycle

Ending = (
    lifecycle.CheckoutExpired
    | lifecycle.PaidTimeOver
    | lifecycle.GraceOver
    | lifecycle.Withdrawn
    | lifecycle.DisputeLost
    | lifecycle.EndedByStaff
)


def end_sale(*, sale: Subscription | Purchase, event: Ending, by: str, why: str, now: datetime) -> bool:
    """Let the event end the sale; False where the rule says that it does not apply.

    Ended is final. What is unpaid becomes void; what is on its way at the gateway is called off.
    """
    with transaction.atomic():
        row = locked_again(sale)
        return follow(sale=row, event=event, by=by, now=now, why=why).applies
