"""The worker: does outbox rows and periodic duties, in one process at a time."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import connections

from newsstand.office.kit import clock, outbox, queries
from newsstand.office.kit.registry import Duty, registry

log = logging.getLogger(__name__)

LOOK_EVERY = 0.1  # seconds between two looks at an empty outbox
ROWS_AT_ONCE = 10  # after so many rows the worker looks whether it is to stop


class Worker:
    """Looks at the outbox and the duties until it is told to stop.

    Three threads share the work, so that a change shows within a second however many renewals are due and however
    slow a mail server is: the rows that readers wait for, those that can wait, and the duties.
    """

    def __init__(self) -> None:
        self._last: dict[str, float] = {}
        self._unfinished: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; what has begun is finished."""
        others = [
            threading.Thread(target=self._keep_on, args=(work, stop))
            for work in (_do_patient, self._do_duties)
        ]
        for thread in others:
            thread.start()
        self._keep_on(_do_urgent, stop)
        for thread in others:
            thread.join()

    def step(self) -> bool:
        """Do what there is to do now, one after the other; True if there was something."""
        is_busy = outbox.drain() > 0
        return self._do_duties() or is_busy

    def _keep_on(self, work: Callable[[], bool], stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                is_busy = work()
            except Exception:  # the database may be away for a moment; the worker must not be
                log.exception("worker_step_failed")
                is_busy = False
                # What broke may be the connection. Until then it is kept: making one costs more than a look does.
                connections.close_all()
            if not is_busy:
                stop.wait(LOOK_EVERY)
        connections.close_all()

    def _do_duties(self) -> bool:
        for duty in list(registry.duties.values()):
            if self._falls_due(duty):
                self._last[duty.name] = clock.monotonic()
                self._unfinished.add(duty.name)
                duty.do(clock.now())
                self._unfinished.discard(duty.name)
        return False

    def _falls_due(self, duty: Duty) -> bool:
        last = self._last.get(duty.name)
        if last is None or clock.monotonic() - last >= duty.seconds:
            return True
        # One that failed stays overdue: it waits for its time, and lets those after it have their turn.
        return duty.next_due is not None and duty.name not in self._unfinished and is_overdue(duty)


def _do_urgent() -> bool:
    return outbox.drain(ROWS_AT_ONCE, but=registry.patient) > 0


def _do_patient() -> bool:
    return outbox.drain(ROWS_AT_ONCE, among=registry.patient) > 0


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
