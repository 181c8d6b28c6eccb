"""Price texts: the table of `tests/cases/price_text.toml`, and that what is told is what is charged."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing import price_text
from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import Rhythm, charges_per_year, period
from newsstand.rules.money import Money
from tests.rules.billing.rhythms import rhythm

CASES = tomllib.loads(Path("tests/cases/price_text.toml").read_text("utf-8"))["offer"]
FOUR_WEEKS = OfferTerms(Rhythm("day", 28), (OfferStep(Money(199, "USD"), None),))
FIRST = date(2026, 11, 22)


def plain(text: str) -> str:
    return text.replace("\N{NO-BREAK SPACE}", " ")


def terms_of(case: dict[str, Any]) -> OfferTerms:
    steps = tuple(OfferStep(Money(price, case["currency"]), count or None) for price, count in case["steps"])
    return OfferTerms(rhythm(case["every"]), steps)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_table(case: dict[str, Any]) -> None:
    terms, locale = terms_of(case), case["locale"]
    assert plain(price_text.card(terms, locale)) == case["card"]
    assert plain(price_text.disclosure(terms, case["first"], locale)) == case["disclosure"]
    assert plain(price_text.button(terms, locale)) == case["button"]
    if "line" in case:
        assert plain(price_text.line(terms, locale)) == case["line"]


money = st.integers(1, 20_000).map(lambda cents: Money(cents, "USD"))
rhythms = st.one_of(
    st.builds(Rhythm, st.just("day"), st.integers(1, 90)),
    st.builds(Rhythm, st.just("month"), st.integers(1, 12)),
    st.just(Rhythm("year", 1)),
)
offers = st.builds(
    lambda every, intro, full: OfferTerms(every, (*intro, OfferStep(full, None))),
    rhythms,
    st.lists(st.builds(OfferStep, money, st.integers(1, 6)), max_size=2),
    money,
)
first_days = st.dates(date(2026, 1, 1), date(2036, 12, 31))


@settings(max_examples=20)
@given(offers, first_days)
def test_what_is_told_is_what_the_periods_and_steps_charge(terms: OfferTerms, first_on: date) -> None:
    text = price_text.disclosure(terms, first_on, "en")
    assert text.startswith(f"{price_text.amount(terms.price_of(0), 'en')} today")
    following = period(first_on, terms.rhythm, 1).starts_on
    assert text.endswith(f"Next charge: {price_text.date(following, 'en')}.")
    yearly = charges_per_year(first_on, terms.rhythm)
    for count in {yearly.least, yearly.most}:
        assert f"({price_text.amount(terms.full_price * count, 'en')})" in text
    if terms.intro_periods:
        changes_on = period(first_on, terms.rhythm, terms.intro_periods).starts_on
        full = price_text.amount(terms.price_of(terms.intro_periods), "en")
        assert f"From {price_text.date(changes_on, 'en')}: {full} every" in text


@settings(max_examples=20)
@given(offers.filter(lambda terms: terms.rhythm.unit == "day"), st.sampled_from(["en", "en_US", "de"]))
def test_a_price_for_days_is_never_called_a_price_for_a_month(terms: OfferTerms, locale: str) -> None:
    """Only the sentence that begins with "About" may name a month."""
    said = [price_text.card(terms, locale), price_text.line(terms, locale), price_text.button(terms, locale)]
    said.append(
        re.sub(r"(About|Etwa) \S+( \S)? (a|im) \w+\.", "", plain(price_text.disclosure(terms, FIRST, locale)))
    )
    for text in said:
        assert not re.search(r"\b(months?|monthly|Monate?n?|monatlich)\b|/", text), text


def test_a_printed_line_names_no_day_of_one_reader() -> None:
    for locale in ("en", "de"):
        text = price_text.line(FOUR_WEEKS, locale)
        assert not re.search(r"20\d\d", text)
        assert price_text.cancelling(locale) in text


def test_a_first_charge_that_lies_ahead_is_named_by_its_day() -> None:
    text = price_text.disclosure(FOUR_WEEKS, FIRST, "en", today=FIRST - timedelta(days=3))
    assert text.startswith("$1.99 on Sunday, 22 November 2026, then $1.99 every 4 weeks")
    assert text.endswith("Next charge: Sunday, 22 November 2026.")
    assert price_text.disclosure(FOUR_WEEKS, FIRST, "en", today=FIRST) == price_text.disclosure(
        FOUR_WEEKS, FIRST, "en"
    )


def test_four_weeks_are_13_twelfths_of_a_month() -> None:
    assert price_text.monthly(FOUR_WEEKS) == Money(216, "USD")


@pytest.mark.parametrize(
    ("every", "said"),
    [
        ("7 days", "every week (7 days)"),
        ("28 days", "every 4 weeks (28 days)"),
        ("1 day", "every day"),
        ("30 days", "every 30 days"),
        ("1 month", "every month"),
    ],
)
def test_a_rhythm_leaves_no_doubt(every: str, said: str) -> None:
    assert price_text.every_exactly(rhythm(every), "en") == said


def test_a_period_is_named_by_its_first_and_last_day() -> None:
    paid = period(FIRST, FOUR_WEEKS.rhythm, 0)
    assert price_text.span(paid, "en") == "22 November 2026 to 19 December 2026"
    assert price_text.span(paid, "en_US") == "November 22, 2026 to December 19, 2026"
    assert price_text.span(paid, "de") == "22. November 2026 bis 19. Dezember 2026"


@pytest.mark.parametrize("locale", ["", "xx_nonsense", "../.."])
def test_an_unknown_locale_is_plain_english(locale: str) -> None:
    assert price_text.amount(Money(199, "USD"), locale) == "$1.99"


def test_amounts_and_dates_follow_any_locale_and_sentences_never_mix_two() -> None:
    assert plain(price_text.amount(Money(123456, "EUR"), "fr")).replace("\u202f", " ") == "1 234,56 €"
    assert price_text.amount(Money(500, "JPY"), "ja") == "￥500"
    assert price_text.amount(Money(1500, "KWD"), "en") == "KWD1.500"
    assert price_text.date(date(2026, 12, 20), "fr") == "dimanche 20 décembre 2026"
    for locale in ("fr", "ja"):
        assert price_text.line(FOUR_WEEKS, locale) == price_text.line(FOUR_WEEKS, "en")
        assert price_text.disclosure(FOUR_WEEKS, FIRST, locale) == price_text.disclosure(
            FOUR_WEEKS, FIRST, "en"
        )


def test_what_is_bought_once_says_that_it_ends_by_itself() -> None:
    price, day = Money(99, "USD"), Rhythm("day", 1)
    assert price_text.once_card(price, day, "en") == "$0.99 for 1 day, once"
    assert price_text.once(price, day, "en") == (
        "$0.99 today, once, for 1 day. It ends by itself, and nothing else is charged."
    )
    assert price_text.button_once(price, "en") == "Buy and pay $0.99"
    assert plain(price_text.button_once(price, "de")) == "Zahlungspflichtig kaufen: 0,99 $"


def test_machines_are_told_the_period_and_never_a_month() -> None:
    facts = price_text.price_facts(FOUR_WEEKS)
    assert facts["price"] == "1.99"
    assert facts["priceCurrency"] == "USD"
    unit = facts["priceSpecification"]
    assert isinstance(unit, dict)
    assert unit["referenceQuantity"] == {"@type": "QuantitativeValue", "value": 28, "unitCode": "DAY"}
