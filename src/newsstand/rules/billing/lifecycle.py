"""The subscription's four states and what each event makes of them.

A cancellation is no state but a date: the subscription stays active until its paid time is over.
`next` answers for every state and every event; what makes no sense in a state changes nothing and says so.
"""

from dataclasses import dataclass
from enum import StrEnum

from newsstand.rules.billing.dunning import DeclineClass, next_attempt_at


class State(StrEnum):
    PENDING = "pending"
    """Ordered, and the first charge has not succeeded yet: no access."""
    ACTIVE = "active"
    """The current period is paid, or its charge is on the way."""
    PAST_DUE = "past_due"
    """The current period's charge was declined: the reader reads on until grace is over."""
    ENDED = "ended"
    """Over for good: coming back is a new subscription."""


class EndReason(StrEnum):
    CHECKOUT_ABANDONED = "checkout_abandoned"
    CANCELLED = "cancelled"
    PAYMENT_FAILED = "payment_failed"
    WITHDRAWN = "withdrawn"
    DISPUTED = "disputed"
    STAFF = "staff"


class Do(StrEnum):
    """What the office has to do after a step, each at most once."""

    GIVE_ACCESS = "give_access"
    """Give or extend the grant to the end of the paid period."""
    CONFIRM_ORDER = "confirm_order"
    """Mail: what was agreed to, and how to cancel."""
    SEND_RECEIPT = "send_receipt"
    PLAN_RENEWAL = "plan_renewal"
    """Set the next action to the due moment of the next period."""
    STOP_CHARGING = "stop_charging"
    """No new attempt from now on; one in flight is cancelled at the gateway if that is possible."""
    RESUME_CHARGING = "resume_charging"
    RETRY = "retry"
    """Try the open invoice again at `retry_at`."""
    ASK_FOR_CARD = "ask_for_card"
    """Mail: the charge failed, here is the link, you read on until grace is over."""
    ASK_FOR_APPROVAL = "ask_for_approval"
    """Mail: your bank wants you to approve the payment, here is the link."""
    TELL_STAFF = "tell_staff"
    VOID_OPEN_INVOICE = "void_open_invoice"
    """What is unpaid stays unpaid: no debt is collected for time nobody paid for."""
    CONFIRM_CANCEL = "confirm_cancel"
    CONFIRM_RESUME = "confirm_resume"
    SAY_ENDED = "say_ended"
    CUT_ACCESS = "cut_access"
    """End the grant now and close the passes."""
    REFUND_CHARGE = "refund_charge"
    """Give the money of this event back in full: it came after the end, or for a period after the cancel."""


@dataclass(frozen=True, slots=True)
class Paid:
    """A charge succeeded. `wanted` is false when it pays for a period that starts after a cancellation."""

    wanted: bool = True


@dataclass(frozen=True, slots=True)
class FreeBegun:
    """A period begins that costs nothing: there is no charge, and no receipt."""


@dataclass(frozen=True, slots=True)
class Declined:
    """An attempt at the current invoice was declined; `attempts_made` counts it."""

    cause: DeclineClass
    attempts_made: int
    first_attempt_at: int
    not_before: int | None = None


@dataclass(frozen=True, slots=True)
class CardChanged:
    """The reader has put in a working card."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The reader cancels."""


@dataclass(frozen=True, slots=True)
class CancelTakenBack:
    """The reader wants to stay after all, before the paid time is over."""


@dataclass(frozen=True, slots=True)
class PaidTimeOver:
    """The paid time of a cancelled subscription is over."""


@dataclass(frozen=True, slots=True)
class GraceOver:
    """The days in which a declined card could be mended are over."""


@dataclass(frozen=True, slots=True)
class CheckoutExpired:
    """The reader left the checkout and did not come back."""


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The reader withdraws from the contract; the money goes back and access ends."""


@dataclass(frozen=True, slots=True)
class DisputeLost:
    """The bank has taken the money back."""


@dataclass(frozen=True, slots=True)
class EndedByStaff:
    """Staff end it now: hardship, a minor, a death."""


Event = (
    Paid
    | FreeBegun
    | Declined
    | CardChanged
    | Cancelled
    | CancelTakenBack
    | PaidTimeOver
    | GraceOver
    | CheckoutExpired
    | Withdrawn
    | DisputeLost
    | EndedByStaff
)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows: the new state, what to do, and whether the event meant anything in the old state."""

    state: State
    do: tuple[Do, ...] = ()
    applies: bool = True
    retry_at: int | None = None
    end_reason: EndReason | None = None


ENDS_AT_ONCE: dict[type, EndReason] = {
    Withdrawn: EndReason.WITHDRAWN,
    DisputeLost: EndReason.DISPUTED,
    EndedByStaff: EndReason.STAFF,
}


def next(state: State, event: Event, now: int) -> Step:  # noqa: A001 - the house's word for it
    """The step that `event` makes from `state` at `now` (unix seconds).

    Active and declined softly for the first time: past_due, tried again in 3 days, and a mail. Declined hard:
    past_due, not tried again. Cancelled while active: still active, but nothing is charged any more.
    """
    if state is State.ENDED:
        return _after_the_end(event)
    if type(event) in ENDS_AT_ONCE:
        return _end(ENDS_AT_ONCE[type(event)], Do.CUT_ACCESS)
    match event:
        case Paid(wanted):
            return _paid(state, wanted)
        case Declined():
            return _declined(state, event, now)
        case CardChanged() if state is State.PAST_DUE:
            return Step(State.PAST_DUE, (Do.RETRY,), retry_at=now)
    return _TABLE.get((state, type(event)), Step(state, applies=False))


def _end(reason: EndReason, *also: Do) -> Step:
    do = (Do.STOP_CHARGING, Do.VOID_OPEN_INVOICE, *also, Do.SAY_ENDED)
    return Step(State.ENDED, do, end_reason=reason)


def _after_the_end(event: Event) -> Step:
    """Ended is final: money that arrives anyway goes back."""
    if isinstance(event, Paid):
        return Step(State.ENDED, (Do.REFUND_CHARGE,))
    return Step(State.ENDED, applies=False)


def _paid(state: State, wanted: bool) -> Step:
    if not wanted:
        return Step(state, (Do.REFUND_CHARGE,))
    first = (Do.CONFIRM_ORDER,) if state is State.PENDING else ()
    return Step(State.ACTIVE, (Do.GIVE_ACCESS, *first, Do.SEND_RECEIPT, Do.PLAN_RENEWAL))


def _declined(state: State, event: Declined, now: int) -> Step:
    """In checkout the reader is there and types another card; later a mail goes out, and retries follow."""
    if state is State.PENDING:
        return Step(State.PENDING)
    retry_at = next_attempt_at(
        event.cause, event.attempts_made, event.first_attempt_at, now, not_before=event.not_before
    )
    do: list[Do] = [] if retry_at is None else [Do.RETRY]
    if event.cause is DeclineClass.CONFIG:
        do.append(Do.TELL_STAFF)
    elif event.cause is DeclineClass.AUTH:
        do.append(Do.ASK_FOR_APPROVAL)
    else:
        do.append(Do.ASK_FOR_CARD)
    return Step(State.PAST_DUE, tuple(do), retry_at=retry_at)


_TABLE: dict[tuple[State, type], Step] = {
    (State.PENDING, FreeBegun): Step(State.ACTIVE, (Do.GIVE_ACCESS, Do.CONFIRM_ORDER, Do.PLAN_RENEWAL)),
    (State.ACTIVE, FreeBegun): Step(State.ACTIVE, (Do.GIVE_ACCESS, Do.PLAN_RENEWAL)),
    (State.PENDING, Cancelled): Step(
        State.ENDED, (Do.STOP_CHARGING, Do.VOID_OPEN_INVOICE), end_reason=EndReason.CANCELLED
    ),
    (State.PENDING, CheckoutExpired): Step(
        State.ENDED, (Do.STOP_CHARGING, Do.VOID_OPEN_INVOICE), end_reason=EndReason.CHECKOUT_ABANDONED
    ),
    (State.ACTIVE, Cancelled): Step(State.ACTIVE, (Do.STOP_CHARGING, Do.CONFIRM_CANCEL)),
    (State.ACTIVE, CancelTakenBack): Step(State.ACTIVE, (Do.RESUME_CHARGING, Do.CONFIRM_RESUME)),
    (State.ACTIVE, PaidTimeOver): _end(EndReason.CANCELLED),
    (State.ACTIVE, CardChanged): Step(State.ACTIVE),
    (State.PAST_DUE, Cancelled): Step(
        State.ENDED,
        (Do.STOP_CHARGING, Do.VOID_OPEN_INVOICE, Do.CUT_ACCESS, Do.CONFIRM_CANCEL),
        end_reason=EndReason.CANCELLED,
    ),
    (State.PAST_DUE, GraceOver): _end(EndReason.PAYMENT_FAILED),
}
