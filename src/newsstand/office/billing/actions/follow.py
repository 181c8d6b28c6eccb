"""What an event makes of a subscription: the rule says it, and here it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.accounts.actions import end_grant, give_grant
from newsstand.office.billing import queries
from newsstand.office.billing.actions import notices
from newsstand.office.billing.models import Attempt, Invoice, Subscription
from newsstand.office.kit import audit, clock, outbox
from newsstand.office.kit.queries import publication
from newsstand.rules.billing import dunning, lifecycle
from newsstand.rules.billing.lifecycle import Do, State, Step
from newsstand.rules.billing.periods import access_until, due_at

GRANT_SOURCE = "subscription"
REFUND = "billing.refund_charge"
CALL_OFF = "billing.call_off_charge"
GIVE_BACK = "billing.give_back"


@dataclass(frozen=True, slots=True)
class Turn:
    """A step about to be done. `invoice` and `attempt` are those the event is about, where it is about any."""

    subscription: Subscription
    step: Step
    invoice: Invoice | None
    attempt: Attempt | None
    by: str
    now: datetime


def follow(
    *,
    subscription: Subscription,
    event: lifecycle.Event,
    by: str,
    now: datetime,
    invoice: Invoice | None = None,
    attempt: Attempt | None = None,
    why: str = "",
) -> Step:
    """Ask the rule what the event makes of the subscription, and do all of it.

    The caller's transaction holds the subscription's row locked. A step that does not apply changes nothing.
    """
    before = State(subscription.state)
    step = lifecycle.next(before, event, clock.to_unix(now))
    if not step.applies:
        return step
    _enter(subscription, step, now)
    turn = Turn(subscription, step, invoice, attempt, by, now)
    for do in step.do:
        _DOERS[do](turn)
    _plan_dunning(turn)
    subscription.save()
    if subscription.state != before:
        audit.record(
            by=by,
            verb="subscription_state",
            subject=f"subscription:{subscription.ref}",
            before={"state": before.value},
            after={"state": step.state.value, "event": type(event).__name__},
            why=why,
            now=now,
        )
    return step


def _enter(subscription: Subscription, step: Step, now: datetime) -> None:
    subscription.state = step.state
    if step.state is State.ENDED and subscription.ended_at is None and step.end_reason is not None:
        subscription.ended_at, subscription.end_reason = now, step.end_reason
        subscription.next_action_at = None


def _give_access(turn: Turn) -> None:
    if turn.subscription.started_at is None:
        turn.subscription.started_at = turn.now
    _grant(turn)


def _grant(turn: Turn) -> None:
    """Rights up to the end of what is paid; days of grace follow unless the reader has cancelled."""
    subscription, paid = turn.subscription, queries.last_paid(turn.subscription)
    if paid is None or subscription.started_at is None:
        return
    grace = None if subscription.is_cancelled else clock.from_unix(dunning.grace_until(paid.ends_on))
    give_grant(
        account=subscription.account,
        subject=f"product:{subscription.product_code}",
        rights=subscription.plan.rights,
        from_at=subscription.started_at,
        until=clock.from_unix(access_until(paid.ends_on)),
        grace_until=grace,
        source=GRANT_SOURCE,
        source_ref=subscription.ref,
        by=turn.by,
        now=turn.now,
    )


def _cut_access(turn: Turn) -> None:
    end_grant(
        source=GRANT_SOURCE,
        source_ref=turn.subscription.ref,
        at=turn.now,
        by=turn.by,
        why=turn.subscription.end_reason,
        now=turn.now,
    )


def _send_receipt(turn: Turn) -> None:
    if turn.invoice is None or turn.attempt is None:
        raise ValueError("a receipt is for an invoice and the attempt that paid it")
    if turn.invoice.seq == 0:
        notices.send_confirmation(turn.subscription, turn.invoice.consent, turn.now)
    is_sandbox = turn.invoice.gateway == "sandbox"
    notices.send_receipt(turn.invoice, turn.attempt, is_sandbox=is_sandbox, now=turn.now)


def _plan_renewal(turn: Turn) -> None:
    subscription, paid = turn.subscription, queries.last_paid(turn.subscription)
    if paid is not None:
        subscription.next_seq = max(subscription.next_seq, paid.seq + 1)
    due = due_at(subscription.period(subscription.next_seq), publication().zone, subscription.ref)
    subscription.next_action_at = clock.from_unix(due)


def _stop_charging(turn: Turn) -> None:
    """Nothing is tried any more; what is on its way is called off at the gateway, if that is still possible."""
    subscription = turn.subscription
    if subscription.is_running:
        subscription.next_action_at = subscription.cancel_at
        _grant(turn)
    for invoice in subscription.invoices.filter(status=Invoice.Status.OPEN).exclude(charge_ref=""):
        outbox.add(CALL_OFF, {"invoice": invoice.pk}, key=invoice.ref)


def _resume_charging(turn: Turn) -> None:
    _plan_renewal(turn)
    _grant(turn)


def _retry(turn: Turn) -> None:
    if turn.step.retry_at is not None:
        turn.subscription.next_action_at = clock.from_unix(turn.step.retry_at)


def _ask_for_card(turn: Turn) -> None:
    _say_payment_failed(turn, wants_approval=False)


def _ask_for_approval(turn: Turn) -> None:
    _say_payment_failed(turn, wants_approval=True)


def _say_payment_failed(turn: Turn, *, wants_approval: bool) -> None:
    if turn.invoice is None or turn.attempt is None:
        raise ValueError("a payment that failed has an invoice and an attempt")
    notices.send_payment_failed(turn.invoice, turn.attempt, wants_approval=wants_approval, now=turn.now)


def _tell_staff(turn: Turn) -> None:
    if turn.attempt is None:
        raise ValueError("staff are told about an attempt")
    notices.tell_staff_of_refusal(turn.subscription, turn.attempt, turn.now)


def _void_open_invoice(turn: Turn) -> None:
    reason = turn.subscription.end_reason or "cancelled"
    rows = turn.subscription.invoices.filter(status=Invoice.Status.OPEN)
    rows.update(status=Invoice.Status.VOID, void_reason=reason)


def _confirm_cancel(turn: Turn) -> None:
    notices.send_cancelled(turn.subscription, queries.last_paid(turn.subscription), turn.now)


def _confirm_resume(turn: Turn) -> None:
    notices.send_kept(turn.subscription, turn.now)


def _say_ended(turn: Turn) -> None:
    if turn.subscription.started_at is not None:
        notices.send_ended(turn.subscription, turn.now)


def _refund_charge(turn: Turn) -> None:
    if turn.invoice is None:
        raise ValueError("only an invoice's charge can be given back")
    outbox.add(REFUND, {"invoice": turn.invoice.pk}, key=turn.invoice.ref)


_DOERS: dict[Do, Callable[[Turn], None]] = {
    Do.GIVE_ACCESS: _give_access,
    Do.SEND_RECEIPT: _send_receipt,
    Do.PLAN_RENEWAL: _plan_renewal,
    Do.STOP_CHARGING: _stop_charging,
    Do.RESUME_CHARGING: _resume_charging,
    Do.RETRY: _retry,
    Do.ASK_FOR_CARD: _ask_for_card,
    Do.ASK_FOR_APPROVAL: _ask_for_approval,
    Do.TELL_STAFF: _tell_staff,
    Do.VOID_OPEN_INVOICE: _void_open_invoice,
    Do.CONFIRM_CANCEL: _confirm_cancel,
    Do.CONFIRM_RESUME: _confirm_resume,
    Do.SAY_ENDED: _say_ended,
    Do.CUT_ACCESS: _cut_access,
    Do.REFUND_CHARGE: _refund_charge,
}


def _plan_dunning(turn: Turn) -> None:
    """With a payment failed, something is due at the end of grace at the latest."""
    subscription = turn.subscription
    if subscription.state != State.PAST_DUE or turn.invoice is None:
        return
    grace_over = clock.from_unix(dunning.grace_until(turn.invoice.starts_on))
    retry_at = turn.step.retry_at
    retry = clock.from_unix(retry_at) if retry_at is not None else grace_over
    subscription.next_action_at = min(retry, grace_over)
