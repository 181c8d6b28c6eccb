"""The demo's clock goes from due moment to due moment, and at each all that is due is done before it goes on."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from newsstand.office.kit import clock, demo_clock
from newsstand.office.kit.models import AuditRow, DemoClock
from newsstand.office.kit.one_worker import only_worker
from newsstand.office.kit.registry import Duty, registry
from newsstand.shelf.shelf import Shelf, memory_shelf

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


class Charges:
    """A duty that falls due every seven days and notes when it was done."""

    def __init__(self, first: datetime) -> None:
        self.due, self.done = first, list[datetime]()

    def do(self, now: datetime) -> None:
        while self.due <= now:
            self.done.append(now)
            self.due += 7 * DAY

    def duty(self) -> Duty:
        return Duty("charges", 3600, self.do, lambda now: self.due)


@pytest.fixture
def charges(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Charges:
    """The only duty, due for the first time in seven days."""
    settings.DATA = tmp_path
    made = Charges(clock.now() + 7 * DAY)
    monkeypatch.setattr(registry, "duties", {"charges": made.duty()})
    return made


@pytest.fixture
def real_time_stands_still(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> None:
    """Only the demo's clock moves, however long it takes to move it."""
    moment = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: moment)
    monkeypatch.setattr(clock, "unix", lambda: int(moment.timestamp()) + shelf.board.read().clock_offset)


@pytest.mark.usefixtures("real_time_stands_still")
def test_every_due_moment_is_stopped_at(charges: Charges) -> None:
    began, first = clock.now(), charges.due
    reached = demo_clock.advance(28 * DAY, by="system")
    assert reached >= began + 28 * DAY
    assert len(charges.done) == 4
    for number, moment in enumerate(charges.done):
        assert timedelta(0) <= moment - (first + number * 7 * DAY) <= timedelta(seconds=1)


@pytest.mark.usefixtures("real_time_stands_still")
def test_the_offset_is_kept_and_lies_on_the_board(charges: Charges, shelf: Shelf) -> None:
    demo_clock.advance(DAY, by="staff:1")
    offset = DemoClock.objects.get().offset
    assert 86_400 <= offset <= 86_401
    assert shelf.board.read().clock_offset == offset
    row = AuditRow.objects.get()
    assert (row.by, row.verb, row.before, row.after) == (
        "staff:1",
        "move_clock",
        {"offset": 0},
        {"offset": offset},
    )


def test_a_new_board_gets_the_kept_offset(charges: Charges, monkeypatch: pytest.MonkeyPatch) -> None:
    demo_clock.advance(DAY, by="system")
    fresh = memory_shelf()
    monkeypatch.setattr("newsstand.office.kit.shelf.handle", lambda: fresh)
    demo_clock.restore()
    assert fresh.board.read().clock_offset == DemoClock.objects.get().offset


def test_time_never_goes_back(charges: Charges) -> None:
    for span in (timedelta(0), -DAY):
        with pytest.raises(ValueError, match="ahead"):
            demo_clock.advance(span, by="system")
    assert not DemoClock.objects.exists()


def test_real_time_stays_where_it_is(charges: Charges) -> None:
    before = clock.real_now()
    demo_clock.advance(DAY, by="system")
    assert clock.real_now() - before < timedelta(minutes=1)
    assert clock.now() - clock.real_now() > timedelta(hours=23)


def test_a_worker_that_does_not_answer_stops_the_clock(
    charges: Charges, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(demo_clock, "PATIENCE", 0.01)
    with only_worker(tmp_path), pytest.raises(demo_clock.WorkerIsAway):
        demo_clock.advance(28 * DAY, by="system")
    assert charges.done == []
    assert clock.now() < charges.due + timedelta(minutes=1)


def test_what_is_due_next_is_known(charges: Charges) -> None:
    assert demo_clock.next_due() == charges.due
    registry.duties.clear()
    assert demo_clock.next_due() is None


@pytest.mark.parametrize(
    ("local", "lands"), [("2026-03-01 07:30", "2026-03-29 12:00"), ("2026-03-01 15:30", "2026-03-29 16:30")]
)
def test_a_jump_by_days_lands_after_the_morning(
    local: str, lands: str, publication: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also over the change of the clocks on 8 March, which makes an afternoon an hour later."""
    zone = ZoneInfo("America/New_York")
    monkeypatch.setattr(demo_clock.queries, "publication", lambda: SimpleNamespace(zone=zone.key))
    now = datetime.fromisoformat(local).replace(tzinfo=zone)
    monkeypatch.setattr(clock, "now", lambda: now.astimezone(UTC))
    reached = (clock.now() + demo_clock.days_ahead(28)).astimezone(zone)
    assert f"{reached:%Y-%m-%d %H:%M}" == lands
