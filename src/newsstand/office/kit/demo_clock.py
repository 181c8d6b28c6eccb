"""The demo's clock: moved from due moment to due moment, waiting at each until the queues are empty."""

import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from newsstand.office.kit import audit, clock, queries, shelf, worker
from newsstand.office.kit.models import DemoClock
from newsstand.office.kit.one_worker import WorkerRuns, only_worker
from newsstand.office.kit.registry import registry

NOON = 12
PATIENCE = 180.0  # seconds of real time to wait for the worker at one moment, which may have to start again


class WorkerIsAway(RuntimeError):
    """The worker did not empty the queues in time; the clock stands where it had come to."""


def restore() -> None:
    """Put the kept offset on the board: done at every start, since the board may be new."""
    row = DemoClock.objects.first()
    shelf.handle().board.set_clock_offset(row.offset if row is not None else 0)


def advance(span: timedelta, *, by: str) -> datetime:
    """Move the clock ahead by `span` and return the new site time. Time never goes back."""
    if span <= timedelta(0):
        raise ValueError("the clock only moves ahead")
    target = clock.now() + span
    while (now := clock.now()) < target:
        _settle()
        _set(min(_next_due(now, target), target), by=by)
        _settle()
    return clock.now()


def days_ahead(days: int) -> timedelta:
    """The span to the same time of day so many days on, but not before noon in the publication's zone.

    What falls due on a date falls due in its morning, so whoever jumps to a day meets what that day brings.
    """
    now, zone = clock.now(), ZoneInfo(queries.publication().zone)
    local = (now + timedelta(days=days)).astimezone(zone)
    return max(local, local.replace(hour=NOON, minute=0, second=0, microsecond=0)) - now


def next_due() -> datetime | None:
    """The next moment at which something falls due; None if nothing does."""
    now = clock.now()
    moments = [duty.next_due(now) for duty in registry.duties.values() if duty.next_due is not None]
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def _next_due(now: datetime, target: datetime) -> datetime:
    return max(next_due() or target, now + timedelta(seconds=1))


def _set(moment: datetime, *, by: str) -> None:
    with transaction.atomic():
        row, _ = DemoClock.objects.select_for_update().get_or_create(pk=1)
        before = row.offset
        row.offset = max(before, int((moment - clock.real_now()).total_seconds()) + 1)
        row.save(update_fields=["offset"])
        after = {"offset": row.offset}
        audit.record(
            by=by, verb="move_clock", subject="demo-clock", before={"offset": before}, after=after, now=moment
        )
    shelf.handle().board.set_clock_offset(row.offset)


def _settle() -> None:
    """Let the queues become empty: by the running worker, or here if none runs."""
    try:
        with only_worker(worker.lock_directory()):
            worker.settle_here()
            return
    except WorkerRuns:
        limit = clock.monotonic() + PATIENCE
    while not worker.is_idle():
        if clock.monotonic() > limit:
            raise WorkerIsAway("the worker did not finish what was due; is it running?")
        time.sleep(0.05)
