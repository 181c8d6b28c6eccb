"""When each path of the shelf was last asked for, so that what is used least can be let go first.

The shelf has no clock: a use is a number that rises with every note. Notes are not written through to the disk, since
all that is lost with them is which pages were read before the machine was restarted.
"""

import hashlib
import struct
from collections.abc import Iterable
from pathlib import Path

import lmdb

from newsstand.shelf.lmdb_file import LmdbFile
from newsstand.shelf.running_machine import directory_of_run

MAP_BYTES = 64 * 1024**2
"""Room for the uses of some half a million paths."""

_NUMBER = struct.Struct(">Q")
_KEY_BYTES = 12


class Uses:
    """The last use of each path, noted by any process of a box."""

    def __init__(self, directory: Path, *, map_bytes: int = MAP_BYTES) -> None:
        place, durable = directory_of_run(directory)
        self._file = LmdbFile(place, databases=("uses",), map_size=map_bytes, durable=durable)
        self._uses = self._file.database("uses")

    def note(self, paths: Iterable[str]) -> None:
        """These paths were used just now. Where there is no room for that, all older uses are forgotten."""
        keys = [_key_of(path) for path in paths]
        if not keys:
            return
        try:
            self._note(keys)
        except (lmdb.MapFullError, lmdb.TxnFullError):
            with self._file.writing() as writing:
                writing.drop(self._uses, delete=False)

    def forget(self, paths: Iterable[str]) -> None:
        """These paths lie on the shelf no longer."""
        with self._file.writing() as writing:
            for path in paths:
                writing.delete(_key_of(path), db=self._uses)

    def least_used_first(self, paths: Iterable[str]) -> list[str]:
        """The same paths in the order of their last use, those never used at the front."""
        with self._file.reading() as reading, reading.cursor(db=self._uses) as cursor:
            numbers = {bytes(key): bytes(number) for key, number in cursor}
        return sorted(paths, key=lambda path: numbers.get(_key_of(path), b""))

    def close(self) -> None:
        """Let go of the files."""
        self._file.close()

    def _note(self, keys: list[bytes]) -> None:
        with self._file.writing() as writing:
            number = _NUMBER.pack(writing.id())
            for key in keys:
                writing.put(key, number, db=self._uses)


def _key_of(path: str) -> bytes:
    return hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()[:_KEY_BYTES]
