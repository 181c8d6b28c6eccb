"""Offers: which price a period has, and which offers cannot be made."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money

FOUR_WEEKS = Rhythm("day", 28)


def usd(amount: int) -> Money:
    return Money(amount, "USD")


def test_the_price_follows_the_steps() -> None:
    terms = OfferTerms(FOUR_WEEKS, (OfferStep(usd(0), 1), OfferStep(usd(50), 2), OfferStep(usd(199), None)))
    assert [terms.price_of(seq).amount for seq in range(6)] == [0, 50, 50, 199, 199, 199]
    assert (terms.first_price, terms.full_price, terms.intro_periods) == (usd(0), usd(199), 3)
    assert [terms.next_charged(seq) for seq in range(4)] == [1, 1, 2, 3]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 6)), max_size=4),
    st.integers(0, 500),
    st.integers(1, 999),
)
def test_the_price_of_every_period_is_the_one_its_step_says(
    steps: list[tuple[int, int]], first: int, full: int
) -> None:
    if steps:
        steps[0] = (first, steps[0][1])
    terms = OfferTerms(
        FOUR_WEEKS, (*(OfferStep(usd(price), count) for price, count in steps), OfferStep(usd(full), None))
    )
    written_out = [price for price, count in steps for _ in range(count)]
    asked = [terms.price_of(seq).amount for seq in range(len(written_out) + 3)]
    assert asked == [*written_out, full, full, full]


def test_a_period_before_the_first_has_no_price() -> None:
    with pytest.raises(ValueError, match="counted from 0"):
        OfferTerms(FOUR_WEEKS, (OfferStep(usd(199), None),)).price_of(-1)


@pytest.mark.parametrize(
    ("steps", "why"),
    [
        ((), "at least one price"),
        ((OfferStep(usd(199), 3),), "until the reader cancels"),
        ((OfferStep(usd(50), None), OfferStep(usd(199), None)), "at least 1 period"),
        ((OfferStep(usd(50), 0), OfferStep(usd(199), None)), "at least 1 period"),
        ((OfferStep(usd(-50), 1), OfferStep(usd(199), None)), "not negative"),
        ((OfferStep(usd(0), None),), "more than nothing"),
        ((OfferStep(usd(50), 1), OfferStep(usd(0), 1), OfferStep(usd(199), None)), "only the first"),
        ((OfferStep(Money(50, "EUR"), 1), OfferStep(usd(199), None)), "one currency"),
    ],
)
def test_an_offer_that_cannot_be_charged_is_refused(steps: tuple[OfferStep, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        OfferTerms(FOUR_WEEKS, steps)
