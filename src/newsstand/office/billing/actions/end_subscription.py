"""Ending a subscription for good."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.models import Subscription
from newsstand.rules.billing import lifecycle

Ending = (
    lifecycle.CheckoutExpired
    | lifecycle.PaidTimeOver
    | lifecycle.GraceOver
    | lifecycle.Withdrawn
    | lifecycle.DisputeLost
    | lifecycle.EndedByStaff
)


def end_subscription(*, subscription: Subscription, event: Ending, by: str, why: str, now: datetime) -> bool:
    """Let the event end the subscription; False where the rule says that it does not apply.

    Ended is final. What is unpaid becomes void; what is on its way at the gateway is called off.
    """
    with transaction.atomic():
        row = locked(subscription.pk)
        return follow(subscription=row, event=event, by=by, now=now, why=why).applies
