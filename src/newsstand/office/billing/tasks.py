"""What billing does after a commit and from time to time. What was done is a line in the worker's log."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from newsstand.office.billing import queries
from newsstand.office.billing.actions import after_commit, follow, receive_webhook, serve_due
from newsstand.office.billing.actions.audit_books import audit_and_keep
from newsstand.office.billing.actions.earn_revenue import earn_revenue
from newsstand.office.billing.actions.gateway_in_use import why_no_payments
from newsstand.office.billing.actions.read_event_lists import read_event_lists
from newsstand.office.billing.actions.serve_purchases import serve_purchases
from newsstand.office.billing.gateways.sandbox import payouts, permit, webhooks
from newsstand.office.billing.queries import upkeep
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.registry import registry

log = logging.getLogger(__name__)

SANDBOX = "sandbox"
AUDIT_EVERY = 600.0
EARN_EVERY = 3600.0
PAY_OUT_EVERY = 600.0
RESUME_EVERY = 600.0
READ_LISTS_EVERY = 60.0
RESUME_AFTER = timedelta(hours=1)
OWED = (follow.REFUND, follow.CALL_OFF, follow.GIVE_BACK, follow.STAYS)


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(follow.REFUND, after_commit.refund_charge, can_wait=True)
    registry.on(follow.CALL_OFF, after_commit.call_off_charge, can_wait=True)
    registry.on(follow.GIVE_BACK, after_commit.give_back, can_wait=True)
    registry.on(follow.STAYS, after_commit.tell_stays, can_wait=True)
    registry.every("billing.renew", 1.0, _renew, queries.next_due)
    registry.every("billing.earn", EARN_EVERY, _earn, queries.revenue_waits)
    registry.every("billing.audit", AUDIT_EVERY, _audit)
    registry.every("billing.event_lists", READ_LISTS_EVERY, _read_event_lists)
    registry.every("billing.resume", RESUME_EVERY, _resume)
    registry.at_start.append(_say_what_is_missing)
    if permit.is_allowed():
        webhooks.use_door(_overtake)
        registry.every("billing.sandbox_payouts", PAY_OUT_EVERY, _pay_out)
        registry.every("billing.sandbox_webhooks", 1.0, _deliver_webhooks, _next_webhook)


def _say_what_is_missing(now: datetime) -> None:
    why = why_no_payments()
    if why:
        log.warning("no_payments_are_taken why=%s", why)


def _renew(now: datetime) -> None:
    subscriptions, purchases = serve_due(now=now, ticking=clock.now), serve_purchases(now=now)
    if subscriptions or purchases:
        left = " ".join(f"{name}={count}" for name, count in upkeep.counts(now).items())
        log.info("due_served subscriptions=%s purchases=%s now: %s", subscriptions, purchases, left)


def _earn(now: datetime) -> None:
    invoices = earn_revenue(now=now)
    if invoices:
        log.info("revenue_earned invoices=%s", invoices)


def _audit(now: datetime) -> None:
    found = audit_and_keep(now=now)
    log.info(
        "books_audited sales=%s violations=%s seconds=%.1f",
        found.sales,
        found.violations,
        found.seconds,
    )


def _read_event_lists(now: datetime) -> None:
    for read in read_event_lists(now=now):
        if read.missed or read.unknown:
            log.warning(
                "events_missed gateway=%s missed=%s unknown=%s", read.gateway, read.missed, read.unknown
            )


def _resume(now: datetime) -> None:
    """What the gateway still has to do is never given up: one that was away longer than the outbox's patience is asked
    again every hour."""
    rows = outbox.resume(OWED, parked_before=clock.real_now() - RESUME_AFTER)
    if rows:
        log.warning("owed_rows_resumed rows=%s", rows)


def _pay_out(now: datetime) -> None:
    payouts.pay_out(clock.to_unix(now))


def _deliver_webhooks(now: datetime) -> None:
    """The sandbox bank's messages go in by the same door as those that come over the network."""

    def post(headers: Mapping[str, str], body: bytes) -> bool:
        return receive_webhook(gateway_name=SANDBOX, headers=headers, body=body, now=now)

    while webhooks.deliver_due(clock.to_unix(now), post):
        pass


def _overtake(headers: Mapping[str, str], body: bytes) -> bool:
    """A message that arrives while its charge is still waiting for the answer."""
    return receive_webhook(gateway_name=SANDBOX, headers=headers, body=body, now=clock.now())


def _next_webhook(now: datetime) -> datetime | None:
    due = webhooks.next_due_at()
    return clock.from_unix(due) if due is not None else None
