"""What the meter counted outlives the machine for readers, and is forgotten when its window is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy, ReaderCount
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry
from newsstand.shelf.shelf import Shelf
from newsstand.shelf.visits import seats_of, seats_window
from tests.office import newsroom

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)
DAY = timedelta(days=1)
A, B, C = ("a" * 32, "b" * 32, "c" * 32)
DEVICE = "device:" + "d" * 32


@pytest.fixture(autouse=True)
def front(db: None) -> Any:
    return newsroom.found()


@pytest.fixture
def reader() -> Account:
    return Account.objects.create_user("reader@example.org")


def identity(account: Account) -> str:
    return f"reader:{account.reader_id}"


def kept() -> list[tuple[int, str, list[str]]]:
    rows = ReaderCount.objects.order_by("pk")
    return [(row.account_id, row.window, row.articles) for row in rows]


def test_counts_of_readers_are_copied_and_put_back(reader: Account, shelf: Shelf) -> None:
    shelf.visits.count(identity(reader), "2026-11", B, 6)
    shelf.visits.count("reader:" + "9" * 32, "2026-11", A, 6)
    shelf.visits.count(DEVICE, "2026-11", A, 3)
    actions.keep_counts(NOW)
    shelf.visits.count(identity(reader), "2026-11", A, 6)
    actions.keep_counts(NOW)
    assert kept() == [(reader.pk, "2026-11", [A, B])]
    shelf.visits.prune(())
    actions.restore_counts(NOW)
    assert shelf.visits.read(identity(reader), "2026-11") == {A, B}
    assert not shelf.visits.count(identity(reader), "2026-11", C, 2).opened


def test_who_came_back_before_the_worker_keeps_nobodys_count_from_coming_back(
    reader: Account, shelf: Shelf
) -> None:
    other = Account.objects.create_user("other@example.org")
    ReaderCount.objects.create(account=reader, window="2026-11", articles=[A])
    ReaderCount.objects.create(account=other, window="2026-11", articles=[A])
    shelf.visits.count(identity(other), "2026-11", B, 6)
    for _time in range(2):
        actions.restore_counts(NOW)
        assert shelf.visits.read(identity(reader), "2026-11") == {A}
        assert shelf.visits.read(identity(other), "2026-11") == {A, B}


def test_a_copy_forgets_nothing_that_the_shelf_does_not_know(reader: Account, shelf: Shelf) -> None:
    ReaderCount.objects.create(account=reader, window="2026-11", articles=[A, B])
    shelf.visits.count(identity(reader), "2026-11", C, 6)
    actions.keep_counts(NOW)
    assert kept() == [(reader.pk, "2026-11", [A, B, C])]


def test_nothing_is_written_while_nothing_is_counted(reader: Account, shelf: Shelf) -> None:
    shelf.visits.count(identity(reader), "2026-11", B, 6)
    actions.keep_counts(NOW)
    before = kept()
    with CaptureQueriesContext(connection) as asked:
        actions.keep_counts(NOW)
    assert not [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE"))]
    assert kept() == before


def test_copies_go_with_their_window_and_with_their_account(reader: Account, shelf: Shelf) -> None:
    leaver = Account.objects.create_user("leaver@example.org")
    for account in (reader, leaver):
        shelf.visits.count(identity(account), "2026-11", A, 6)
    actions.keep_counts(NOW)
    leaver.delete()
    assert [row[0] for row in kept()] == [reader.pk]
    actions.keep_counts(NOW + 20 * DAY)
    assert kept() == []


def test_windows_that_are_over_are_forgotten_on_the_shelf(reader: Account, shelf: Shelf) -> None:
    ended, open_ = NOW - 40 * DAY, NOW + 60 * DAY
    seats = [
        (seats_of("1" * 32), seats_window(clock.to_unix(ended))),
        (seats_of("2" * 32), seats_window(clock.to_unix(open_))),
    ]
    weekly = AccessPolicy.objects.update_or_create(defaults={"window": "week"})[0]
    for name, window in [
        (identity(reader), "2026-11"),
        (DEVICE, "2026-10"),
        (DEVICE, queries.meter_window(NOW)),
        *seats,
    ]:
        shelf.visits.count(name, window, A, 3)
    assert weekly.window == "week"
    assert actions.prune_counts(NOW) == 2
    assert shelf.visits.read(identity(reader), "2026-11") == {A}
    assert shelf.visits.read(DEVICE, "2026-W47") == {A}
    assert shelf.visits.read(*seats[1]) == {A}


def test_the_worker_does_it_and_a_start_puts_back(reader: Account, shelf: Shelf) -> None:
    shelf.visits.count(identity(reader), "2026-11", A, 6)
    shelf.visits.count(DEVICE, "2020-01", A, 3)
    registry.duties["access.keep_counts"].do(NOW)
    registry.duties["access.prune_counts"].do(NOW)
    assert shelf.visits.read(DEVICE, "2020-01") == frozenset()
    shelf.visits.prune(())
    for begin in registry.at_start:
        begin(NOW)
    assert shelf.visits.read(identity(reader), "2026-11") == {A}
