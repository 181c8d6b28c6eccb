"""What the worker does for subscriptions whose moment has come."""

import logging
from datetime import datetime

from django.db import connection, transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.begin_attempt import LEASE, Refusal, Wanted
from newsstand.office.billing.actions.end_sale import Ending, end_sale
from newsstand.office.billing.actions.open_invoice import open_invoices
from newsstand.office.billing.actions.parking import park
from newsstand.office.billing.actions.report_late import report_late
from newsstand.office.billing.actions.serve_free import serve_free
from newsstand.office.billing.actions.stop_charging import stop_charging
from newsstand.office.billing.actions.sweep_attempt import sweep_attempt
from newsstand.office.billing.actions.take_payment import Ticking, take_payment, take_payments
from newsstand.office.billing.actions.tell_price import remind_of_price
from newsstand.office.billing.gateways.base import GatewayError, Initiator
from newsstand.office.billing.models import Attempt, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries.due import waiting
from newsstand.office.kit import clock
from newsstand.rules.billing import dunning, lifecycle
from newsstand.rules.billing.lifecycle import State

log = logging.getLogger(__name__)

BY = "system"
NO_CARD = "there is no card to charge"
PORTION = 100
LONGEST_RUN = 60.0  # seconds

ENOUGH = 20  # attempts of a run before their answers say anything about the gateway
MOST_UNKNOWN = 0.1
MOST_OVER_PLAN = 1.5


def serve_due(*, now: datetime, ticking: Ticking | None = None) -> int:
    """Do what is due for every subscription, the longest waiting first; returns for how many.

    They are taken by the portion: what is to be written for all of a portion is written at once. Two brakes stop all
    charging: far more to do than was due when the run began, or too many without an answer. The first portion is a
    small one, so that a gateway that does not answer is asked no more often than a brake needs to see it.

    `ticking` says what time it has become while calls go out; where there is none, no time goes by. A run ends after a
    minute, so that what it has claimed, which counts from `now`, is served before its lease is over; whoever called it
    calls it again.
    """
    served, planned, began = 0, waiting().filter(next_action_at__lte=now).count(), clock.monotonic()
    while clock.monotonic() - began < LONGEST_RUN:
        claimed = claim(now=now, limit=PORTION if served else ENOUGH)
        if not claimed:
            break
        _serve_portion(claimed, now, ticking)
        served += len(claimed)
        if served >= ENOUGH:
            _brake(served, planned, now)
    return served


def _serve_portion(claimed: list[int], now: datetime, ticking: Ticking | None) -> None:
    """Renewals together; whatever else is due one by one."""
    rows = Subscription.objects.select_related("payment_method").in_bulk(claimed)
    on_their_way = set(
        Attempt.objects.filter(invoice__subscription__in=claimed, status__in=UNSETTLED).values_list(
            "invoice__subscription_id", flat=True
        )
    )
    renewed, others = list[Subscription](), list[int]()
    for pk in claimed:
        row = rows[pk]
        if row.state == State.ACTIVE and not row.is_cancelled and pk not in on_their_way:
            renewed.append(row)
        else:
            others.append(pk)
    _renew(renewed, now, ticking)
    for pk in others:
        try:
            serve(subscription_id=pk, now=now)
        except GatewayError as error:
            _park(pk, error, now)


def _park(subscription_id: int, error: GatewayError, now: datetime) -> None:
    log.error("subscription_parked subscription=%s", subscription_id, exc_info=error)
    park(sale=Subscription(pk=subscription_id), why=f"gateway: {error}", by=BY, now=now)


def _renew(subscriptions: list[Subscription], now: datetime, ticking: Ticking | None = None) -> None:
    """Charge the period that contains now, of several subscriptions."""
    wanted: list[tuple[Subscription, Wanted]] = []
    opened = open_invoices(subscriptions=subscriptions, by=BY, now=now) if subscriptions else []
    for subscription, invoice in zip(subscriptions, opened, strict=True):
        card = subscription.payment_method
        if invoice is None:
            seq = _next_seq(subscription, now)
            if not remind_of_price(subscription=subscription, seq=seq, by=BY, now=now):
                _wait(subscription, queries.next_moment(subscription, seq, now))
            continue
        report_late(subscription=subscription, invoice=invoice, by=BY, now=now)
        if invoice.amount == 0:
            serve_free(invoice=invoice, payment_method=card, by=BY, now=now)
        elif card is None:
            park(sale=subscription, why=NO_CARD, by=BY, now=now)
        else:
            wanted.append((subscription, Wanted(invoice, card)))
    taken = take_payments(
        wanted=[row for _, row in wanted],
        initiator=Initiator.MERCHANT,
        return_url="",
        by=BY,
        now=now,
        ticking=ticking,
    )
    for (subscription, _), result in zip(wanted, taken, strict=True):
        if isinstance(result, GatewayError):
            _park(subscription.pk, result, now)
        elif isinstance(result, Refusal):
            _after_refusal(subscription, result, now)


def _brake(served: int, planned: int, now: datetime) -> None:
    made = Attempt.objects.filter(begun_at__gte=now, initiator=Initiator.MERCHANT.value)
    total = made.count()
    unknown = made.filter(status=Attempt.Status.UNKNOWN).count()
    if served > planned * MOST_OVER_PLAN + ENOUGH:
        stop_charging(why=f"{served} were served, {planned} were due", by=BY, now=now)
    elif total >= ENOUGH and unknown > total * MOST_UNKNOWN:
        stop_charging(why=f"{unknown} of {total} charges have no answer", by=BY, now=now)


def claim(*, now: datetime, limit: int) -> list[int]:
    """Take those subscriptions that wait longest, for the time of a lease; no two workers take the same.

    Their next moment is set to the end of the lease: should this process die, they are due again then.
    """
    with transaction.atomic():
        rows = waiting().filter(next_action_at__lte=now).order_by("next_action_at", "pk")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True)
        claimed = list(rows.values_list("pk", flat=True)[:limit])
        Subscription.objects.filter(pk__in=claimed).update(next_action_at=now + LEASE)
        return claimed


def serve(*, subscription_id: int, now: datetime) -> None:
    """Do the one thing that is due for a claimed subscription."""
    subscription = Subscription.objects.select_related("payment_method").get(pk=subscription_id)
    attempt = queries.unsettled_attempt(subscription)
    if attempt is not None:
        attempt.invoice.sale = subscription
        sweep_attempt(attempt=attempt, by=BY, now=now)
    elif subscription.state == State.PENDING:
        _end_or_wait(subscription, lifecycle.CheckoutExpired(), subscription.checkout_ends_at, now)
    elif subscription.is_cancelled:
        _end_or_wait(subscription, lifecycle.PaidTimeOver(), subscription.cancel_at or now, now)
    elif subscription.state == State.PAST_DUE and _grace_ends_at(subscription, now) <= now:
        end_sale(sale=subscription, event=lifecycle.GraceOver(), by=BY, why="", now=now)
    else:
        _charge(subscription, now)


def _end_or_wait(subscription: Subscription, event: Ending, at: datetime, now: datetime) -> None:
    if at <= now:
        end_sale(sale=subscription, event=event, by=BY, why="", now=now)
    else:
        _wait(subscription, at)


def _charge(subscription: Subscription, now: datetime) -> None:
    """Charge again the period whose payment failed, if it is still open; else the one that contains now."""
    invoice = queries.unpaid_period(subscription) if subscription.state == State.PAST_DUE else None
    card = subscription.payment_method
    if invoice is None:
        _renew([subscription], now)
        return
    if card is None:
        park(sale=subscription, why=NO_CARD, by=BY, now=now)
        return
    taken = take_payment(
        invoice=invoice, payment_method=card, initiator=Initiator.MERCHANT, return_url="", by=BY, now=now
    )
    if isinstance(taken, Refusal):
        _after_refusal(subscription, taken, now)


def _after_refusal(subscription: Subscription, refusal: Refusal, now: datetime) -> None:
    """Nothing may be tried: with a failed payment the reader can still mend it, else a person has to look.

    An attempt in flight, a cancellation or an end that came in between have set a moment of their own.
    """
    if refusal.why not in {"refused_card", "too_many"}:
        return
    if subscription.state == State.PAST_DUE:
        _wait(subscription, _grace_ends_at(subscription, now))
    else:
        park(sale=subscription, why=f"no charge may be tried: {refusal.why}", by=BY, now=now)


def _wait(subscription: Subscription, until: datetime) -> None:
    """Look at it again then, unless someone has set another moment since it was claimed."""
    claimed = Subscription.objects.filter(pk=subscription.pk, next_action_at=subscription.next_action_at)
    claimed.update(next_action_at=until)


def _next_seq(subscription: Subscription, now: datetime) -> int:
    """The period that comes after the present one, which is paid or void."""
    return max(subscription.next_seq, queries.present_period(subscription, now).seq + 1)


def _grace_ends_at(subscription: Subscription, now: datetime) -> datetime:
    invoice = queries.unpaid_period(subscription)
    if invoice is None:
        return now
    return clock.from_unix(dunning.grace_until(queries.grace_starts_on(invoice)))
