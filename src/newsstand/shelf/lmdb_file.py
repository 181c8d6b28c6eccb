"""One LMDB environment, opened once in a process and never used across a fork."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import lmdb

from newsstand.shelf.store import ShelfFull

Transaction: TypeAlias = "lmdb.Transaction[bytes]"
Looking: TypeAlias = "lmdb.Transaction[memoryview]"

LONGEST_KEY = 480
"""LMDB takes keys of up to 511 bytes, and some get a prefix; a longer one is replaced by its hash."""

_MOST_READERS = 512
_BYTES_AHEAD = 4 * 1024**2
_WRITES_BETWEEN_LOOKS = 8


class UsedAcrossFork(RuntimeError):
    """An environment that the parent process opened: its locks do not belong to this one."""


class LmdbFile:
    """The environment in `directory`, with its named databases.

    With `durable` every commit is on the disk before it returns; without, it is as safe as the running
    machine, and nothing may be kept in it that must outlive a power cut. Only the user that runs it can
    read the files, since paid text is among them. Raises lmdb.Error when the same
    directory is already open in this process.

    With `through_memory` pages are written through the map, which is three times as fast. On a full disk that would
    end the process, so their room on the disk is taken ahead; where that can't be had from the start, pages are
    written as usual.
    """

    def __init__(
        self,
        directory: Path,
        *,
        databases: tuple[str, ...],
        map_size: int,
        durable: bool,
        through_memory: bool = False,
    ) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._process = os.getpid()
        options: dict[str, Any] = {
            "mode": 0o600,
            "map_size": map_size,
            "max_dbs": len(databases),
            "max_readers": _MOST_READERS,
            "sync": durable,
            "metasync": durable,
        }
        self._env = lmdb.open(str(directory), writemap=through_memory, **options)
        self._room = RoomAhead(self._env, directory / "data.mdb", map_size) if through_memory else None
        if self._room is not None and not self._room.is_there():
            self._env.close()
            self._room = None
            self._env = lmdb.open(str(directory), **options)
        self._env.reader_check()
        self._databases = {name: self._env.open_db(name.encode()) for name in databases}

    def database(self, name: str) -> Any:
        """The handle that a transaction's methods take as `db`."""
        return self._databases[name]

    def reading(self) -> Transaction:
        """A transaction that sees one moment of the whole environment."""
        self._refuse_fork()
        return self._env.begin()

    def looking(self) -> Looking:
        """The same without a copy: what it gives is a view into the map, and good for as long as it is open."""
        self._refuse_fork()
        return self._env.begin(buffers=True)

    def writing(self) -> Transaction:
        """The only writing transaction at this moment, over all processes; it waits for its turn."""
        self._refuse_fork()
        if self._room is not None and not self._room.is_there():
            raise ShelfFull("no room on the disk")
        return self._env.begin(write=True)

    @contextmanager
    def laying(self) -> Iterator[Transaction]:
        """The same for what adds: without room on the disk or in the map nothing is changed, and ShelfFull tells."""
        try:
            with self.writing() as transaction:
                yield transaction
        except lmdb.Error as error:
            # Without a class of its own is what the system reports: a disk that takes half of a page is one such.
            if type(error) in (lmdb.Error, lmdb.MapFullError, lmdb.TxnFullError, lmdb.DiskError):
                raise ShelfFull(f"no room for it: {error}") from error
            raise

    def version(self) -> int:
        """The number of the last commit, by whichever process."""
        with self.reading() as transaction:
            number: int = transaction.id()
        return number

    def close(self) -> None:
        """Let go of the files. In a forked child the parent's locks are left alone."""
        if self._process == _process:
            self._env.close()

    def _refuse_fork(self) -> None:
        if self._process != _process:
            raise UsedAcrossFork("open the shelf after the fork, not before")


def _take_room(file: Path, size: int) -> bool:
    """Whether all of this file's bytes have their place on the disk from now on."""
    with file.open("r+b") as data:
        try:
            os.posix_fallocate(data.fileno(), 0, size)
        except OSError:
            return False
    return True


class RoomAhead:
    """Takes a file's room on the disk before the map is written to, always some more than is used.

    Between two looks all processes of a box together must write less than what is taken ahead.
    """

    def __init__(self, env: "lmdb.Environment", file: Path, map_size: int) -> None:
        self._env = env
        self._file = file
        self._map_size = map_size
        self._taken = 0
        self._writes_left = 0

    def is_there(self) -> bool:
        """Whether the next transaction can write without meeting a full disk."""
        if self._writes_left > 0:
            self._writes_left -= 1
            return True
        self._writes_left = _WRITES_BETWEEN_LOOKS
        used = (self._env.info()["last_pgno"] + 1) * self._env.stat()["psize"]
        if used + _BYTES_AHEAD <= self._taken or self._taken == self._map_size:
            return True
        wanted = min(self._map_size, used + 2 * _BYTES_AHEAD)
        with self._file.open("r+b") as data:
            try:
                os.posix_fallocate(data.fileno(), 0, wanted)
            except OSError:
                self._writes_left = 0
                return False
        self._taken = wanted
        return True


def key_of(text: str) -> bytes:
    """`text` as a key that LMDB takes: itself, or its hash where it is too long or empty.

    A hashed key begins with a byte that no text in UTF-8 holds, so that the two kinds never meet.
    """
    key = text.encode("utf-8", "surrogatepass")
    if 0 < len(key) <= LONGEST_KEY:
        return key
    return b"\xff" + hashlib.sha256(key).digest()


_process = os.getpid()


def _remember_process() -> None:
    global _process
    _process = os.getpid()


os.register_at_fork(after_in_child=_remember_process)
