"""A declined card: when it is tried again, and when trying stops."""

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.billing.dunning import (
    GRACE_DAYS,
    MOST_ATTEMPTS,
    DeclineClass,
    grace_ends_on,
    grace_starts_on,
    grace_until,
    next_attempt_at,
    untried_until,
)
from newsstand.rules.billing.periods import DAY, access_until

CASES = tomllib.loads(Path("tests/cases/periods.toml").read_text("utf-8"))
FIRST = 1_795_000_000
causes = st.sampled_from(DeclineClass)


@pytest.mark.parametrize("case", CASES["dunning"], ids=lambda case: case["class"])
def test_the_days_of_the_table(case: dict[str, Any]) -> None:
    tries = [FIRST]
    while (at := next_attempt_at(DeclineClass(case["class"]), len(tries), FIRST, tries[-1])) is not None:
        tries.append(at)
    assert [(at - FIRST) // DAY for at in tries] == case["tries_on_days"]


def test_our_own_fault_is_tried_again_within_hours() -> None:
    assert next_attempt_at(DeclineClass.CONFIG, 1, FIRST, FIRST) == FIRST + 3600
    assert next_attempt_at(DeclineClass.CONFIG, 2, FIRST, FIRST + 3600) == FIRST + 3600 + 6 * 3600


def test_the_card_schemes_advice_can_only_delay() -> None:
    later = FIRST + 4 * DAY
    assert next_attempt_at(DeclineClass.SOFT, 1, FIRST, FIRST, not_before=later) == later
    assert next_attempt_at(DeclineClass.SOFT, 1, FIRST, FIRST, not_before=FIRST) == FIRST + 3 * DAY


def test_advice_that_lies_after_the_grace_ends_the_tries() -> None:
    assert next_attempt_at(DeclineClass.SOFT, 1, FIRST, FIRST, not_before=FIRST + GRACE_DAYS * DAY) is None


def test_a_worker_that_slept_tries_at_once_and_not_in_the_past() -> None:
    assert next_attempt_at(DeclineClass.SOFT, 1, FIRST, FIRST + 6 * DAY) == FIRST + 6 * DAY


def test_a_decline_without_an_attempt_makes_no_sense() -> None:
    with pytest.raises(ValueError, match="at least 1 attempt"):
        next_attempt_at(DeclineClass.SOFT, 0, FIRST, FIRST)


@settings(max_examples=40)
@given(causes, st.integers(1, 50), st.integers(0, 40 * DAY), st.none() | st.integers(0, 2 * FIRST))
def test_a_next_try_lies_ahead_within_the_grace_and_within_the_limit(
    cause: DeclineClass, made: int, passed: int, not_before: int | None
) -> None:
    now = FIRST + passed
    at = next_attempt_at(cause, made, FIRST, now, not_before=not_before)
    if at is not None:
        assert now <= at < FIRST + GRACE_DAYS * DAY
        assert made < MOST_ATTEMPTS
        assert cause in {DeclineClass.SOFT, DeclineClass.CONFIG}
        assert not_before is None or at >= not_before


def test_grace_is_ten_days_and_ends_as_paid_time_ends() -> None:
    assert grace_ends_on(date(2026, 12, 20)) == date(2026, 12, 30)
    assert grace_until(date(2026, 12, 20)) == access_until(date(2026, 12, 30))


def test_grace_counts_from_a_first_try_that_came_late() -> None:
    starts_on = date(2026, 12, 20)
    assert grace_starts_on(starts_on, None) == starts_on
    assert grace_starts_on(starts_on, date(2026, 12, 20)) == starts_on
    assert grace_starts_on(starts_on, date(2027, 1, 3)) == date(2027, 1, 3)


def test_grace_is_long_where_nobody_has_tried_to_charge() -> None:
    assert untried_until(date(2026, 12, 20)) == access_until(date(2027, 3, 30))
