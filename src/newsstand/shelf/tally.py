"""Sums of what was read, handed from the kiosk to the office. Nothing of one person is in them."""

import json
import secrets
import struct
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import msgspec

from newsstand.shelf.lmdb_file import LmdbFile, Transaction

MAP_BYTES = 256 * 1024**2
MOST_PARTS = 1024
"""So many parts may wait for the office; then they become one, so that they take no more room than their sums."""

_NAME = b"name"
_NUMBER = struct.Struct(">Q")
_ROWS_OF_A_PART = 2000
"""Packing them keeps the readers of this process waiting for less than a millisecond."""

_PART_BITS = 20


class Reading(NamedTuple):
    """What is summed: an article's id, the variant shown, the gate's reason, where the reader came from."""

    article: str
    variant: str
    reason: str
    source: str


Key = tuple[str, str, str, str]
"""A reading before it has a name for each of its fields: one is made for each answer."""


class Batch(NamedTuple):
    """Sums on their way to the office. `name` is this batch's and no other's, on whatever shelf."""

    name: str
    counts: Mapping[Reading, int]


class Sums(Protocol):
    """Where a tally is flushed to.

    Sums are handed over in two steps, `take` and `settle`. Whoever dies in between takes the same batch again, and
    knows by its name whether it was kept.
    """

    def raise_by(self, counts: Mapping[Key, int]) -> None:
        """Add these numbers, by the fields of a reading, to the sums, all or none."""

    def take(self) -> Batch | None:
        """The batch that is on its way; where none is, all sums become one. None where nothing was counted."""

    def settle(self, name: str) -> None:
        """The batch of this name was kept and is forgotten here. Nothing happens where it is not on its way."""

    def close(self) -> None:
        """Let go of what is held open."""


class Tally:
    """Counts in memory until `flush`; cheap enough to be called for each answer, from any thread."""

    def __init__(self, sums: Sums) -> None:
        self._sums = sums
        self._lock = threading.Lock()
        self._counts: dict[Key, int] = {}

    def add(self, article: str, variant: str, reason: str, source: str) -> None:
        key = (article, variant, reason, source)
        with self._lock:
            self._counts[key] = self._counts.get(key, 0) + 1

    def flush(self) -> None:
        """Add what was counted to the sums. Where that fails it stays counted, and the error goes on."""
        with self._lock:
            counts, self._counts = self._counts, {}
        if not counts:
            return
        flushed = False
        try:
            self._sums.raise_by(counts)
            flushed = True
        finally:
            if not flushed:
                with self._lock:
                    for key, number in counts.items():
                        self._counts[key] = self._counts.get(key, 0) + number

    def take(self) -> Batch | None:
        """Everything flushed so far by any process, or the batch that was taken before and is not settled yet."""
        return self._sums.take()

    def settle(self, name: str) -> None:
        """The batch of this name was kept."""
        self._sums.settle(name)

    def drain(self) -> dict[Reading, int]:
        """All that was counted, by this process or another, taken and settled at once: for a measurement."""
        self.flush()
        drained: Counter[Reading] = Counter()
        while (batch := self.take()) is not None:
            drained.update(batch.counts)
            self.settle(batch.name)
        return dict(drained)

    def close(self) -> None:
        """Flush, and let go of what is held open."""
        try:
            self.flush()
        finally:
            self._sums.close()


class MemorySums:
    """Sums that live as long as their process. For tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: Counter[Reading] = Counter()
        self._taken: Batch | None = None

    def raise_by(self, counts: Mapping[Key, int]) -> None:
        with self._lock:
            self._sums.update({Reading(*key): number for key, number in counts.items()})

    def take(self) -> Batch | None:
        with self._lock:
            if self._taken is None and self._sums:
                self._taken = Batch(_new_name(), dict(self._sums))
                self._sums = Counter()
            return self._taken

    def settle(self, name: str) -> None:
        with self._lock:
            if self._taken is not None and self._taken.name == name:
                self._taken = None

    def close(self) -> None:
        """Nothing is held open."""


class LmdbSums:
    """Sums for many processes on one machine: `tally` holds what was handed over, `taken` the batch on its way.

    What a kiosk hands over is laid as it is, in parts under rising numbers: it is added up by whoever takes it, and
    not while readers wait.
    """

    def __init__(self, directory: Path) -> None:
        self._file = LmdbFile(
            directory, databases=("tally", "taken", "batch"), map_size=MAP_BYTES, durable=True
        )
        self._tally = self._file.database("tally")
        self._taken = self._file.database("taken")
        self._batch = self._file.database("batch")

    def raise_by(self, counts: Mapping[Key, int]) -> None:
        parts = _in_parts(counts.items())
        with self._file.writing() as writing:
            if len(parts) + writing.stat(self._tally)["entries"] > MOST_PARTS:
                parts = [_packed(list(_summed([*self._parts(writing, self._tally), *parts]).items()))]
                writing.drop(self._tally, delete=False)
            self._lay(writing, self._tally, parts)

    def take(self) -> Batch | None:
        with self._file.writing() as writing:
            name = writing.get(_NAME, db=self._batch)
            if name is None:
                parts = self._parts(writing, self._tally)
                if not parts:
                    return None
                name = _new_name().encode()
                # Summed, since the parts as they lie and what they become must both have room until the commit.
                self._lay(writing, self._taken, _in_parts(_summed(parts).items()))
                writing.drop(self._tally, delete=False)
                writing.put(_NAME, name, db=self._batch)
            taken = self._parts(writing, self._taken)
        return Batch(name.decode(), _summed(taken))

    def settle(self, name: str) -> None:
        with self._file.writing() as writing:
            if writing.get(_NAME, db=self._batch) == name.encode():
                writing.drop(self._taken, delete=False)
                writing.delete(_NAME, db=self._batch)

    def close(self) -> None:
        self._file.close()

    def _lay(self, writing: Transaction, database: Any, parts: Iterable[bytes]) -> None:
        """Under numbers that no other transaction gives."""
        for number, part in enumerate(parts, start=writing.id() << _PART_BITS):
            writing.put(_NUMBER.pack(number), part, db=database)

    def _parts(self, transaction: Transaction, database: Any) -> list[bytes]:
        with transaction.cursor(db=database) as cursor:
            return [bytes(part) for part in cursor.iternext(keys=False)]


_packed: Final = msgspec.msgpack.Encoder().encode
_unpacked: Final = msgspec.msgpack.Decoder(list[tuple[Reading, int]]).decode


def _in_parts(rows: Iterable[tuple[Key, int]]) -> list[bytes]:
    waiting, parts = iter(rows), []
    while some := list(islice(waiting, _ROWS_OF_A_PART)):
        parts.append(_packed(some))
    return parts


def _new_name() -> str:
    return secrets.token_hex(16)


def _summed(parts: Iterable[bytes]) -> dict[Reading, int]:
    sums: Counter[Reading] = Counter()
    for part in parts:
        for reading, number in _rows_of(part):
            sums[reading] += number
    return dict(sums)


def _rows_of(part: bytes) -> list[tuple[Reading, int]]:
    """The rows of a part; none where it can't be read."""
    try:
        if not part.startswith(b"["):
            return _unpacked(part)
        text, number = json.loads(part)  # a single row, as it was laid before there were parts
        return [(Reading(*json.loads(text)), int(number))]
    except (ValueError, TypeError):
        return []
