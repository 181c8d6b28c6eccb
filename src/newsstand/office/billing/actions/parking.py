"""Parking: a subscription that a person has to look at is charged no more until they have."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.models import Subscription
from newsstand.office.kit import audit


def park(*, subscription: Subscription, why: str, by: str, now: datetime) -> None:
    """Charge this subscription no more until a person has looked at it."""
    with transaction.atomic():
        subscription = locked(subscription.pk)
        if subscription.parked_reason:
            return
        subscription.parked_reason, subscription.parked_at = why[:160], now
        subscription.save(update_fields=["parked_reason", "parked_at"])
        notices.tell_staff_of_parking(subscription, now)
        subject = f"subscription:{subscription.ref}"
        audit.record(by=by, verb="park", subject=subject, why=why, now=now)


def unpark(*, subscription: Subscription, by: str, why: str, now: datetime) -> bool:
    """Let it go on: what was waited for is looked at anew, at once. False where it was not parked."""
    with transaction.atomic():
        row = locked(subscription.pk)
        if not row.parked_reason:
            return False
        before = {"parked_reason": row.parked_reason}
        row.parked_reason, row.parked_at, row.next_action_at = "", None, now
        row.save(update_fields=["parked_reason", "parked_at", "next_action_at"])
        subject = f"subscription:{row.ref}"
        audit.record(by=by, verb="unpark", subject=subject, before=before, why=why, now=now)
        return True
