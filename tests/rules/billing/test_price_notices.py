"""What a period costs by what was told in time, and when that is told."""

from datetime import date

import pytest

from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import Rhythm, due_at, period
from newsstand.rules.billing.price_notices import (
    About,
    PriceNotice,
    first_at_new_price,
    next_moment,
    planned_price,
    price_at,
    tell_by,
    to_remind_of,
    told_in_time,
)
from newsstand.rules.money import Money

ANCHOR = date(2026, 11, 22)
FOUR_WEEKS = Rhythm("day", 28)
FULL = OfferTerms(FOUR_WEEKS, (OfferStep(Money(199, "USD"), None),))
TRIAL = OfferTerms(FOUR_WEEKS, (OfferStep(Money(0, "USD"), 2), *FULL.steps))
STEPS = OfferTerms(
    FOUR_WEEKS,
    (OfferStep(Money(0, "USD"), 1), OfferStep(Money(99, "USD"), 2), OfferStep(Money(199, "USD"), None)),
)
CHEAPER = OfferTerms(FOUR_WEEKS, (OfferStep(Money(299, "USD"), 1), *FULL.steps))


def reminder(seq: int, on: date) -> PriceNotice:
    return PriceNotice(About.INTRO_END, seq, 199, on)


def new_price(seq: int, amount: int, on: date) -> PriceNotice:
    return PriceNotice(About.NEW_PRICE, seq, amount, on)


@pytest.mark.parametrize(
    ("rhythm", "about", "seq", "by"),
    [
        (FOUR_WEEKS, About.INTRO_END, 2, date(2027, 1, 10)),
        (FOUR_WEEKS, About.INTRO_END, 1, date(2026, 12, 13)),
        (Rhythm("day", 3), About.INTRO_END, 1, ANCHOR),
        (Rhythm("day", 7), About.INTRO_END, 1, ANCHOR),
        (Rhythm("month", 1), About.INTRO_END, 3, date(2027, 2, 15)),
        (FOUR_WEEKS, About.NEW_PRICE, 2, date(2026, 12, 18)),
    ],
)
def test_the_last_day_on_which_a_price_can_be_told(rhythm: Rhythm, about: About, seq: int, by: date) -> None:
    assert tell_by(ANCHOR, rhythm, about, seq) == by


@pytest.mark.parametrize(
    ("terms", "told", "prices"),
    [
        (FULL, (), [199, 199, 199]),
        (TRIAL, (), [0, 0, 0, 0]),
        (TRIAL, (reminder(2, ANCHOR),), [0, 0, 199, 199]),
        (TRIAL, (reminder(3, ANCHOR),), [0, 0, 0, 199]),
        (TRIAL, (reminder(1, ANCHOR),), [0, 0, 0, 0]),
        (STEPS, (reminder(1, ANCHOR),), [0, 99, 99, 99, 99]),
        (STEPS, (reminder(2, ANCHOR), reminder(3, ANCHOR)), [0, 0, 99, 199]),
        (STEPS, (reminder(3, ANCHOR),), [0, 0, 0, 199]),
        (CHEAPER, (), [299, 199, 199]),
        (FULL, (new_price(2, 249, ANCHOR),), [199, 199, 249, 249]),
        (FULL, (new_price(1, 249, ANCHOR), new_price(3, 299, ANCHOR)), [199, 249, 249, 299]),
        (TRIAL, (new_price(2, 249, ANCHOR),), [0, 0, 0, 0]),
        (TRIAL, (new_price(2, 249, ANCHOR), reminder(3, ANCHOR)), [0, 0, 0, 249]),
    ],
)
def test_what_was_not_told_is_not_charged(
    terms: OfferTerms, told: tuple[PriceNotice, ...], prices: list[int]
) -> None:
    assert [price_at(terms, told, seq).amount for seq in range(len(prices))] == prices


def test_what_is_told_late_does_not_count() -> None:
    notices = [
        reminder(2, date(2027, 1, 10)),
        reminder(3, date(2027, 2, 8)),
        new_price(2, 249, date(2026, 12, 18)),
        new_price(3, 299, date(2027, 1, 16)),
    ]
    assert told_in_time(notices, ANCHOR, FOUR_WEEKS) == (notices[0], notices[2])


def test_the_reminder_comes_first_and_the_charge_follows() -> None:
    due, by = period(ANCHOR, FOUR_WEEKS, 2), date(2027, 1, 10)
    told_at = due_at(period(by, FOUR_WEEKS, 0), "UTC", "ada")
    charged_at = due_at(due, "UTC", "ada")
    told = (reminder(2, by),)
    assert next_moment(TRIAL, (), due, by, ANCHOR, "UTC", "ada") == told_at
    assert next_moment(TRIAL, (), due, by, by, "UTC", "ada") == told_at
    assert next_moment(TRIAL, told, due, by, by, "UTC", "ada") == charged_at
    assert next_moment(TRIAL, (), due, by, date(2027, 1, 11), "UTC", "ada") == charged_at
    assert to_remind_of(TRIAL, (), 2) == Money(199, "USD")
    assert to_remind_of(TRIAL, (), 1) is None
    assert to_remind_of(CHEAPER, (), 1) is None
    assert planned_price(TRIAL, (), 2) == Money(199, "USD")


@pytest.mark.parametrize(
    ("terms", "told", "next_seq", "today", "seq"),
    [
        (FULL, (), 1, date(2026, 11, 23), 2),
        (FULL, (), 1, date(2026, 11, 20), 1),
        (FULL, (), 1, date(2026, 12, 18), 2),
        (FULL, (), 1, date(2026, 12, 19), 3),
        (STEPS, (), 1, ANCHOR, 3),
        (FULL, (new_price(2, 249, ANCHOR),), 2, date(2026, 12, 20), None),
        (FULL, (new_price(2, 249, ANCHOR),), 3, date(2027, 1, 18), 4),
    ],
)
def test_the_first_period_at_a_new_price_begins_30_days_later_or_more(
    terms: OfferTerms, told: tuple[PriceNotice, ...], next_seq: int, today: date, seq: int | None
) -> None:
    assert first_at_new_price(terms, told, ANCHOR, FOUR_WEEKS, next_seq, today) == seq
