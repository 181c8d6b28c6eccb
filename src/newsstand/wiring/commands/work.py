"""The worker process.

One worker does everything: the outbox in order, the duties, what is due. On PostgreSQL more may run beside it: they
serve sales that are due and book revenue, and one of them takes the first one's place when it is gone. SQLite has one
writer, so there a second worker would only wait, and says so instead.
"""

import argparse
import os
import signal
import sys
import threading
from types import FrameType

from django.db import DatabaseError, close_old_connections, connection

from newsstand.office.billing import actions
from newsstand.office.billing.queries import upkeep
from newsstand.office.kit import clock, worker
from newsstand.office.kit.one_worker import WorkerRuns, only_worker

LOOK_EVERY = 1.0  # seconds between two looks at what is due, beside another worker
TRY_EVERY = 5  # looks between two tries to become the first worker


def run(arguments: argparse.Namespace) -> int:
    """Work until SIGTERM or Ctrl-C, or until the process that started it is gone."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask_to_stop)
    signal.signal(signal.SIGINT, ask_to_stop)
    if arguments.parent:
        threading.Thread(target=_watch, args=(arguments.parent, stop), daemon=True).start()
    while not stop.is_set():
        try:
            with only_worker(worker.lock_directory()):
                _say("works")
                worker.Worker().run(stop)
        except WorkerRuns as refusal:
            if connection.vendor != "postgresql":
                print(f"newsstand: {refusal}; on SQLite one is enough.", file=sys.stderr)
                return 1
            _say("helps with sales, beside another worker")
            _help(stop)
    print("newsstand: the worker has stopped; what it had begun is finished", flush=True)
    return 0


def _help(stop: threading.Event) -> None:
    """Serve what is due, beside the worker that does everything, for a few looks."""
    for _ in range(TRY_EVERY):
        if stop.is_set():
            return
        try:
            _serve()
            close_old_connections()
        except DatabaseError as error:
            print(f"newsstand: the database is away: {error}", file=sys.stderr, flush=True)
        stop.wait(LOOK_EVERY)


def _serve() -> None:
    """What is safe side by side: each sale is claimed by one worker, and a part of revenue is booked once."""
    now = clock.now()
    served = {
        "subscriptions": actions.serve_due(now=now, ticking=clock.now),
        "purchases": actions.serve_purchases(now=now),
        "invoices earned": actions.earn_revenue(now=now),
    }
    if any(served.values()):
        told = ", ".join(f"{count} {name}" for name, count in served.items() if count)
        print(f"newsstand: served {told}", flush=True)


_said: list[str] = []


def _say(what: str) -> None:
    """What this worker does and what waits for it; said again only when it changes."""
    if _said[-1:] == [what]:
        return
    _said.append(what)
    waiting = ", ".join(
        f"{count} {name.replace('_', ' ')}" for name, count in upkeep.counts(clock.now()).items()
    )
    print(f"newsstand: the worker {what} on {connection.vendor}: {waiting}", flush=True)


def _watch(parent: int, stop: threading.Event) -> None:
    while not stop.wait(1.0):
        if os.getppid() != parent:
            stop.set()
