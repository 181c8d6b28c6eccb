from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.facts import ReaderFacts
from newsstand.rules.gate.meter import Reading, allowance_for, left, merge, read_one, window_at
from newsstand.rules.gate.policy import Policy

HOUR = 3600
counts = st.frozensets(st.sampled_from("abcdef"))


def _at(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("zone", "window", "now", "key", "start", "end"),
    [
        ("UTC", "month", "2026-11-15T12:00Z", "2026-11", "2026-11-01T00:00Z", "2026-12-01T00:00Z"),
        ("UTC", "month", "2026-12-31T23:59Z", "2026-12", "2026-12-01T00:00Z", "2027-01-01T00:00Z"),
        ("UTC", "month", "2024-02-29T12:00Z", "2024-02", "2024-02-01T00:00Z", "2024-03-01T00:00Z"),
        # In New York it is still October, and the month ends an hour later than it began: the clocks went back.
        (
            "America/New_York",
            "month",
            "2026-11-01T03:59Z",
            "2026-10",
            "2026-10-01T04:00Z",
            "2026-11-01T04:00Z",
        ),
        (
            "America/New_York",
            "month",
            "2026-11-01T04:00Z",
            "2026-11",
            "2026-11-01T04:00Z",
            "2026-12-01T05:00Z",
        ),
        (
            "Pacific/Auckland",
            "month",
            "2026-10-31T11:00Z",
            "2026-11",
            "2026-10-31T11:00Z",
            "2026-11-30T11:00Z",
        ),
        # Half and quarter hours from UTC.
        ("Asia/Kathmandu", "month", "2026-10-31T18:15Z", "2026-11", "2026-10-31T18:15Z", "2026-11-30T18:15Z"),
        ("UTC", "week", "2026-11-11T12:00Z", "2026-W46", "2026-11-09T00:00Z", "2026-11-16T00:00Z"),
        ("UTC", "week", "2026-11-15T23:59Z", "2026-W46", "2026-11-09T00:00Z", "2026-11-16T00:00Z"),
        # The first days of January may lie in the last week of the year before.
        ("UTC", "week", "2027-01-02T12:00Z", "2026-W53", "2026-12-28T00:00Z", "2027-01-04T00:00Z"),
        ("UTC", "7d", "2026-11-11T12:00Z", "2026-11-09+7d", "2026-11-09T00:00Z", "2026-11-16T00:00Z"),
        ("UTC", "1d", "2026-11-11T12:00Z", "2026-11-11+1d", "2026-11-11T00:00Z", "2026-11-12T00:00Z"),
        ("UTC", "30d", "2026-11-15T12:00Z", "2026-11-07+30d", "2026-11-07T00:00Z", "2026-12-07T00:00Z"),
        # In Beirut midnight of 29 March 2026 is skipped: the day begins at one o'clock.
        ("Asia/Beirut", "1d", "2026-03-29T12:00Z", "2026-03-29+1d", "2026-03-28T22:00Z", "2026-03-29T21:00Z"),
    ],
)
def test_windows(zone: str, window: str, now: str, key: str, start: str, end: str) -> None:
    found = window_at(Policy(zone=zone, window=window), _at(now))

    assert (found.key, found.start_at, found.end_at) == (key, _at(start), _at(end))


@given(
    st.sampled_from(
        ["UTC", "Europe/London", "America/New_York", "Asia/Beirut", "Asia/Kathmandu", "America/Santiago"]
    ),
    st.sampled_from(["month", "week", "1d", "28d", "366d"]),
    st.integers(_at("1971-01-01T00:00Z"), _at("2090-01-01T00:00Z")),
)
@settings(max_examples=60, deadline=None)
def test_windows_follow_each_other_without_gap_and_hold_their_moment(
    zone: str, window: str, now: int
) -> None:
    policy = Policy(zone=zone, window=window)

    found = window_at(policy, now)

    assert found.start_at <= now < found.end_at
    assert window_at(policy, found.start_at) == found
    assert window_at(policy, found.end_at - 1) == found
    after = window_at(policy, found.end_at)
    assert after.start_at == found.end_at
    assert after.key != found.key
    assert datetime.fromtimestamp(found.start_at - 1, ZoneInfo(zone)).date() == (
        datetime.fromtimestamp(found.start_at, ZoneInfo(zone)).date() - timedelta(days=1)
    )


def test_a_kept_window_is_left_at_its_end_even_within_a_quarter_of_an_hour() -> None:
    # Until 1972 Monrovia was 44 minutes and 30 seconds behind UTC, so that its midnight is on no quarter.
    policy = Policy(zone="Africa/Monrovia", window="1d")
    midnight = _at("1971-05-02T00:44:30Z")

    assert window_at(policy, midnight - 1).key == "1971-05-01+1d"
    assert window_at(policy, midnight).key == "1971-05-02+1d"


def test_kinds_of_windows_never_share_a_key() -> None:
    now = _at("2026-11-09T12:00Z")
    keys = {window_at(Policy(window=window), now).key for window in ("month", "week", "7d", "14d", "1d")}

    assert len(keys) == 5


def test_allowances_belong_to_the_identity() -> None:
    policy = Policy(device_allowance=3, reader_allowance=6)

    assert allowance_for(policy, None) == 3
    assert allowance_for(policy, ReaderFacts("a" * 32, False, 0, ())) == 6


@pytest.mark.parametrize(
    ("counted", "allowance", "more"), [(0, 3, 3), (1, 3, 2), (3, 3, 0), (5, 3, 0), (0, 0, 0)]
)
def test_what_is_left(counted: int, allowance: int, more: int) -> None:
    assert left(counted, allowance) == more


@pytest.mark.parametrize(
    ("counted", "article", "allowance", "reading"),
    [
        ("", "a", 2, Reading(frozenset("a"), True)),
        ("a", "b", 2, Reading(frozenset("ab"), True)),
        ("ab", "c", 2, Reading(frozenset("ab"), False)),
        ("ab", "a", 2, Reading(frozenset("ab"), True)),
        ("abc", "c", 2, Reading(frozenset("abc"), True)),
        ("a", "a", 0, Reading(frozenset("a"), False)),
        ("", "a", 0, Reading(frozenset(), False)),
    ],
)
def test_one_reading(counted: str, article: str, allowance: int, reading: Reading) -> None:
    assert read_one(frozenset(counted), article, allowance) == reading


@given(st.lists(st.sampled_from("abcdef")), st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_any_order_and_any_repetition_opens_the_allowance_at_most(asked: list[str], allowance: int) -> None:
    counted: frozenset[str] = frozenset()
    opened = set()
    for article in asked:
        reading = read_one(counted, article, allowance)
        assert counted <= reading.counted
        if reading.opened:
            opened.add(article)
        counted = reading.counted

    assert opened == counted
    assert len(opened) == min(allowance, len(set(asked)))


@given(counts, counts, counts)
@settings(max_examples=40, deadline=None)
def test_merging_twice_or_in_another_order_changes_nothing(
    one: frozenset[str], two: frozenset[str], three: frozenset[str]
) -> None:
    merged = merge(one, two)

    assert merge(merged, two) == merged
    assert merge(two, one) == merged
    assert merge(merge(one, two), three) == merge(one, merge(two, three))
    assert one <= merged


def test_a_policy_with_another_allowance_keeps_the_window() -> None:
    policy = Policy(zone="Europe/London")
    now = _at("2026-11-15T12:00Z")

    assert window_at(replace(policy, device_allowance=9), now) == window_at(policy, now)
