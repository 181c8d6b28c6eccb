"""Sums of what was read, handed from the kiosk to the office. Nothing of one person is in them."""

import json
import secrets
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from newsstand.shelf.lmdb_file import LmdbFile, Transaction, key_of

MAP_BYTES = 256 * 1024**2

_NAME = b"name"


class Reading(NamedTuple):
    """What is summed: an article's id, the variant shown, the gate's reason, where the reader came from."""

    article: str
    variant: str
    reason: str
    source: str


class Batch(NamedTuple):
    """Sums on their way to the office. `name` is this batch's and no other's, on whatever shelf."""

    name: str
    counts: Mapping[Reading, int]


class Sums(Protocol):
    """Where a tally is flushed to.

    Sums are handed over in two steps, `take` and `settle`. Whoever dies in between takes the same batch again, and
    knows by its name whether it was kept.
    """

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        """Add these numbers to the sums, all or none."""

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
        self._counts: dict[tuple[str, str, str, str], int] = {}

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
            # As plain texts: the gate's reasons come as members of their enumeration.
            self._sums.raise_by({Reading(*map(str, key)): number for key, number in counts.items()})
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

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        with self._lock:
            self._sums.update(counts)

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
    """Sums for many processes on one machine: `tally` is added to, `taken` is the batch on its way."""

    def __init__(self, directory: Path) -> None:
        self._file = LmdbFile(
            directory, databases=("tally", "taken", "batch"), map_size=MAP_BYTES, durable=True
        )
        self._tally = self._file.database("tally")
        self._taken = self._file.database("taken")
        self._batch = self._file.database("batch")

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        with self._file.writing() as writing:
            for reading, more in counts.items():
                text = json.dumps(reading)
                key = key_of(text)
                _reading, number = _unpack(writing.get(key, db=self._tally))
                writing.put(key, json.dumps([text, number + more]).encode(), db=self._tally)

    def take(self) -> Batch | None:
        with self._file.writing() as writing:
            name = writing.get(_NAME, db=self._batch)
            if name is None:
                rows = self._rows(writing, self._tally)
                if not rows:
                    return None
                name = _new_name().encode()
                for key, value in rows:
                    writing.put(key, value, db=self._taken)
                writing.drop(self._tally, delete=False)
                writing.put(_NAME, name, db=self._batch)
            counted = [_unpack(value) for _key, value in self._rows(writing, self._taken)]
        return Batch(name.decode(), {reading: number for reading, number in counted if reading is not None})

    def settle(self, name: str) -> None:
        with self._file.writing() as writing:
            if writing.get(_NAME, db=self._batch) == name.encode():
                writing.drop(self._taken, delete=False)
                writing.delete(_NAME, db=self._batch)

    def close(self) -> None:
        self._file.close()

    def _rows(self, transaction: Transaction, database: Any) -> list[tuple[bytes, bytes]]:
        with transaction.cursor(db=database) as cursor:
            return [(bytes(key), bytes(value)) for key, value in cursor]


def _new_name() -> str:
    return secrets.token_hex(16)


def _unpack(row: bytes | None) -> tuple[Reading | None, int]:
    if row is None:
        return None, 0
    try:
        text, number = json.loads(row)
        return Reading(*json.loads(text)), int(number)
    except (ValueError, TypeError):
        return None, 0
