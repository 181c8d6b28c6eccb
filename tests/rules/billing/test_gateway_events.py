"""What a gateway told us is a set: order and repetition change nothing."""

import itertools
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import RANK, GatewayEvent, Kind, fold, standing
from newsstand.rules.money import Money

USD = "USD"


def told(
    kind: Kind, object_id: str = "ch", amount: int | None = None, at: int = 0, charge: str = "ch"
) -> GatewayEvent:
    money = None if amount is None else Money(amount, USD)
    return GatewayEvent("sandbox", object_id, kind, at, charge_id=charge, amount=money)


events = st.builds(
    GatewayEvent,
    gateway=st.sampled_from(["sandbox", "other"]),
    object_id=st.sampled_from(["a", "b"]),
    kind=st.sampled_from(Kind),
    at=st.integers(0, 3),
    charge_id=st.sampled_from(["", "a", "b"]),
    ref=st.sampled_from(["", "r"]),
    amount=st.none() | st.builds(Money, st.integers(1, 3), st.just(USD)),
    code=st.sampled_from(["", "x"]),
    cause=st.none() | st.sampled_from(DeclineClass),
)


@settings(max_examples=40)
@given(st.lists(events, max_size=12), st.randoms(use_true_random=False))
def test_order_and_repetition_change_nothing(some: list[GatewayEvent], chance: Random) -> None:
    shuffled = [*some, *some]
    chance.shuffle(shuffled)
    assert fold(shuffled) == fold(some) == fold(set(some))
    assert standing(shuffled, "sandbox", "a") == standing(some, "sandbox", "a")


@settings(max_examples=40)
@given(st.lists(events, max_size=8), st.lists(events, max_size=8))
def test_what_comes_later_is_folded_onto_what_is_known(
    first: list[GatewayEvent], later: list[GatewayEvent]
) -> None:
    assert fold([*fold(first).values(), *later]) == fold([*first, *later])


def test_all_orders_of_seven_events_end_in_one_state() -> None:
    seven = [
        told(Kind.CHARGE_PROCESSING),
        told(Kind.CHARGE_FAILED, at=1),
        told(Kind.CHARGE_SUCCEEDED, amount=199, at=2),
        told(Kind.REFUND_PENDING, "re", 100, at=3),
        told(Kind.REFUND_SUCCEEDED, "re", 100, at=4),
        told(Kind.DISPUTE_OPENED, "dp", 99, at=5),
        told(Kind.DISPUTE_WON, "dp", 99, at=6),
    ]
    ends = {standing(order, "sandbox", "ch") for order in itertools.permutations(seven)}
    assert len(ends) == 1
    (end,) = ends
    assert (end.state, end.taken, end.refunded, end.disputed) == (
        Kind.CHARGE_SUCCEEDED,
        Money(199, USD),
        Money(100, USD),
        None,
    )
    assert end.net == Money(99, USD)


def test_money_that_moved_outranks_a_failure_told_later() -> None:
    late_failure = told(Kind.CHARGE_FAILED, at=99)
    assert standing([told(Kind.CHARGE_SUCCEEDED, amount=199), late_failure], "sandbox", "ch").state is (
        Kind.CHARGE_SUCCEEDED
    )


def test_a_refund_that_failed_gives_the_money_back_to_us() -> None:
    story = [
        told(Kind.CHARGE_SUCCEEDED, amount=199),
        told(Kind.REFUND_SUCCEEDED, "re", 199),
        told(Kind.REFUND_FAILED, "re", 199, at=9),
    ]
    assert standing(story, "sandbox", "ch").net == Money(199, USD)


def test_several_refunds_add_up_and_a_lost_dispute_takes_the_rest() -> None:
    story = [
        told(Kind.CHARGE_SUCCEEDED, amount=199),
        told(Kind.REFUND_SUCCEEDED, "re1", 50),
        told(Kind.REFUND_PENDING, "re2", 49),
        told(Kind.DISPUTE_LOST, "dp", 100),
        told(Kind.CHARGE_SUCCEEDED, "another", 500, charge="another"),
    ]
    end = standing(story, "sandbox", "ch")
    assert (end.refunded, end.disputed, end.net) == (Money(99, USD), Money(100, USD), Money(0, USD))


def test_nothing_told_is_nothing_taken() -> None:
    end = standing([told(Kind.CHARGE_FAILED)], "sandbox", "ch")
    assert (end.state, end.net) == (Kind.CHARGE_FAILED, None)
    assert standing([], "sandbox", "ch").state is None


def test_the_same_news_has_the_same_key() -> None:
    assert told(Kind.CHARGE_FAILED, at=1).key == told(Kind.CHARGE_FAILED, at=2).key
    assert told(Kind.CHARGE_FAILED).key != told(Kind.CHARGE_SUCCEEDED).key


def test_every_kind_has_a_rank_among_its_own() -> None:
    assert set(RANK) == set(Kind)
    for thing in ("charge", "refund"):
        ranks = [RANK[kind] for kind in Kind if kind.thing == thing]
        assert len(set(ranks)) == len(ranks)
