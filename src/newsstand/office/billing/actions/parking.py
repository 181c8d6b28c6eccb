"""Parking: a sale that a person has to look at is charged no more until they have."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.locking import locked_again
from newsstand.office.billing.models import Purchase, Subscription
from newsstand.office.kit import audit

LOST = "a charge was called off or given back, and a restored backup does not know why"


def park(*, sale: Subscription | Purchase, why: str, by: str, now: datetime) -> None:
    """Charge this sale no more until a person has looked at it."""
    _park(sale, why, by, now, waits_for_reconcile=False)


def park_for_reconcile(*, sale: Subscription | Purchase, by: str, now: datetime) -> None:
    """The same where a restored backup has lost what the gateway may still say: reconciling lets it go on then."""
    _park(sale, LOST, by, now, waits_for_reconcile=True)


def _park(
    sale: Subscription | Purchase, why: str, by: str, now: datetime, *, waits_for_reconcile: bool
) -> None:
    with transaction.atomic():
        sale = locked_again(sale)
        if sale.parked_reason:
            return
        sale.parked_reason, sale.parked_at = why[:160], now
        sale.waits_for_reconcile = waits_for_reconcile
        sale.save(update_fields=["parked_reason", "parked_at", "waits_for_reconcile"])
        notices.tell_staff_of_parking(sale, now)
        audit.record(by=by, verb="park", subject=sale.log_subject, why=why, now=now)


def unpark(*, sale: Subscription | Purchase, by: str, why: str, now: datetime) -> bool:
    """Let it go on: what was waited for is looked at anew, at once. False where it was not parked."""
    with transaction.atomic():
        row = locked_again(sale)
        if not row.parked_reason:
            return False
        before = {"parked_reason": row.parked_reason}
        row.parked_reason, row.parked_at, row.waits_for_reconcile = "", None, False
        row.next_action_at = now
        row.save(update_fields=["parked_reason", "parked_at", "waits_for_reconcile", "next_action_at"])
        audit.record(by=by, verb="unpark", subject=row.log_subject, before=before, why=why, now=now)
        return True
