"""The worker: does outbox rows and periodic duties, one process at a time."""

import logging
import threading
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections

from newsstand.office.kit import clock, outbox, queries
from newsstand.office.kit.registry import Duty, registry

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between two looks at an empty outbox


class Worker:
    """Looks at the outbox and the duties until it is told to stop."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what has begun is finished."""
        while not stop.is_set():
            try:
                busy = self.step()
                close_old_connections()
            except Exception:  # the database may be away for a moment; the worker must not be
                log.exception("worker_step_failed")
                busy = False
            if not busy:
                stop.wait(LOOK_EVERY)

    def step(self) -> bool:
        """Do what there is to do now; True if there was something."""
        done = outbox.drain()
        for duty in list(registry.duties.values()):
            if self._falls_due(duty):
                self._last[duty.name] = clock.monotonic()
                duty.do(clock.now())
        return done > 0

    def _falls_due(self, duty: Duty) -> bool:
        last = self._last.get(duty.name)
        if last is None or clock.monotonic() - last >= duty.seconds:
            return True
        return duty.next_due is not None and is_overdue(duty)


def is_overdue(duty: Duty) -> bool:
    """Whether a duty has something that is due by site time."""
    now = clock.now()
    due = duty.next_due(now) if duty.next_due is not None else None
    return due is not None and due <= now


def is_idle() -> bool:
    """Whether nothing is waiting: no outbox row, and nothing overdue."""
    return not queries.rows_open() and not any(is_overdue(duty) for duty in registry.duties.values())


def settle_here(limit: int = 10_000) -> None:
    """Do everything that waits, in this process (which must be the only worker)."""
    worker = Worker()
    for _ in range(limit):
        worker.step()
        if is_idle():
            return
    raise RuntimeError("the queues do not become empty")


def lock_directory() -> Path:
    """Where the worker's lock lies."""
    return Path(settings.DATA)
