"""One place at each path, over all processes of a box: whoever prints there is alone, and others wait."""

import fcntl
import hashlib
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

_LOCK = struct.Struct("hhxxxxqqixxxx")
_OFFSET_BITS = 62


class Places(Protocol):
    """What every keeper of places promises."""

    def alone(self, path: str) -> AbstractContextManager[None]:
        """Hold the only place at this path; waits while another thread or process has it."""


class FilePlaces:
    """Places in one file: a lock on the one byte that the path's hash names, so that nothing heaps up.

    The kernel lets go of a lock when its process ends, however it ends.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def alone(self, path: str) -> Iterator[None]:
        # A file of one's own, since such locks belong to the opened file: threads wait for each other too.
        opened = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if hasattr(fcntl, "F_OFD_SETLKW"):
                fcntl.fcntl(opened, fcntl.F_OFD_SETLKW, _lock_on(path))
            else:  # a system without such locks prints one page at a time
                fcntl.flock(opened, fcntl.LOCK_EX)
            yield
        finally:
            os.close(opened)


class MemoryPlaces:
    """Places within one process. For tests."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, tuple[threading.Lock, int]] = {}

    @contextmanager
    def alone(self, path: str) -> Iterator[None]:
        with self._guard:
            lock, waiting = self._locks.get(path, (threading.Lock(), 0))
            self._locks[path] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._guard:
                lock, waiting = self._locks[path]
                if waiting == 1:
                    del self._locks[path]
                else:
                    self._locks[path] = (lock, waiting - 1)


def _lock_on(path: str) -> bytes:
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()
    offset = int.from_bytes(digest[:8], "big") >> (64 - _OFFSET_BITS)
    return _LOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, offset, 1, 0)
