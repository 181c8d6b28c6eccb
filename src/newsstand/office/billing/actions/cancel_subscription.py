"""Cancelling, and taking a cancellation back."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.call_off_next import called_off_ahead
from newsstand.office.billing.actions.follow import CALL_OFF, follow
from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.models import Subscription
from newsstand.office.kit import audit, clock, outbox
from newsstand.office.kit.queries import rows_of
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.periods import access_until


def cancel_subscription(*, subscription: Subscription, by: str, why: str = "", now: datetime) -> bool:
    """Cancel at once and for good: from the commit on nothing is charged; paid time is kept.

    False, and nothing changed, where the subscription was cancelled before or is over.
    """
    with transaction.atomic():
        row = locked(subscription.pk)
        if not row.is_live or row.is_cancelled:
            return False
        row.cancel_requested_at = now
        paid = queries.last_paid(row)
        if paid is not None:
            row.cancel_at = clock.from_unix(access_until(paid.ends_on))
        _audit(row, "cancel_subscription", by=by, why=why, now=now)
        return follow(sale=row, event=lifecycle.Cancelled(), by=by, now=now, why=why).applies


def wait_for_gateway(*, subscription: Subscription) -> bool:
    """Wait, shortly, until the gateway has heard of a cancellation: what a reader has read as done, no restored backup
    loses. False where the gateway or the worker is away; it hears of it later."""
    refs = [invoice.ref for invoice in called_off_ahead(subscription)]
    return outbox.watch([row.pk for ref in refs for row in rows_of(CALL_OFF, ref)])


def undo_cancel(*, subscription: Subscription, by: str, now: datetime) -> bool:
    """Take the cancellation back while paid time lasts; False where there is nothing to take back."""
    with transaction.atomic():
        row = locked(subscription.pk)
        if not row.is_running or row.cancel_at is None or row.cancel_at <= now:
            return False
        row.cancel_requested_at = row.cancel_at = None
        row.kept_at = now
        _audit(row, "undo_cancel", by=by, why="", now=now)
        return follow(sale=row, event=lifecycle.CancelTakenBack(), by=by, now=now).applies


def _audit(row: Subscription, verb: str, *, by: str, why: str, now: datetime) -> None:
    after = {
        "cancel_requested_at": row.cancel_requested_at.isoformat() if row.cancel_requested_at else None,
        "cancel_at": row.cancel_at.isoformat() if row.cancel_at else None,
    }
    audit.record(by=by, verb=verb, subject=f"subscription:{row.ref}", after=after, why=why, now=now)
