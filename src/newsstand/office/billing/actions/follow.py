"""What an event makes of a sale: the rule says it, and here it is done."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.accounts.actions import Given, end_grant, give_grants
from newsstand.office.billing import queries
from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.call_off_next import call_off_next
from newsstand.office.billing.models import Attempt, Invoice, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.kit import audit, clock, outbox
from newsstand.office.kit.rows import update_each
from newsstand.rules.billing import dunning, lifecycle
from newsstand.rules.billing.lifecycle import Do, State, Step
from newsstand.rules.billing.periods import access_until

REFUND = "billing.refund_charge"
CALL_OFF = "billing.call_off_charge"
GIVE_BACK = "billing.give_back"
STAYS = "billing.tell_stays"


@dataclass(frozen=True, slots=True)
class Turn:
    """A step about to be done. `invoice` and `attempt` are those the event is about, where it is about any."""

    sale: Subscription | Purchase
    step: Step
    invoice: Invoice | None
    attempt: Attempt | None
    by: str
    now: datetime


Turns = Sequence[Turn]


@dataclass(frozen=True, slots=True)
class Happened:
    """An event about a sale, which the caller's transaction holds locked."""

    sale: Subscription | Purchase
    event: lifecycle.Event
    invoice: Invoice | None = None
    attempt: Attempt | None = None


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
    return follow_all([Happened(sale, event, invoice, attempt)], by=by, now=now, why=why)[0]


def follow_all(happened: Sequence[Happened], *, by: str, now: datetime, why: str = "") -> list[Step]:
    """The same for several sales at once: what is to be done for many of them is done together."""
    moment = clock.to_unix(now)
    steps = [lifecycle.next(State(row.sale.state), row.event, moment) for row in happened]
    turns, deeds = [], []
    for row, step in zip(happened, steps, strict=True):
        if not step.applies:
            continue
        if step.state != row.sale.state:
            deeds.append(_deed(row, step, by, why, now))
        _enter(row.sale, step, now)
        turns.append(Turn(row.sale, step, row.invoice, row.attempt, by, now))
    alike: dict[tuple[Do, ...], list[Turn]] = {}
    for turn in turns:
        alike.setdefault(turn.step.do, []).append(turn)
    for deed, same in alike.items():
        for do in deed:
            _DOERS[do](same)
    for turn in turns:
        _plan_dunning(turn)
    _save([turn.sale for turn in turns], is_plain=not deeds)
    audit.record_all(deeds)
    return steps


def _save(sales: list[Subscription | Purchase], *, is_plain: bool) -> None:
    """Of many that stay in their state only the plan has changed."""
    subscriptions = [sale for sale in sales if isinstance(sale, Subscription)]
    if is_plain and len(sales) > 1 and len(subscriptions) == len(sales):
        update_each(subscriptions, ["next_seq", "next_action_at"])
        return
    for sale in sales:
        sale.save()


def _deed(row: Happened, step: Step, by: str, why: str, now: datetime) -> audit.Deed:
    sale, event = row.sale, type(row.event).__name__
    before, after = {"state": State(sale.state).value}, {"state": step.state.value, "event": event}
    return audit.Deed(by, f"{sale.kind}_state", sale.log_subject, now, before, after, why)


def _enter(sale: Subscription | Purchase, step: Step, now: datetime) -> None:
    sale.state = step.state
    if step.state is State.ENDED and sale.ended_at is None and step.end_reason is not None:
        sale.ended_at, sale.end_reason = now, step.end_reason
        sale.next_action_at = None


def _give_access(turns: Turns) -> None:
    for turn in turns:
        if turn.sale.started_at is None:
            turn.sale.started_at = turn.now
    _grant(turns)


def _grant(turns: Turns) -> None:
    """Rights up to the end of what is paid."""
    given, unpaid = [], queries.unpaid_periods([turn.sale for turn in turns])
    for turn in turns:
        sale, paid = turn.sale, _last_paid(turn)
        if paid is None or sale.started_at is None:
            continue
        until, grace = _rights_end(sale, paid, unpaid.get(sale.pk))
        subject = sale.subject if isinstance(sale, Purchase) else f"product:{sale.product_code}"
        # A first payment may be heard of when its time is over: then the rights lay in that time.
        begun_at = sale.created_at if until is not None and until <= sale.started_at else sale.started_at
        given.append(
            Given(sale.account, subject, sale.plan.rights, begun_at, until, grace, sale.kind, sale.ref)
        )
    if given:
        give_grants(given, by=turns[0].by, now=turns[0].now)


def _last_paid(turn: Turn) -> Invoice | None:
    """The paid period that ends last: the one that the event is about, if none after it was paid before."""
    sale, invoice = turn.sale, turn.invoice
    if (
        isinstance(sale, Subscription)
        and invoice is not None
        and invoice.status == Invoice.Status.PAID
        and invoice.seq + 1 >= sale.next_seq
    ):
        return invoice
    return queries.last_paid(sale)


def _rights_end(
    sale: Subscription | Purchase, paid: Invoice, unpaid: Invoice | None
) -> tuple[datetime | None, datetime | None]:
    """When rights end, and the grace that follows unless the reader has cancelled, or bought once: some days after a
    charge that failed, and long enough where none was tried."""
    if isinstance(sale, Purchase):
        return sale.reads_until, None
    until = clock.from_unix(access_until(paid.ends_on))
    if sale.is_cancelled:
        return until, None
    if sale.state != State.PAST_DUE or unpaid is None:
        return until, clock.from_unix(dunning.untried_until(paid.ends_on))
    grace_from = max(paid.ends_on, queries.grace_starts_on(unpaid))
    return until, clock.from_unix(dunning.grace_until(grace_from))


def _cut_access(turn: Turn) -> None:
    """Rights end now. Nothing more is served of what was paid, so that its money is earned today."""
    unearned = turn.sale.invoices.filter(earn_on__isnull=False)
    unearned.update(earn_on=wording.day_of(turn.now))
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


def _send_receipts(turns: Turns) -> None:
    paid = []
    for turn in turns:
        if turn.invoice is None or turn.attempt is None:
            raise ValueError("a receipt is for an invoice and the attempt that paid it")
        paid.append((turn.invoice, turn.attempt))
    notices.send_receipts(paid, now=turns[0].now)


def _plan_renewal(turn: Turn) -> None:
    """The next moment is when the next period begins; what was bought once has no next one."""
    sale, paid = turn.sale, _last_paid(turn)
    if isinstance(sale, Purchase):
        sale.next_action_at = None
        return
    if paid is not None:
        sale.next_seq = max(sale.next_seq, paid.seq + 1)
    sale.next_action_at = queries.next_moment(sale, sale.next_seq, turn.now)


def _stop_charging(turn: Turn) -> None:
    """Nothing is tried any more; what is on its way is called off at the gateway, if that is still possible."""
    sale = turn.sale
    if sale.is_running and isinstance(sale, Subscription):
        sale.next_action_at = sale.cancel_at
        _grant([turn])
    for invoice in _to_call_off(turn):
        outbox.add(CALL_OFF, {"invoice": invoice.pk}, key=invoice.ref)


def _to_call_off(turn: Turn) -> list[Invoice]:
    """What is open; else, of a subscription that ran until now, the period that would be charged next."""
    sale = turn.sale
    is_marked = sale.is_cancelled and turn.step.state is State.ENDED
    unpaid = sale.invoices.filter(status=Invoice.Status.OPEN)
    if isinstance(sale, Purchase) or sale.started_at is None or is_marked:
        return list(unpaid.exclude(charge_ref=""))
    rows = list(unpaid.exclude(amount=0))
    called_off = call_off_next(subscription=sale, by=turn.by, now=turn.now) if not rows else None
    return [called_off] if called_off is not None else rows


def _resume_charging(turn: Turn) -> None:
    """As before; and the gateway is told, where it holds the charge that was called off."""
    _plan_renewal(turn)
    outbox.add(STAYS, {"subscription": turn.sale.pk}, key=turn.sale.ref)
    _grant([turn])


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


def _each(do: Callable[[Turn], None]) -> Callable[[Turns], None]:
    """Done for one after the other: what seldom happens to many at once."""

    def do_each(turns: Turns) -> None:
        for turn in turns:
            do(turn)

    return do_each


_DOERS: dict[Do, Callable[[Turns], None]] = {
    Do.GIVE_ACCESS: _give_access,
    Do.CONFIRM_ORDER: _each(_confirm_order),
    Do.SEND_RECEIPT: _send_receipts,
    Do.PLAN_RENEWAL: _each(_plan_renewal),
    Do.STOP_CHARGING: _each(_stop_charging),
    Do.RESUME_CHARGING: _each(_resume_charging),
    Do.RETRY: _each(_retry),
    Do.ASK_FOR_CARD: _each(_ask_for_card),
    Do.ASK_FOR_APPROVAL: _each(_ask_for_approval),
    Do.TELL_STAFF: _each(_tell_staff),
    Do.VOID_OPEN_INVOICE: _each(_void_open_invoice),
    Do.CONFIRM_CANCEL: _each(_confirm_cancel),
    Do.CONFIRM_RESUME: _each(_confirm_resume),
    Do.SAY_ENDED: _each(_say_ended),
    Do.CUT_ACCESS: _each(_cut_access),
    Do.REFUND_CHARGE: _each(_refund_charge),
}


def _plan_dunning(turn: Turn) -> None:
    """With a payment failed, something is due at the end of grace at the latest; until then the reader reads."""
    sale = turn.sale
    if sale.state != State.PAST_DUE or turn.invoice is None:
        return
    _grant([turn])
    grace_over = clock.from_unix(dunning.grace_until(queries.grace_starts_on(turn.invoice)))
    retry_at = turn.step.retry_at
    retry = clock.from_unix(retry_at) if retry_at is not None else grace_over
    sale.next_action_at = min(retry, grace_over)
