"""The one place for a worker of an installation. It needs no Django, so that it can be asked before anything loads."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WorkerRuns(RuntimeError):
    """Another process is the worker of this installation."""


@contextmanager
def only_worker(directory: Path) -> Iterator[None]:
    """Hold the installation's one place for a worker; the lock ends with the process, however it ends."""
    with (directory / "work.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WorkerRuns(f"a worker already runs on {directory}") from None
        yield
