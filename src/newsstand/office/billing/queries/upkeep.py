"""What those who look after billing ask: who is charged on a day, what happened to a subscription, what is due."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from newsstand.office.billing.models import (
    Attempt,
    BooksAudit,
    ChargingStop,
    EventList,
    Invoice,
    Purchase,
    Refund,
    Subscription,
    Transfer,
)
from newsstand.office.billing.models.invoices import IN_FLIGHT, UNSETTLED
from newsstand.office.billing.models.sales import LIVE
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.due import waiting, waiting_purchases
from newsstand.office.kit.queries import deeds_about, publication
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.price_notices import planned_price
from newsstand.rules.money import Money


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of a preview. `why` says what is due, or why nothing is charged."""

    subscription: str
    is_charged: bool
    amount: int
    currency: str
    why: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of a subscription's story."""

    at: datetime
    said: str


def sale_by_ref(ref: str) -> Subscription | Purchase | None:
    """The subscription or purchase of a number as it stands in mails and on the staff's page."""
    try:
        public_id = UUID(hex=ref.strip())
    except ValueError:
        return None
    found = (
        Subscription.objects.select_related("account", "plan", "offer").filter(public_id=public_id).first()
    )
    return (
        found
        or Purchase.objects.select_related("account", "plan", "offer").filter(public_id=public_id).first()
    )


def invoice_by_ref(ref: str) -> Invoice | None:
    """The invoice of a number as it stands on receipts."""
    try:
        public_id = UUID(hex=ref.strip())
    except ValueError:
        return None
    rows = Invoice.objects.select_related("subscription__plan", "purchase")
    return rows.filter(public_id=public_id).first()


def charging_stopped() -> ChargingStop | None:
    """The switch, if it is thrown."""
    return ChargingStop.objects.first()


def last_audit() -> BooksAudit | None:
    """What the newest audit found."""
    return BooksAudit.objects.order_by("-pk").first()


def event_lists() -> QuerySet[EventList]:
    """The gateways' own lists, and how far each was read."""
    return EventList.objects.order_by("gateway")


def lost_attempts(now: datetime) -> QuerySet[Attempt]:
    """Attempts whose answer is overdue: the lease of their sender is over."""
    rows = Attempt.objects.filter(status__in=UNSETTLED, lease_until__lte=now)
    return rows.select_related("invoice__subscription", "invoice__purchase", "payment_method").order_by("pk")


def counts(now: datetime) -> dict[str, int]:
    """What is due, on its way and set aside, for the worker's line and the staff's page."""
    own = Subscription.objects.filter(state__in=LIVE, engine=Engine.OWN)
    bought = Purchase.objects.filter(state__in=LIVE)
    return {
        "due": sum(rows.filter(next_action_at__lte=now).count() for rows in (waiting(), waiting_purchases())),
        "in_flight": Attempt.objects.filter(status__in=IN_FLIGHT).count(),
        "past_due": own.filter(state=State.PAST_DUE).count(),
        "parked": sum(rows.exclude(parked_reason="").count() for rows in (own, bought)),
        "refunds": Refund.objects.filter(status=Refund.Status.WANTED).count(),
    }


def preview(on: date) -> Iterator[Planned]:
    """Who is charged by the end of a day, how much and why; and who would be, and is not."""
    ends_at = datetime.combine(on + timedelta(days=1), datetime.min.time(), ZoneInfo(publication().zone))
    rows = Subscription.objects.filter(state__in=LIVE, next_action_at__lt=ends_at)
    offers = rows.select_related("offer__plan").prefetch_related("offer__steps", "price_notices")
    for row in offers.order_by("next_action_at", "pk"):
        yield _planned(row, on)


def _planned(row: Subscription, on: date) -> Planned:
    price = planned_price(row.terms, row.told, row.next_seq)
    why = _why_not(row, price, on)
    if why:
        return Planned(row.ref, False, price.amount, price.currency, why)
    due = "the open period is tried again" if row.state == State.PAST_DUE else f"period {row.next_seq} begins"
    return Planned(row.ref, True, price.amount, price.currency, due)


def _why_not(row: Subscription, price: Money, on: date) -> str:
    if row.engine != Engine.OWN:
        return "another system charges it"
    if row.parked_reason:
        return f"parked: {row.parked_reason}"
    if row.is_cancelled:
        return "cancelled: it ends"
    if row.state == State.PENDING:
        return "ordered and not paid: it expires"
    if row.state == State.ACTIVE and on < row.period(row.next_seq).starts_on:
        return "the reader is told what the next period costs"
    return "" if price.amount else "the next period is free"


def story(sale: Subscription | Purchase) -> list[Told]:
    """All that happened to a sale in plain sentences, the oldest first."""
    told = [Told(sale.created_at, "ordered")]
    told += [Told(row.at, f"agreed to the terms ({row.sha256[:8]})") for row in sale.consents.all()]
    for invoice in sale.invoices.prefetch_related("attempts__payment_method", "refunds").order_by("pk"):
        told += _of_invoice(invoice)
    deeds = deeds_about(sale.log_subject)
    told += [_of_deed(deed) for deed in deeds if deed["verb"] not in _TOLD_BY_ROWS]
    return sorted(told, key=lambda line: line.at)


def _of_invoice(invoice: Invoice) -> Iterator[Told]:
    span, money = wording.span(invoice.period), wording.amount(invoice.money)
    yield Told(invoice.opened_at, f"period {invoice.seq} ({span}) is to be paid: {money}")
    for attempt in invoice.attempts.all():
        code = f", {attempt.code}" if attempt.code else ""
        said = f"try {attempt.n} with {attempt.payment_method}: {attempt.get_status_display()}{code}"
        yield Told(attempt.settled_at or attempt.begun_at, said)
    for entry in Transfer.objects.filter(reference=invoice.ref).order_by("pk"):
        kind, amount = entry.key.partition(":")[0].replace("_", " "), wording.amount(entry.money)
        yield Told(entry.at, f"booked, {kind}: {amount} from {entry.credit} to {entry.debit}")


_TOLD_BY_ROWS = {"open_invoice", "record_attempt", "consent", "order_subscription", "order_purchase"}


def _of_deed(deed: dict[str, Any]) -> Told:
    verb = deed["verb"].replace("_", " ")
    if deed["verb"].endswith("_state"):
        verb = f"{deed['before']['state']} became {deed['after']['state']} ({deed['after']['event']})"
    why = f": {deed['why']}" if deed["why"] else ""
    return Told(deed["at"], f"{verb} by {deed['by']}{why}")
