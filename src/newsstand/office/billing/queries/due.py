"""What is due, and what is still on its way."""

from datetime import datetime

from django.db.models import Min, QuerySet

from newsstand.office.billing.models import Attempt, Invoice, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.models.sales import LIVE
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries import wording
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication
from newsstand.rules.billing import price_notices
from newsstand.rules.billing.periods import Period, due_at, period_containing
from newsstand.rules.billing.price_notices import About, tell_by


def waiting() -> QuerySet[Subscription]:
    """Subscriptions that this house bills and for which some moment is set. Parked ones wait for a person."""
    return Subscription.objects.filter(
        state__in=LIVE, engine=Engine.OWN, parked_reason="", next_action_at__isnull=False
    )


def waiting_purchases() -> QuerySet[Purchase]:
    """Purchases for which some moment is set: ordered and not paid, or with an answer that is missing."""
    return Purchase.objects.filter(state__in=LIVE, parked_reason="", next_action_at__isnull=False)


def next_due(now: datetime) -> datetime | None:
    """The earliest moment, past or future, at which something is to be done for a subscription or a purchase."""
    earliest = (rows.aggregate(at=Min("next_action_at"))["at"] for rows in (waiting(), waiting_purchases()))
    return min((at for at in earliest if at is not None), default=None)


def present_period(subscription: Subscription, now: datetime) -> Period:
    """The period in which the publication's day lies; the first one for who has agreed to begin later."""
    today = max(wording.day_of(now), subscription.anchor_on)
    return period_containing(subscription.anchor_on, subscription.rhythm, today)


def next_moment(subscription: Subscription, seq: int, now: datetime) -> datetime:
    """When something is to be done for a period of a running subscription: its price is told, or it is charged."""
    due, zone, terms = subscription.period(seq), publication().zone, subscription.terms
    if len(terms.steps) == 1:
        return clock.from_unix(due_at(due, zone, subscription.ref))
    by = tell_by(subscription.anchor_on, subscription.rhythm, About.INTRO_END, seq)
    today = wording.day_of(now)
    at = price_notices.next_moment(terms, subscription.told, due, by, today, zone, subscription.ref)
    return clock.from_unix(at)


def last_attempt(subscription: Subscription) -> Attempt | None:
    """The newest attempt, whatever became of it."""
    return Attempt.objects.filter(invoice__subscription=subscription).order_by("-pk").first()


def revenue_waits(now: datetime) -> datetime | None:
    """Now, if a part of some invoice's money is to be booked as revenue; a day to come is nothing to wait for."""
    return now if Invoice.objects.filter(earn_on__lte=wording.day_of(now)).exists() else None


def unsettled_attempt(sale: Subscription | Purchase) -> Attempt | None:
    """The newest attempt whose end is not known: being sent, without an answer, or waiting for an approval."""
    rows = Attempt.objects.filter(**{f"invoice__{sale.kind}": sale}, status__in=UNSETTLED)
    return rows.select_related("invoice", "payment_method").order_by("-pk").first()
