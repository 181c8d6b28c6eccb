"""The count of free articles per identity and window, safe under parallel requests.

An identity is `device:<id>` or `reader:<id>`; a window is the meter's key, such as `2026-11`.
"""

import threading
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from newsstand.rules.gate.meter import read_one
from newsstand.shelf.lmdb_file import LmdbFile, key_of

MAP_BYTES = 256 * 1024**2
"""Room for the counts of about a million devices and readers. On the disk it is taken as it is needed."""

_PRUNED_AT_ONCE = 200
_READ_AT_ONCE = 500
_AFTER_A_WINDOW = b"\1"
"""Behind a window's name: the first key after all of its counts, whose names are followed by a zero."""
_READER = "reader:"


def seats_of(gift: str) -> str:
    """The identity under which the devices are counted on which a gift was opened."""
    return f"gift:{gift}"


def seats_window(until: int) -> str:
    """The window of these counts: the month in which the gift ends, such as `gift 2026-11`."""
    return f"gift {datetime.fromtimestamp(until, UTC):%Y-%m}"


def network_identity(mark: str) -> str:
    """The identity under which the new devices of one network are counted."""
    return f"network:{mark}"


def network_window(now: int) -> str:
    """The window of these counts: a day of Greenwich, such as `network 2026-11-16`."""
    return f"network {datetime.fromtimestamp(now, UTC):%Y-%m-%d}"


class Count(Struct, frozen=True, gc=False):
    """The articles counted after a reading, and whether the meter opened this one."""

    counted: frozenset[str]
    opened: bool


class VisitStore(Protocol):
    """What every store of visits promises; one class of tests holds for all of them."""

    def read(self, identity: str, window: str) -> frozenset[str]:
        """The articles counted for this identity in this window."""

    def count(
        self, identity: str, window: str, article: str, allowance: int, known: Iterable[str] = ()
    ) -> Count:
        """Count one article if it is counted already or one more is allowed, all in one step.

        `known` are articles that the identity's signed cookie holds; they are taken in first. However
        many requests run at once, no more than `allowance` articles are ever opened to one identity.
        """

    def merge(self, device: str, reader: str, window: str, known: Iterable[str] = ()) -> frozenset[str]:
        """Take a device's articles and `known` into the reader's count; both are identities.

        Returns the reader's articles after it. Doing it twice, or in another order, changes nothing.
        """

    def of_readers(self, window: str) -> Iterator[tuple[str, frozenset[str]]]:
        """Each reader's id with what is counted for them in this window; devices and gifts are left out."""

    def prune(self, keep_windows: Collection[str]) -> int:
        """Forget all other windows; returns how many counts were forgotten."""

    def close(self) -> None:
        """Let go of what is held open."""


class MemoryVisitStore:
    """Visits that live as long as their process. For tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[tuple[str, str], frozenset[str]] = {}

    def read(self, identity: str, window: str) -> frozenset[str]:
        return self._counted.get((window, identity), frozenset())

    def count(
        self, identity: str, window: str, article: str, allowance: int, known: Iterable[str] = ()
    ) -> Count:
        with self._lock:
            before = self.read(identity, window) | frozenset(known)
            reading = read_one(before, article, allowance)
            self._counted[window, identity] = reading.counted
            return Count(reading.counted, reading.opened)

    def merge(self, device: str, reader: str, window: str, known: Iterable[str] = ()) -> frozenset[str]:
        with self._lock:
            merged = self.read(reader, window) | self.read(device, window) | frozenset(known)
            self._counted[window, reader] = merged
            return merged

    def of_readers(self, window: str) -> Iterator[tuple[str, frozenset[str]]]:
        with self._lock:
            kept = sorted((name, counted) for (of, name), counted in self._counted.items() if of == window)
        for identity, counted in kept:
            if identity.startswith(_READER):
                yield identity.removeprefix(_READER), counted

    def prune(self, keep_windows: Collection[str]) -> int:
        with self._lock:
            gone = [key for key in self._counted if key[0] not in keep_windows]
            for key in gone:
                del self._counted[key]
            return len(gone)

    def close(self) -> None:
        """Nothing is held open."""


class LmdbVisitStore:
    """Visits for many processes on one machine; a count is one writing transaction."""

    def __init__(self, directory: Path, *, durable: bool, map_bytes: int = MAP_BYTES) -> None:
        self._file = LmdbFile(
            directory, databases=("visits",), map_size=map_bytes, durable=durable, through_memory=not durable
        )
        self._visits = self._file.database("visits")

    def read(self, identity: str, window: str) -> frozenset[str]:
        with self._file.reading() as reading:
            return _unpack(reading.get(_visit_key(identity, window), db=self._visits))

    def count(
        self, identity: str, window: str, article: str, allowance: int, known: Iterable[str] = ()
    ) -> Count:
        key = _visit_key(identity, window)
        # Most devices come here for the first time: what that gives is worked out before others have to wait.
        reading, after = _with_one_more(None, article, allowance, known)
        with self._file.writing() as writing:
            if after is not None and writing.put(key, after, overwrite=False, db=self._visits):
                return reading
            before = writing.get(key, db=self._visits)
            reading, after = _with_one_more(before, article, allowance, known)
            if after is not None and after != before:
                writing.put(key, after, db=self._visits)
        return reading

    def merge(self, device: str, reader: str, window: str, known: Iterable[str] = ()) -> frozenset[str]:
        key = _visit_key(reader, window)
        with self._file.writing() as writing:
            stored = _unpack(writing.get(key, db=self._visits))
            of_device = _unpack(writing.get(_visit_key(device, window), db=self._visits))
            merged = stored | of_device | frozenset(known)
            if merged != stored:
                writing.put(key, _pack(merged), db=self._visits)
        return merged

    def of_readers(self, window: str) -> Iterator[tuple[str, frozenset[str]]]:
        """In small steps: a transaction that stays open keeps the room of what is counted meanwhile from being used."""
        prefix = begin = _visit_key(_READER, window)
        while rows := self._rows_from(begin, prefix):
            for key, stored in rows:
                yield key[len(prefix) :].decode("utf-8", "replace"), _unpack(stored)
            begin = rows[-1][0] + b"\0"

    def prune(self, keep_windows: Collection[str]) -> int:
        """In small steps, each of which leaps over the windows that are kept, so that no reader waits for long."""
        kept = {window.encode() for window in keep_windows}
        pruned = 0
        while True:
            with self._file.writing() as writing, writing.cursor(db=self._visits) as cursor:
                gone: list[bytes] = []
                found = cursor.first()
                while found and len(gone) < _PRUNED_AT_ONCE:
                    window = cursor.key().partition(b"\0")[0]
                    if window in kept:
                        found = cursor.set_range(window + _AFTER_A_WINDOW)
                    else:
                        gone.append(cursor.key())
                        found = cursor.next()
                for key in gone:
                    writing.delete(key, db=self._visits)
            pruned += len(gone)
            if len(gone) < _PRUNED_AT_ONCE:
                return pruned

    def close(self) -> None:
        self._file.close()

    def _rows_from(self, begin: bytes, prefix: bytes) -> list[tuple[bytes, bytes]]:
        """The first counts from this key on whose keys begin so."""
        with self._file.reading() as reading, reading.cursor(db=self._visits) as cursor:
            rows: list[tuple[bytes, bytes]] = []
            found = cursor.set_range(begin)
            while found and len(rows) < _READ_AT_ONCE and cursor.key().startswith(prefix):
                rows.append(cursor.item())
                found = cursor.next()
        return rows


def _with_one_more(
    stored: bytes | None, article: str, allowance: int, known: Iterable[str]
) -> tuple[Count, bytes | None]:
    """What is counted with this article and what the cookie knows, and how that is stored."""
    before = frozenset(known) if stored is None else _unpack(stored).union(known)
    counted, opened = read_one(before, article, allowance)
    return Count(counted, opened), _pack(counted) if counted else stored


def _visit_key(identity: str, window: str) -> bytes:
    return window.encode() + b"\0" + key_of(identity)


def _pack(counted: frozenset[str]) -> bytes:
    return "\n".join(sorted(counted)).encode()


def _unpack(stored: bytes | None) -> frozenset[str]:
    if not stored:
        return frozenset()
    return frozenset(stored.decode("utf-8", "replace").split("\n"))
