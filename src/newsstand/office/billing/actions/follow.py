"""What an event makes of a sale: the rule says it, and here it is done."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.accounts.actions import end_grant, give_grant
from newsstand.office.billing import queries
from newsstand.office.billing.actions import notices
from newsstand.office.billing.models import Attempt, Invoice, Purchase, Subscription
from newsstand.office.kit import audit, clock, outbox
from newsstand.office.kit.queries import publication
from newsstand.rules.billing import dunning, lifecycle
from newsstand.rules.billing.lifecycle import Do, State, Step
from newsstand.rules.billing.periods import access_until, due_at

REFUND = "billing.refund_charge"
CALL_OFF = "billing.call_off_charge"
GIVE_BACK = "billing.give_back"


@dataclass(frozen=True, slots=True)
class Turn:
    """A step about to be done. `invoice` and `attempt` are those the event is about, where it is about any."""

    sale: Subscription | Purchase
    step: Step
    invoice: Invoice | None
    attempt: Attempt | None
    by: str
    now: datetime


def follow(
    *,
    sale: Subscription | Purchase,
    event: lifecycle.Event,
    by: str,
    now: datetime,
    invoice: Invoice | None = None,
    attempt: Attempt | None = None,
    why: str = "",
) -> Step:
    """Ask the rule what the event makes of the sale, and do all of it.

    The caller's transaction holds the sale's row locked. A step that does not apply changes nothing.
    """
    before = State(sale.state)
    step = lifecycle.next(before, event, clock.to_unix(now))
    if not step.applies:
        return step
    _enter(sale, step, now)
    turn = Turn(sale, step, invoice, attempt, by, now)
    for do in step.do:
        _DOERS[do](turn)
    _plan_dunning(turn)
    sale.save()
    if sale.state != before:
        audit.record(
            by=by,
            verb=f"{sale.kind}_state",
            subject=sale.log_subject,
            before={"state": before.value},
            after={"state": step.state.value, "event": type(event).__name__},
            why=why,
            now=now,
        )
    return step


def _enter(sale: Subscription | Purchase, step: Step, now: datetime) -> None:
    sale.state = step.state
    if step.state is State.ENDED and sale.ended_at is None and step.end_reason is not None:
        sale.ended_at, sale.end_reason = now, step.end_reason
        sale.next_action_at = None


def _give_access(turn: Turn) -> None:
    if turn.sale.started_at is None:
        turn.sale.started_at = turn.now
    _grant(turn)


def _grant(turn: Turn) -> None:
    """Rights up to the end of what is paid."""
    sale, paid = turn.sale, queries.last_paid(turn.sale)
    if paid is None or sale.started_at is None:
        return
    until, grace = _rights_end(sale, paid)
    give_grant(
        account=sale.account,
        subject=sale.subject if isinstance(sale, Purchase) else f"product:{sale.product_code}",
        rights=sale.plan.rights,
        from_at=sale.started_at,
        until=until,
        grace_until=grace,
        source=sale.kind,
        source_ref=sale.ref,
        by=turn.by,
        now=turn.now,
    )


def _rights_end(sale: Subscription | Purchase, paid: Invoice) -> tuple[datetime | None, datetime | None]:
    """When rights end, and the days of grace that follow unless the reader has cancelled, or bought once."""
    if isinstance(sale, Purchase):
        return sale.reads_until, None
    until = clock.from_unix(access_until(paid.ends_on))
    if sale.is_cancelled:
        return until, None
    unpaid = queries.unpaid_period(sale)
    grace_from = paid.ends_on if unpaid is None else max(paid.ends_on, queries.grace_starts_on(unpaid))
    return until, clock.from_unix(dunning.grace_until(grace_from))


def _cut_access(turn: Turn) -> None:
    end_grant(
        source=turn.sale.kind,
        source_ref=turn.sale.ref,
        at=turn.now,
        by=turn.by,
        why=turn.sale.end_reason,
        now=turn.now,
    )


def _confirm_order(turn: Turn) -> None:
    if turn.invoice is None:
        raise ValueError("what was agreed to stands on an invoice")
    notices.send_confirmation(turn.sale, turn.invoice.consent, turn.now)


def _send_receipt(turn: Turn) -> None:
    if turn.invoice is None or turn.attempt is None:
        raise ValueError("a receipt is for an invoice and the attempt that paid it")
    is_sandbox = turn.invoice.gateway == "sandbox"
    notices.send_receipt(turn.invoice, turn.attempt, is_sandbox=is_sandbox, now=turn.now)


def _plan_renewal(turn: Turn) -> None:
    """The next moment is when the next period begins; what was bought once has no next one."""
    sale, paid = turn.sale, queries.last_paid(turn.sale)
    if isinstance(sale, Purchase):
        sale.next_action_at = None
        return
    if paid is not None:
        sale.next_seq = max(sale.next_seq, paid.seq + 1)
    due = due_at(sale.period(sale.next_seq), publication().zone, sale.ref)
    sale.next_action_at = clock.from_unix(due)


def _stop_charging(turn: Turn) -> None:
    """Nothing is tried any more; what is on its way is called off at the gateway, if that is still possible."""
    sale = turn.sale
    if sale.is_running and isinstance(sale, Subscription):
        sale.next_action_at = sale.cancel_at
        _grant(turn)
    for invoice in sale.invoices.filter(status=Invoice.Status.OPEN).exclude(charge_ref=""):
        outbox.add(CALL_OFF, {"invoice": invoice.pk}, key=invoice.ref)


def _resume_charging(turn: Turn) -> None:
    _plan_renewal(turn)
    _grant(turn)


def _retry(turn: Turn) -> None:
    if turn.step.retry_at is not None:
        turn.sale.next_action_at = clock.from_unix(turn.step.retry_at)


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
    notices.tell_staff_of_refusal(turn.sale, turn.attempt, turn.now)


def _void_open_invoice(turn: Turn) -> None:
    reason = turn.sale.end_reason or "cancelled"
    rows = turn.sale.invoices.filter(status=Invoice.Status.OPEN)
    rows.update(status=Invoice.Status.VOID, void_reason=reason)


def _confirm_cancel(turn: Turn) -> None:
    notices.send_cancelled(_subscription(turn), queries.last_paid(turn.sale), turn.now)


def _confirm_resume(turn: Turn) -> None:
    notices.send_kept(_subscription(turn), turn.now)


def _subscription(turn: Turn) -> Subscription:
    if isinstance(turn.sale, Purchase):
        raise TypeError("only a subscription is cancelled, and kept after all")
    return turn.sale


def _say_ended(turn: Turn) -> None:
    if turn.sale.started_at is not None:
        notices.send_ended(turn.sale, turn.now)


def _refund_charge(turn: Turn) -> None:
    if turn.invoice is None:
        raise ValueError("only an invoice's charge can be given back")
    outbox.add(REFUND, {"invoice": turn.invoice.pk}, key=turn.invoice.ref)


_DOERS: dict[Do, Callable[[Turn], None]] = {
    Do.GIVE_ACCESS: _give_access,
    Do.CONFIRM_ORDER: _confirm_order,
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
    """With a payment failed, something is due at the end of grace at the latest; until then the reader reads."""
    sale = turn.sale
    if sale.state != State.PAST_DUE or turn.invoice is None:
        return
    _grant(turn)
    grace_over = clock.from_unix(dunning.grace_until(queries.grace_starts_on(turn.invoice)))
    retry_at = turn.step.retry_at
    retry = clock.from_unix(retry_at) if retry_at is not None else grace_over
    sale.next_action_at = min(retry, grace_over)
