"""The ledger's entries: balanced, booked once, and the same whatever the order of the news."""

import itertools
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing import ledger
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.periods import Rhythm, period
from newsstand.rules.money import Money

PRICE = Money(199, "USD")


def balance(postings: tuple[ledger.Posting, ...]) -> Counter[str]:
    """What each account has come to: debits less credits."""
    accounts: Counter[str] = Counter()
    for posting in postings:
        accounts[posting.debit] += posting.money.amount
        accounts[posting.credit] -= posting.money.amount
    return accounts


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([Kind.DISPUTE_OPENED], {"disputes_in_suspense:g": 199, "clearing:g": -199}),
        ([Kind.DISPUTE_OPENED, Kind.DISPUTE_WON], {}),
        ([Kind.DISPUTE_WON], {}),
        ([Kind.DISPUTE_OPENED, Kind.DISPUTE_LOST], {"disputes:news": 199, "clearing:g": -199}),
        ([Kind.DISPUTE_WON, Kind.DISPUTE_LOST], {"disputes:news": 199, "clearing:g": -199}),
    ],
)
def test_a_dispute_comes_to_what_was_told_in_any_order(told: list[Kind], left: dict[str, int]) -> None:
    for order in itertools.permutations(told):
        booked = ledger.dispute("g", "dp", "news", PRICE, order)
        assert {name: sum_ for name, sum_ in balance(booked).items() if sum_} == left


def test_news_only_adds_entries_so_that_nothing_is_ever_taken_out() -> None:
    kinds = (Kind.DISPUTE_OPENED, Kind.DISPUTE_WON, Kind.DISPUTE_LOST)
    for order in itertools.permutations(kinds):
        known: set[str] = set()
        for count in range(1, 4):
            keys = {row.key for row in ledger.dispute("g", "dp", "news", PRICE, order[:count])}
            assert known <= keys
            known = keys
        assert len(known) == 4


def test_a_refund_that_came_back_leaves_nothing() -> None:
    for told in ([Kind.REFUND_SUCCEEDED, Kind.REFUND_FAILED], [Kind.REFUND_FAILED]):
        assert not any(balance(ledger.refund("g", "re", "news", PRICE, told)).values())
    (given_back,) = ledger.refund("g", "re", "news", PRICE, [Kind.REFUND_PENDING])
    assert (given_back.debit, given_back.credit) == ("refunds:news", "clearing:g")


def test_a_charge_its_fee_and_a_payout_empty_the_clearing_account() -> None:
    fee, rest = Money(36, "USD"), Money(163, "USD")
    rows = (
        ledger.charge("g", "ch", "news", PRICE),
        ledger.fee("g", "ch", fee),
        ledger.payout("g", "po", rest),
    )
    assert balance(rows) == Counter(
        {"deferred_revenue:news": -199, "fees:g": 36, "bank": 163, "clearing:g": 0}
    )


FOUR_WEEKS = period(date(2026, 11, 22), Rhythm("day", 28), 0)


@pytest.mark.parametrize(
    ("through", "cents"),
    [
        (date(2026, 11, 21), 0),
        (date(2026, 11, 22), 7),
        (date(2026, 12, 5), 99),
        (date(2026, 12, 18), 191),
        (date(2026, 12, 19), 199),
        (date(2027, 5, 1), 199),
    ],
)
def test_money_is_earned_by_days_and_the_last_takes_the_rest(through: date, cents: int) -> None:
    assert ledger.earned(FOUR_WEEKS, PRICE, through) == Money(cents, "USD")


@settings(max_examples=30)
@given(st.integers(1, 50_000), st.integers(1, 400))
def test_all_of_it_is_earned_and_never_less_than_the_day_before(cents: int, days: int) -> None:
    paid = period(date(2026, 1, 31), Rhythm("day", days), 0)
    earned = [
        ledger.earned(paid, Money(cents, "EUR"), paid.starts_on + timedelta(days=n)).amount
        for n in range(-1, days)
    ]
    assert earned == sorted(earned)
    assert (earned[0], earned[-1]) == (0, cents)
    booked = ledger.revenue("i1", paid.last_on, "news", Money(cents, "EUR"))
    assert (booked.debit, booked.credit) == ("deferred_revenue:news", "revenue:news")
