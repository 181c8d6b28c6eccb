"""The subscription's states: what each event makes of each, in one table, and what must always hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.lifecycle import (
    Cancelled,
    CancelTakenBack,
    CardChanged,
    CheckoutExpired,
    Declined,
    DisputeLost,
    Do,
    EndedByStaff,
    EndReason,
    Event,
    FreeBegun,
    GraceOver,
    Paid,
    PaidTimeOver,
    State,
    Withdrawn,
)
from newsstand.rules.billing.periods import DAY

NOW = 1_795_000_000
PENDING, ACTIVE, PAST_DUE, ENDED = State.PENDING, State.ACTIVE, State.PAST_DUE, State.ENDED


def declined(cause: str, attempts_made: int = 1) -> Declined:
    return Declined(DeclineClass(cause), attempts_made, NOW)


EVENTS: tuple[Event, ...] = (
    Paid(),
    Paid(wanted=False),
    FreeBegun(),
    *(declined(cause.value) for cause in DeclineClass),
    CardChanged(),
    Cancelled(),
    CancelTakenBack(),
    PaidTimeOver(),
    GraceOver(),
    CheckoutExpired(),
    Withdrawn(),
    DisputeLost(),
    EndedByStaff(),
)

SERVED = (Do.GIVE_ACCESS, Do.SEND_RECEIPT, Do.PLAN_RENEWAL)
BEGUN = (Do.GIVE_ACCESS, Do.CONFIRM_ORDER, Do.SEND_RECEIPT, Do.PLAN_RENEWAL)
FREE = (Do.GIVE_ACCESS, Do.CONFIRM_ORDER, Do.PLAN_RENEWAL)
STOPPED = (Do.STOP_CHARGING, Do.VOID_OPEN_INVOICE)
CUT = (*STOPPED, Do.CUT_ACCESS, Do.SAY_ENDED)

TABLE = [
    (PENDING, Paid(), ACTIVE, BEGUN),
    (PENDING, FreeBegun(), ACTIVE, FREE),
    (PENDING, declined("soft"), PENDING, ()),
    (PENDING, Cancelled(), ENDED, STOPPED),
    (PENDING, CheckoutExpired(), ENDED, STOPPED),
    (PENDING, EndedByStaff(), ENDED, CUT),
    (ACTIVE, Paid(), ACTIVE, SERVED),
    (ACTIVE, FreeBegun(), ACTIVE, (Do.GIVE_ACCESS, Do.PLAN_RENEWAL)),
    (ACTIVE, Paid(wanted=False), ACTIVE, (Do.REFUND_CHARGE,)),
    (ACTIVE, declined("soft"), PAST_DUE, (Do.RETRY, Do.ASK_FOR_CARD)),
    (ACTIVE, declined("hard"), PAST_DUE, (Do.ASK_FOR_CARD,)),
    (ACTIVE, declined("data"), PAST_DUE, (Do.ASK_FOR_CARD,)),
    (ACTIVE, declined("auth"), PAST_DUE, (Do.ASK_FOR_APPROVAL,)),
    (ACTIVE, declined("config"), PAST_DUE, (Do.RETRY, Do.TELL_STAFF)),
    (ACTIVE, CardChanged(), ACTIVE, ()),
    (ACTIVE, Cancelled(), ACTIVE, (Do.STOP_CHARGING, Do.CONFIRM_CANCEL)),
    (ACTIVE, CancelTakenBack(), ACTIVE, (Do.RESUME_CHARGING, Do.CONFIRM_RESUME)),
    (ACTIVE, PaidTimeOver(), ENDED, (*STOPPED, Do.SAY_ENDED)),
    (ACTIVE, Withdrawn(), ENDED, CUT),
    (ACTIVE, DisputeLost(), ENDED, CUT),
    (PAST_DUE, Paid(), ACTIVE, SERVED),
    (PAST_DUE, declined("soft", 2), PAST_DUE, (Do.RETRY, Do.ASK_FOR_CARD)),
    (PAST_DUE, declined("soft", 4), PAST_DUE, (Do.ASK_FOR_CARD,)),
    (PAST_DUE, CardChanged(), PAST_DUE, (Do.RETRY,)),
    (PAST_DUE, Cancelled(), ENDED, (*STOPPED, Do.CUT_ACCESS, Do.CONFIRM_CANCEL)),
    (PAST_DUE, GraceOver(), ENDED, (*STOPPED, Do.SAY_ENDED)),
    (ENDED, Paid(), ENDED, (Do.REFUND_CHARGE,)),
]

MEANINGLESS = [
    (PENDING, GraceOver()),
    (PENDING, PaidTimeOver()),
    (PENDING, CancelTakenBack()),
    (PENDING, CardChanged()),
    (ACTIVE, GraceOver()),
    (ACTIVE, CheckoutExpired()),
    (PAST_DUE, PaidTimeOver()),
    (PAST_DUE, FreeBegun()),
    (PAST_DUE, CancelTakenBack()),
    (PAST_DUE, CheckoutExpired()),
    *((ENDED, event) for event in EVENTS if not isinstance(event, Paid)),
]


@pytest.mark.parametrize(("state", "event", "then", "do"), TABLE)
def test_the_table(state: State, event: Event, then: State, do: tuple[Do, ...]) -> None:
    step = lifecycle.next(state, event, NOW)
    assert (step.state, step.do, step.applies) == (then, do, True)


@pytest.mark.parametrize(("state", "event"), MEANINGLESS)
def test_an_event_without_meaning_changes_nothing_and_says_so(state: State, event: Event) -> None:
    step = lifecycle.next(state, event, NOW)
    assert (step.state, step.do, step.applies) == (state, (), False)


@pytest.mark.parametrize(
    ("state", "event", "reason"),
    [
        (PENDING, CheckoutExpired(), EndReason.CHECKOUT_ABANDONED),
        (PENDING, Cancelled(), EndReason.CANCELLED),
        (ACTIVE, PaidTimeOver(), EndReason.CANCELLED),
        (PAST_DUE, Cancelled(), EndReason.CANCELLED),
        (PAST_DUE, GraceOver(), EndReason.PAYMENT_FAILED),
        (ACTIVE, Withdrawn(), EndReason.WITHDRAWN),
        (ACTIVE, DisputeLost(), EndReason.DISPUTED),
        (PAST_DUE, EndedByStaff(), EndReason.STAFF),
    ],
)
def test_why_it_ended(state: State, event: Event, reason: EndReason) -> None:
    assert lifecycle.next(state, event, NOW).end_reason is reason


def test_a_soft_decline_is_tried_again_in_three_days() -> None:
    assert lifecycle.next(ACTIVE, declined("soft"), NOW).retry_at == NOW + 3 * DAY


def test_a_changed_card_is_tried_at_once() -> None:
    assert lifecycle.next(PAST_DUE, CardChanged(), NOW).retry_at == NOW


@settings(max_examples=60)
@given(st.lists(st.sampled_from(EVENTS), max_size=12))
def test_every_story_keeps_the_promises(story: list[Event]) -> None:
    state = PENDING
    for event in story:
        step = lifecycle.next(state, event, NOW)
        assert state is not ENDED or step.state is ENDED, "ended is final"
        assert (step.end_reason is not None) == (state is not ENDED and step.state is ENDED)
        assert (step.retry_at is not None) == (Do.RETRY in step.do)
        assert len(set(step.do)) == len(step.do)
        assert step.applies or (step.state is state and not step.do)
        if step.state is ENDED and state is not ENDED:
            assert Do.STOP_CHARGING in step.do
        if Do.GIVE_ACCESS in step.do:
            assert isinstance(event, Paid | FreeBegun)
        state = step.state
