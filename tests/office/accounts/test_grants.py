"""Giving and ending rights: exact rows, and passes closed when something is taken away, only then."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from newsstand.office.accounts import actions, queries
from newsstand.office.accounts.models import Account, Grant
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow, OutboxRow
from newsstand.office.kit.registry import registry
from newsstand.rules.gate import facts
from newsstand.shelf.shelf import Shelf

DAY = timedelta(days=1)


def given(account: Account, now: datetime, **changes: Any) -> Grant:
    values: dict[str, Any] = {
        "subject": "product:news",
        "rights": ["read", "ad_free"],
        "from_at": now,
        "until": now + 28 * DAY,
        "grace_until": now + 35 * DAY,
        "source": "subscription",
        "source_ref": "s1",
    }
    return actions.give_grant(account=account, by="system", now=now, **{**values, **changes})


def ended(now: datetime, at: datetime, source_ref: str = "s1") -> Grant | None:
    return actions.end_grant(
        source="subscription", source_ref=source_ref, at=at, by="staff:x", why="refund", now=now
    )


def test_a_grant_is_one_row_and_one_line_in_the_log(ann: Account, now: datetime) -> None:
    given(ann, now)
    grant = Grant.objects.get()
    assert (grant.account, grant.subject, grant.rights) == (ann, "product:news", ["ad_free", "read"])
    assert (grant.from_at, grant.until, grant.grace_until) == (now, now + 28 * DAY, now + 35 * DAY)
    row = AuditRow.objects.get()
    assert (row.by, row.verb, row.subject, row.before) == (
        "system",
        "give_grant",
        "grant:subscription:s1",
        None,
    )
    assert row.after["until"] == (now + 28 * DAY).isoformat()
    assert not OutboxRow.objects.exists()


def test_the_same_source_changes_its_grant_and_never_doubles_it(ann: Account, now: datetime) -> None:
    given(ann, now)
    given(ann, now + 28 * DAY, from_at=now, until=now + 56 * DAY, grace_until=now + 63 * DAY)
    assert Grant.objects.get().until == now + 56 * DAY
    assert AuditRow.objects.count() == 2
    assert not OutboxRow.objects.exists()


def test_giving_the_same_again_leaves_no_trace(ann: Account, now: datetime) -> None:
    given(ann, now)
    given(ann, now)
    assert AuditRow.objects.count() == 1


def test_a_right_that_is_taken_away_closes_passes(ann: Account, now: datetime) -> None:
    given(ann, now)
    given(ann, now, rights=["read"])
    assert OutboxRow.objects.get().topic == "accounts.close_passes"


def test_a_grant_that_goes_to_another_account_closes_both(ann: Account, now: datetime) -> None:
    bob = Account.objects.create_user("bob@example.com")
    given(ann, now)
    given(bob, now)
    readers = {row.payload["reader"] for row in OutboxRow.objects.all()}
    assert readers == {ann.reader_id, bob.reader_id}


def test_a_refund_ends_at_once_and_closes_passes(ann: Account, now: datetime, shelf: Shelf) -> None:
    given(ann, now)
    ended(now + DAY, now + DAY)
    grant = Grant.objects.get()
    assert (grant.until, grant.grace_until) == (now + DAY, None)
    assert [row.verb for row in AuditRow.objects.order_by("pk")] == [
        "give_grant",
        "end_grant",
        "close_passes",
    ]
    assert AuditRow.objects.order_by("pk")[1].why == "refund"
    before = clock.unix()
    outbox.drain()
    assert shelf.board.read().closed_readers[ann.reader_id] >= before


def test_a_closing_reaches_the_board_before_the_commit_and_again_after_it(
    ann: Account, now: datetime, shelf: Shelf, django_capture_on_commit_callbacks: Any
) -> None:
    before = clock.unix()
    with django_capture_on_commit_callbacks(execute=True):
        actions.close_passes(account=ann, by="staff:x", why="misuse", now=now)
        assert shelf.board.read().closed_readers[ann.reader_id] >= before
        shelf.board.close_reader(ann.reader_id, before, before)
        written = shelf.board.version()
    assert shelf.board.version() > written
    # The moment of writing, not that of the change: passes made in between are closed, too.
    assert shelf.board.read().closed_readers[ann.reader_id] >= before
    assert OutboxRow.objects.get().key == ann.reader_id


def test_a_cancellation_keeps_paid_time_and_passes(ann: Account, now: datetime) -> None:
    given(ann, now)
    ended(now + DAY, now + 28 * DAY)
    assert (Grant.objects.get().until, Grant.objects.get().grace_until) == (now + 28 * DAY, None)
    assert not OutboxRow.objects.exists()


def test_an_end_never_makes_a_grant_longer(ann: Account, now: datetime) -> None:
    given(ann, now, until=now + DAY, grace_until=None)
    ended(now, now + 90 * DAY)
    assert Grant.objects.get().until == now + DAY
    assert AuditRow.objects.count() == 1


def test_a_grant_that_had_not_begun_ends_where_it_would_begin(ann: Account, now: datetime) -> None:
    given(ann, now, from_at=now + DAY)
    ended(now, now)
    assert Grant.objects.get().until == now + DAY
    assert not OutboxRow.objects.exists()


def test_ending_what_was_never_given_leaves_no_trace(ann: Account, now: datetime) -> None:
    assert ended(now, now, "other") is None
    assert not AuditRow.objects.exists()


def test_reader_facts_hold_what_runs_and_what_is_in_grace(ann: Account, now: datetime) -> None:
    given(ann, now - 30 * DAY, until=now - DAY, grace_until=now + DAY, source_ref="grace")
    given(ann, now - 30 * DAY, until=now - DAY, grace_until=None, source_ref="over")
    given(ann, now + DAY, source_ref="not yet")
    given(
        ann,
        now,
        subject="article:" + "a" * 32,
        until=None,
        grace_until=None,
        source="staff",
        source_ref="one",
    )
    given(ann, now - DAY, subject="site", until=None, grace_until=None, source="staff", source_ref="site")
    found = queries.reader_facts(ann, now)
    assert [grant.subject for grant in found.grants] == ["site", "product:news", "article:" + "a" * 32]
    assert found.grants[1] == facts.Grant(
        subject="product:news",
        rights=frozenset({"read", "ad_free"}),
        from_at=clock.to_unix(now - 30 * DAY),
        until=clock.to_unix(now - DAY),
        grace_until=clock.to_unix(now + DAY),
        source="subscription",
    )
    assert (found.id, found.is_staff, found.created_at) == (
        ann.reader_id,
        False,
        clock.to_unix(ann.created_at),
    )


def test_billings_word_about_a_reader_stands_in_the_facts(
    ann: Account, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        registry, "reader_states", [lambda account, now: "", lambda account, now: "payment_failed"]
    )
    assert queries.reader_facts(ann, now).state == "payment_failed"


def test_an_account_is_found_by_its_public_id(ann: Account) -> None:
    assert queries.account_by_reader_id(ann.reader_id) == ann
    assert queries.account_by_reader_id("0" * 32) is None
    assert queries.account_by_reader_id("not an id") is None


def test_a_closed_account_is_shut_out_at_once_and_may_come_back(ann: Account, now: datetime) -> None:
    actions.close_account(account=ann, by="staff:x", why="abuse", now=now)
    actions.close_account(account=ann, by="staff:x", why="abuse", now=now)
    ann.refresh_from_db()
    assert not ann.is_active
    assert [row.verb for row in AuditRow.objects.order_by("pk")] == ["close_account", "close_passes"]
    assert OutboxRow.objects.get().payload == {"reader": ann.reader_id}
    actions.reopen_account(account=ann, by="staff:x", why="sorry", now=now)
    ann.refresh_from_db()
    assert ann.is_active
