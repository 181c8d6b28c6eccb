"""The outbox: in order, at least once, parked after eight tries, and one waiting row for many changes."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from newsstand.office.kit import clock, outbox, queries, worker
from newsstand.office.kit.models import OutboxRow
from newsstand.office.kit.one_worker import WorkerRuns, only_worker
from newsstand.office.kit.registry import Duty, registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the handler of the topic `note` has done."""
    notes: list[str] = []
    monkeypatch.setattr(registry, "handlers", {"note": lambda payload, now: notes.append(payload["word"])})
    monkeypatch.setattr(registry, "duties", {})
    return notes


@pytest.fixture
def real_time(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[float], None]]:
    """Real time stands still; call it to let seconds pass."""
    moment = [datetime(2026, 11, 16, 12, tzinfo=UTC)]
    monkeypatch.setattr(clock, "real_now", lambda: moment[0])

    def pass_(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return pass_


def note(word: str, key: str = "") -> int:
    with transaction.atomic():
        return outbox.add("note", {"word": word}, key=key)


def test_rows_are_done_in_the_order_of_their_changes(done: list[str]) -> None:
    for word in ("first", "second", "third"):
        note(word)
    assert outbox.drain() == 3
    assert done == ["first", "second", "third"]
    assert outbox.drain() == 0


def test_a_row_shares_the_fate_of_its_change(done: list[str]) -> None:
    class Refused(Exception):
        pass

    def change() -> None:
        outbox.add("note", {"word": "never"})
        raise Refused

    with pytest.raises(Refused), transaction.atomic():
        change()
    assert outbox.drain() == 0
    assert done == []


def test_a_row_outside_a_transaction_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "connection", SimpleNamespace(in_atomic_block=False))
    with pytest.raises(outbox.OutsideTransaction):
        outbox.add("note", {})


def test_a_waiting_row_serves_for_many_changes(done: list[str]) -> None:
    assert note("first", key="story") == note("second", key="story")
    assert note("other", key="another story") != note("first", key="story")
    outbox.drain()
    assert done == ["first", "other"]


def test_rows_without_a_key_are_never_one(done: list[str]) -> None:
    assert note("same") != note("same")


def test_a_change_after_the_start_makes_a_row_of_its_own(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(payload: dict[str, Any], now: datetime) -> None:
        done.append(payload["word"])
        if payload["word"] == "first":
            note("changed meanwhile", key="story")

    monkeypatch.setitem(registry.handlers, "note", handle)
    note("first", key="story")
    assert outbox.drain() == 2
    assert done == ["first", "changed meanwhile"]


def test_two_that_add_the_same_key_at_once_share_a_row(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row, look = note("first", key="story"), outbox._waiting
    answers = iter([None])
    monkeypatch.setattr(outbox, "_waiting", lambda topic, key: next(answers, look(topic, key)))
    assert note("second", key="story") == row


def test_a_failed_row_is_tried_again_later_and_lets_others_pass(
    done: list[str], real_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    fails = [True]

    def handle(payload: dict[str, Any], now: datetime) -> None:
        if payload["word"] == "broken" and fails[0]:
            raise ValueError("not now")
        done.append(payload["word"])

    monkeypatch.setitem(registry.handlers, "note", handle)
    note("broken")
    note("whole")
    outbox.drain()
    assert done == ["whole"]
    row = OutboxRow.objects.get(payload={"word": "broken"})
    assert (row.tries, row.last_error, row.done_at) == (1, "ValueError: not now", None)
    fails[0] = False
    assert outbox.drain() == 0
    real_time(1)
    outbox.drain()
    assert done == ["whole", "broken"]


def test_a_row_is_parked_after_eight_tries(
    done: list[str], real_time: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def handle(payload: dict[str, Any], now: datetime) -> None:
        done.append("tried")
        raise ValueError("never")

    monkeypatch.setitem(registry.handlers, "note", handle)
    row = note("broken")
    for wait in (0, 1, 2, 4, 8, 16, 32, 64, 128, 256):
        real_time(wait)
        outbox.drain()
    assert len(done) == 8
    parked = OutboxRow.objects.get(pk=row)
    assert parked.parked_at is not None
    assert parked.done_at is None
    assert worker.is_idle()


def test_a_process_that_ended_in_between_does_the_row_again(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = note("again", key="story")

    class Killed(BaseException):
        pass

    def killed(payload: dict[str, Any], now: datetime) -> None:
        raise Killed

    whole = registry.handlers["note"]
    monkeypatch.setitem(registry.handlers, "note", killed)
    with pytest.raises(Killed):
        outbox.drain()
    monkeypatch.setitem(registry.handlers, "note", whole)
    assert queries.rows_open([row])
    outbox.drain()
    assert done == ["again"]


def test_a_topic_that_nobody_handles_is_kept(done: list[str]) -> None:
    with transaction.atomic():
        row = outbox.add("unknown", {})
    outbox.drain()
    assert "no desk handles" in OutboxRow.objects.get(pk=row).last_error


def test_rows_that_the_worker_does_not_do_in_time_are_done_by_who_waits(done: list[str]) -> None:
    first, waited_for = note("first"), note("second")
    assert outbox.wait_for([waited_for]) is True
    assert done == ["second"]
    outbox.drain()
    assert done == ["second", "first"]
    assert outbox.wait_for([first]) is True
    assert outbox.wait_for([]) is True


def test_who_waits_for_a_row_that_fails_is_told(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(payload: dict[str, Any], now: Any) -> None:
        raise ValueError("no paper")

    monkeypatch.setitem(registry.handlers, "note", fail)
    row = note("first")
    assert outbox.wait_for([row]) is False
    assert "no paper" in OutboxRow.objects.get(pk=row).last_error


def test_done_rows_are_forgotten_after_a_week(done: list[str], real_time: Callable[[float], None]) -> None:
    note("old")
    outbox.drain()
    note("open")
    real_time(7 * 86400 + 1)
    outbox.prune()
    assert [row.payload["word"] for row in OutboxRow.objects.all()] == ["open"]


# --- the worker ---------------------------------------------------------------------------------------------


def test_one_installation_has_one_worker(tmp_path: Any) -> None:
    with only_worker(tmp_path), pytest.raises(WorkerRuns), only_worker(tmp_path):
        pass
    with only_worker(tmp_path):
        pass


def test_a_duty_is_done_when_it_falls_due_and_not_before(done: list[str]) -> None:
    due = [clock.now() + timedelta(hours=1)]
    registry.duties["renew"] = Duty("renew", 3600, lambda now: done.append("renewed"), lambda now: due[0])
    busy = worker.Worker()
    busy.step()
    busy.step()
    assert done == ["renewed"]  # once at the start, and not again within its hour
    due[0] = clock.now()
    busy.step()
    assert done == ["renewed", "renewed"]


def test_a_duty_that_fails_lets_the_others_have_their_turn(
    done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(now: datetime) -> None:
        done.append("failed")
        raise ValueError("not now")

    seconds = [0.0]
    monkeypatch.setattr(clock, "monotonic", lambda: seconds[0])
    overdue = clock.now() - timedelta(hours=1)
    registry.duties["first"] = Duty("first", 60, fail, lambda now: overdue)
    registry.duties["second"] = Duty("second", 3600, lambda now: done.append("done"))
    busy = worker.Worker()
    with pytest.raises(ValueError, match="not now"):
        busy.step()
    busy.step()
    assert done == ["failed", "done"]
    seconds[0] = 60
    with pytest.raises(ValueError, match="not now"):
        busy.step()
    assert done == ["failed", "done", "failed"]


def test_settling_does_what_each_row_brings_along(done: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def handle(payload: dict[str, Any], now: datetime) -> None:
        done.append(payload["word"])
        if len(done) < 4:
            note(f"{len(done)}")

    monkeypatch.setitem(registry.handlers, "note", handle)
    note("0")
    worker.settle_here()
    assert done == ["0", "1", "2", "3"]
    assert worker.is_idle()
