"""Periods: the table of `tests/cases/periods.toml`, and what must hold for every anchor and rhythm."""

import tomllib
from collections import Counter
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing.periods import (
    DAY,
    Period,
    Rhythm,
    access_until,
    charges_per_year,
    day_of,
    due_at,
    period,
    period_containing,
)
from tests.rules.billing.rhythms import rhythm

CASES = tomllib.loads(Path("tests/cases/periods.toml").read_text("utf-8"))
NOON = 43_200

anchors = st.dates(date(2000, 1, 1), date(2100, 12, 31))
rhythms = st.builds(Rhythm, st.sampled_from(["day", "month", "year"]), st.integers(min_value=1, max_value=60))
zones = st.sampled_from(["America/New_York", "Europe/Berlin", "Pacific/Kiritimati", "Etc/GMT+12", "UTC"])


@pytest.mark.parametrize("case", CASES["periods"], ids=lambda case: case["name"])
def test_periods_of_the_table(case: dict[str, Any]) -> None:
    every = rhythm(case["every"])
    made = [period(case["anchor"], every, seq) for seq in range(len(case["starts"]) - 1)]
    assert [p.starts_on for p in made] == case["starts"][:-1]
    assert [p.ends_on for p in made] == case["starts"][1:]
    assert [p.seq for p in made] == list(range(len(made)))


@pytest.mark.parametrize("case", CASES["far"], ids=lambda case: f"{case['every']} × {case['seq']}")
def test_a_period_far_ahead_of_the_table(case: dict[str, Any]) -> None:
    assert period(case["anchor"], rhythm(case["every"]), case["seq"]).starts_on == case["starts"]


@pytest.mark.parametrize("case", CASES["day_of"], ids=lambda case: f"{case['zone']} {case['is']}")
def test_the_day_of_a_moment_is_the_publications(case: dict[str, Any]) -> None:
    assert day_of(int(case["at"].timestamp()), case["zone"]) == case["is"]


@pytest.mark.parametrize("case", CASES["contains"], ids=lambda case: f"{case['every']}, {case['on']}")
def test_the_period_of_a_day_of_the_table(case: dict[str, Any]) -> None:
    assert period_containing(case["anchor"], rhythm(case["every"]), case["on"]).seq == case["seq"]


@pytest.mark.parametrize("case", CASES["charges"], ids=lambda case: f"{case['every']} from {case['anchor']}")
def test_charges_a_year_of_the_table(case: dict[str, Any]) -> None:
    yearly = charges_per_year(case["anchor"], rhythm(case["every"]))
    assert (yearly.least, yearly.usual, yearly.most) == (case["least"], case["usual"], case["most"])


@pytest.mark.parametrize("case", CASES["access"], ids=lambda case: str(case["printed"]))
def test_paid_time_is_over_when_the_printed_day_is_past_everywhere(case: dict[str, Any]) -> None:
    assert access_until(case["printed"]) == case["over_at"].timestamp()


@pytest.mark.parametrize("case", CASES["due"], ids=lambda case: f"{case['starts']} {case['zone']}")
def test_a_renewal_is_due_in_the_morning(case: dict[str, Any]) -> None:
    due = Period(1, case["starts"], case["starts"] + timedelta(days=28))
    moments = {due_at(due, case["zone"], f"subscription {n}") for n in range(200)}
    assert case["not_before"].timestamp() <= min(moments)
    assert max(moments) < case["before"].timestamp()
    assert len(moments) > 190, "the morning is used, not one minute of it"


def test_a_due_moment_does_not_change() -> None:
    due = period(date(2026, 11, 22), Rhythm("day", 28), 1)
    assert due_at(due, "UTC", "a") == due_at(due, "UTC", "a") != due_at(due, "UTC", "b")


@settings(max_examples=30)
@given(anchors, rhythms, st.integers(min_value=0, max_value=60))
def test_periods_follow_one_another_without_gap_or_overlap(anchor: date, every: Rhythm, seq: int) -> None:
    this, following = period(anchor, every, seq), period(anchor, every, seq + 1)
    assert this.starts_on < this.ends_on == following.starts_on
    assert this.last_on == this.ends_on - timedelta(days=1)
    assert this.days == (this.ends_on - this.starts_on).days


@settings(max_examples=30)
@given(anchors, rhythms, st.integers(min_value=0, max_value=10_000))
def test_every_day_lies_in_exactly_one_period(anchor: date, every: Rhythm, later: int) -> None:
    on = anchor + timedelta(days=later)
    found = period_containing(anchor, every, on)
    assert found.starts_on <= on < found.ends_on
    assert found == period(anchor, every, found.seq)


@settings(max_examples=30)
@given(anchors, st.integers(min_value=1, max_value=24), st.integers(min_value=1, max_value=60))
def test_a_month_keeps_the_day_of_the_anchor_or_is_its_last(anchor: date, months: int, seq: int) -> None:
    starts = period(anchor, Rhythm("month", months), seq).starts_on
    is_last = (starts + timedelta(days=1)).month != starts.month
    assert starts.day == anchor.day or (starts.day < anchor.day and is_last)


@settings(max_examples=30)
@given(anchors, st.integers(min_value=1, max_value=40))
def test_charges_a_year_agree_with_the_periods(anchor: date, years_on: int) -> None:
    every = Rhythm("day", 28)
    year = anchor.year + years_on
    starts = [period(anchor, every, seq).starts_on.year for seq in range(13 * (years_on + 2) + 20)]
    yearly = charges_per_year(anchor, every)
    assert yearly.least <= starts.count(year) <= yearly.most


@settings(max_examples=30)
@given(anchors, rhythms, zones, st.text(max_size=40))
def test_a_reader_who_pays_never_waits_for_the_charge(
    anchor: date, every: Rhythm, zone: str, subscription: str
) -> None:
    paid, following = period(anchor, every, 0), period(anchor, every, 1)
    due = due_at(following, zone, subscription)
    assert due < access_until(paid.ends_on)
    assert datetime.fromtimestamp(due, ZoneInfo(zone)).date() == following.starts_on


@settings(max_examples=30)
@given(anchors)
def test_paid_time_ends_at_noon_of_the_next_day(ends_on: date) -> None:
    assert access_until(ends_on) % DAY == NOON


def test_four_weeks_are_charged_fourteen_times_in_about_one_year_of_22() -> None:
    every = Rhythm("day", 28)
    counts = []
    for first in range(28):
        anchor = date(2026, 1, 1) + timedelta(days=first)
        years = Counter(period(anchor, every, seq).starts_on.year for seq in range(13 * 90))
        counts += [years[year] for year in range(2027, 2111)]
    assert set(counts) == {13, 14}
    assert 0.04 < counts.count(14) / len(counts) < 0.05


@pytest.mark.parametrize(("unit", "count"), [("day", 0), ("month", -1), ("week", 1)])
def test_a_rhythm_that_makes_no_sense_is_refused(unit: Any, count: int) -> None:
    with pytest.raises(ValueError, match="a rhythm counts"):
        Rhythm(unit, count)


def test_periods_before_the_anchor_do_not_exist() -> None:
    anchor = date(2026, 11, 22)
    with pytest.raises(ValueError, match="counted from 0"):
        period(anchor, Rhythm("day", 28), -1)
    with pytest.raises(ValueError, match="before the anchor"):
        period_containing(anchor, Rhythm("day", 28), anchor - timedelta(days=1))
