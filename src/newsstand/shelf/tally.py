"""Sums of what was read, handed from the kiosk to the office. Nothing of one person is in them."""

import json
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from newsstand.shelf.lmdb_file import LmdbFile, key_of

MAP_BYTES = 256 * 1024**2


class Reading(NamedTuple):
    """What is summed: an article's id, the variant shown, the gate's reason, where the reader came from."""

    article: str
    variant: str
    reason: str
    source: str


class Sums(Protocol):
    """Where a tally is flushed to."""

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        """Add these numbers to the sums, all or none."""

    def drain(self) -> dict[Reading, int]:
        """Hand over all sums and begin anew at nothing, in one step."""

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

    def drain(self) -> dict[Reading, int]:
        """Everything flushed so far by any process, and what this one had not flushed yet."""
        self.flush()
        return self._sums.drain()

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

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        with self._lock:
            self._sums.update(counts)

    def drain(self) -> dict[Reading, int]:
        with self._lock:
            drained, self._sums = dict(self._sums), Counter()
        return drained

    def close(self) -> None:
        """Nothing is held open."""


class LmdbSums:
    """Sums for many processes on one machine."""

    def __init__(self, directory: Path) -> None:
        self._file = LmdbFile(directory, databases=("tally",), map_size=MAP_BYTES, durable=True)
        self._tally = self._file.database("tally")

    def raise_by(self, counts: Mapping[Reading, int]) -> None:
        with self._file.writing() as writing:
            for reading, more in counts.items():
                text = json.dumps(reading)
                key = key_of(text)
                _reading, number = _unpack(writing.get(key, db=self._tally))
                writing.put(key, json.dumps([text, number + more]).encode(), db=self._tally)

    def drain(self) -> dict[Reading, int]:
        with self._file.writing() as writing:
            with writing.cursor(db=self._tally) as cursor:
                rows = [_unpack(bytes(value)) for value in cursor.iternext(keys=False)]
            writing.drop(self._tally, delete=False)
        return {reading: number for reading, number in rows if reading is not None}

    def close(self) -> None:
        self._file.close()


def _unpack(row: bytes | None) -> tuple[Reading | None, int]:
    if row is None:
        return None, 0
    try:
        text, number = json.loads(row)
        return Reading(*json.loads(text)), int(number)
    except (ValueError, TypeError):
        return None, 0
