"""What the worker does for purchases: find out what became of a charge, or let an order expire."""

import logging
from datetime import datetime

from django.db import connection, transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.begin_attempt import LEASE
from newsstand.office.billing.actions.end_sale import end_sale
from newsstand.office.billing.actions.parking import park
from newsstand.office.billing.actions.sweep_attempt import sweep_attempt
from newsstand.office.billing.gateways.base import GatewayError
from newsstand.office.billing.models import Purchase
from newsstand.office.billing.queries.due import waiting_purchases
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.lifecycle import State

log = logging.getLogger(__name__)

BY = "system"


def serve_purchases(*, now: datetime) -> int:
    """Do what is due for every purchase, the longest waiting first; returns for how many. Nothing is charged anew:
    a purchase is paid with the reader present, or not at all."""
    served = 0
    while (purchase := _claim_next(now)) is not None:
        try:
            _serve(purchase, now)
        except GatewayError as error:
            log.exception("purchase_parked purchase=%s", purchase.pk)
            park(sale=purchase, why=f"gateway: {error}", by=BY, now=now)
        served += 1
    return served


def _claim_next(now: datetime) -> Purchase | None:
    """Take the purchase that waits longest, for the time of a lease; no two workers take the same."""
    with transaction.atomic():
        rows = waiting_purchases().filter(next_action_at__lte=now).order_by("next_action_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        row = rows.first()
        if row is not None:
            row.next_action_at = now + LEASE
            row.save(update_fields=["next_action_at"])
        return row


def _serve(purchase: Purchase, now: datetime) -> None:
    attempt = queries.unsettled_attempt(purchase)
    if attempt is not None:
        attempt.invoice.sale = purchase
        sweep_attempt(attempt=attempt, by=BY, now=now)
    elif purchase.state == State.PENDING and purchase.checkout_ends_at <= now:
        end_sale(sale=purchase, event=lifecycle.CheckoutExpired(), by=BY, why="", now=now)
    else:
        until = purchase.checkout_ends_at if purchase.state == State.PENDING else None
        claimed = Purchase.objects.filter(pk=purchase.pk, next_action_at=purchase.next_action_at)
        claimed.update(next_action_at=until)
