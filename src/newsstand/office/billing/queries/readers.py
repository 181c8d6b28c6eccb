"""What a reader has, has paid, and will pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, Sum

from newsstand.office.billing.models import Invoice, Purchase, Refund, Subscription, Transfer
from newsstand.office.billing.models.sales import LIVE, RUNNING
from newsstand.office.billing.queries import wording
from newsstand.rules.billing import dunning
from newsstand.rules.billing.books import sign_of
from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.price_notices import planned_price
from newsstand.rules.gate.facts import ReaderState
from newsstand.rules.money import Money

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


@dataclass(frozen=True, slots=True)
class NextCharge:
    """The day and the sum of the next charge."""

    on: date
    money: Money


def subscription_of(account: "Account", product_code: str) -> Subscription | None:
    """The reader's live subscription to a product: ordered, running, or with a failed payment."""
    return Subscription.objects.filter(account=account, product_code=product_code, state__in=LIVE).first()


def purchase_running(account: "Account", subject: str, now: datetime) -> Purchase | None:
    """What the reader has bought of a subject and may read still; of several the newest."""
    rows = Purchase.objects.filter(account=account, subject=subject, state=State.ACTIVE).order_by("-pk")
    return next((row for row in rows if row.reads_until is not None and row.reads_until > now), None)


def purchase_ordered(account: "Account", subject: str) -> Purchase | None:
    """What the reader has ordered of a subject and not paid yet."""
    rows = Purchase.objects.filter(account=account, subject=subject, state=State.PENDING)
    return rows.select_related("account", "plan", "offer").first()


def running_subscriptions(account: "Account") -> list[Subscription]:
    """The reader's subscriptions that give access, the oldest first."""
    rows = Subscription.objects.filter(account=account, state__in=RUNNING)
    return list(rows.select_related("plan", "offer", "payment_method").order_by("pk"))


def paid_invoices(account: "Account") -> QuerySet[Invoice]:
    """Everything the reader has paid, the newest first."""
    rows = Invoice.objects.filter(_of(account), status=Invoice.Status.PAID)
    return rows.select_related("subscription__plan", "purchase").order_by("-paid_at", "-pk")


def _of(account: "Account") -> Q:
    """The invoices of a reader, of whichever sale."""
    return Q(subscription__account=account) | Q(purchase__account=account)


def last_paid(sale: Subscription | Purchase) -> Invoice | None:
    """The paid period that ends last: up to its end the reader has paid."""
    return sale.invoices.filter(status=Invoice.Status.PAID).order_by("-seq").first()


def newest_invoice(sale: Subscription | Purchase) -> Invoice | None:
    """The invoice that counts of what was bought once; those before it were called off. Asks nothing where they were
    fetched with the sale."""
    return max(sale.invoices.all(), key=lambda row: row.pk, default=None)


def grace_starts_on(unpaid: Invoice) -> date:
    """The day from which the grace of an unpaid period counts."""
    first = unpaid.attempts.order_by("n").values_list("begun_at", flat=True).first()
    return dunning.grace_starts_on(unpaid.starts_on, wording.day_of(first) if first is not None else None)


def unpaid_period(sale: Subscription | Purchase) -> Invoice | None:
    """The period whose charge is still open, if there is one."""
    return sale.invoices.filter(status=Invoice.Status.OPEN).order_by("-seq").first()


def unpaid_periods(sales: Sequence[Subscription | Purchase]) -> dict[int, Invoice]:
    """The same of several subscriptions, by their numbers; what was bought once has no periods."""
    subscriptions = [sale for sale in sales if isinstance(sale, Subscription)]
    rows = Invoice.objects.filter(subscription__in=subscriptions, status=Invoice.Status.OPEN)
    return {row.subscription_id: row for row in rows.order_by("seq") if row.subscription_id is not None}


def money_left(invoice: Invoice) -> Money:
    """What is left of an invoice's money: taken, less what went back and what disputes hold or took."""
    rows = Transfer.objects.filter(reference=invoice.ref).values_list("key", "amount")
    left = sum(sign_of(key) * amount for key, amount in rows)
    return Money(left, invoice.currency)


def money_free(invoice: Invoice) -> Money:
    """What is left of an invoice's money and is not on its way back already."""
    waiting = invoice.refunds.filter(status=Refund.Status.WANTED).aggregate(sum=Sum("amount"))["sum"] or 0
    return Money(money_left(invoice).amount - waiting, invoice.currency)


def open_charges(account: "Account") -> QuerySet[Invoice]:
    """Invoices that are not paid yet and are still to be paid."""
    rows = Invoice.objects.filter(_of(account), status=Invoice.Status.OPEN)
    is_live = Q(subscription__state__in=LIVE) | Q(purchase__state__in=LIVE)
    return rows.filter(is_live).order_by("pk")


def next_charge(subscription: Subscription, just_paid: Invoice | None = None) -> NextCharge | None:
    """What is charged next, and when; None when nothing will be. `just_paid` is what the row does not know yet."""
    if not subscription.is_running or subscription.is_cancelled:
        return None
    paid = just_paid or last_paid(subscription)
    seq = subscription.next_seq if paid is None else max(subscription.next_seq, paid.seq + 1)
    seq = subscription.terms.next_charged(seq)
    money = planned_price(subscription.terms, subscription.told, seq)
    return NextCharge(subscription.period(seq).starts_on, money)


def reader_state(account: "Account", now: datetime) -> str:
    """Billing's word about a reader for the gate; "" where there is nothing to say."""
    rows = Subscription.objects.filter(account=account, started_at__isnull=False)
    states = list(rows.order_by("-pk").values_list("state", "cancel_requested_at", "end_reason"))
    if any(state == State.PAST_DUE for state, _, _ in states):
        return ReaderState.PAYMENT_FAILED
    running = [asked_at for state, asked_at, _ in states if state in RUNNING]
    if running:
        return ReaderState.CANCELLED if all(running) else ReaderState.NOTHING
    lapsed = (EndReason.CANCELLED, EndReason.PAYMENT_FAILED)
    return ReaderState.LAPSED if states and states[0][2] in lapsed else ReaderState.NOTHING
