"""What is due, and what is still on its way."""

from datetime import datetime

from django.db.models import Min, QuerySet

from newsstand.office.billing.models import Attempt, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.models.subscriptions import LIVE, Engine


def waiting() -> QuerySet[Subscription]:
    """Subscriptions that this house bills and for which some moment is set. Parked ones wait for a person."""
    return Subscription.objects.filter(
        state__in=LIVE, engine=Engine.OWN, parked_reason="", next_action_at__isnull=False
    )


def next_due(now: datetime) -> datetime | None:
    """The earliest moment, past or future, at which something is to be done for a subscription."""
    found: datetime | None = waiting().aggregate(earliest=Min("next_action_at"))["earliest"]
    return found


def unsettled_attempt(subscription: Subscription) -> Attempt | None:
    """The newest attempt whose end is not known: being sent, without an answer, or waiting for an approval."""
    rows = Attempt.objects.filter(invoice__subscription=subscription, status__in=UNSETTLED)
    return rows.select_related("invoice", "payment_method").order_by("-pk").first()
