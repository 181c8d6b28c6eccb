"""The entries in LMDB: an entry and all its variants change in one transaction, or not at all."""

import gzip
import hashlib
import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from newsstand.shelf.entry import Bodies, Coding, Entry, with_variants
from newsstand.shelf.format import Record, decode_entry, encode_entry, seal, stamp_of, unseal
from newsstand.shelf.lmdb_file import LmdbFile, Transaction, key_of
from newsstand.shelf.store import ShelfFull, ends_by
from newsstand.shelf.uses import Uses

LIMIT_BYTES = 8 * 1024**3
"""How many bytes of entries and bodies the shelf keeps before it lets the least used go."""

_ROOM_AT_ONCE = 256
"""When something must go, so large a part of the limit is freed that it need not be looked for each time."""

_MAP_SPARE_BYTES = 64 * 1024**2
_PUT_AT_ONCE = 100
_NUMBER = struct.Struct(">Q")
_PLACE = struct.Struct(">QQ")
_SEQUENCE_KEY = b"sequence"
_BYTES_KEY = b"bytes"


class LmdbStore:
    """A store for many processes on one machine.

    `entries` maps a path to its place (number in the order of printing, size) and the entry's record;
    `bodies` a printing, variant and coding to the bytes; `order` the number to the path. The last uses lie in an
    environment of their own, so that no reader's use waits for a printing.
    """

    def __init__(self, directory: Path, *, limit_bytes: int = LIMIT_BYTES) -> None:
        # A changed page is written anew before its old copy is free: the map is larger than the limit.
        self._file = LmdbFile(
            directory,
            databases=("entries", "bodies", "order", "sums"),
            map_size=2 * limit_bytes + _MAP_SPARE_BYTES,
            durable=True,
        )
        self._limit = limit_bytes
        self._used = Uses(directory / "uses")
        self._entries = self._file.database("entries")
        self._bodies = self._file.database("bodies")
        self._order = self._file.database("order")
        self._sums = self._file.database("sums")

    def put(self, entry: Entry, variants: Mapping[str, Bodies]) -> None:
        self._used.note([entry.path])
        with self._file.laying() as writing:
            self._put(writing, entry, variants)

    def put_all(self, printings: Iterable[tuple[Entry, Mapping[str, Bodies]]]) -> None:
        waiting = iter(printings)
        while group := list(islice(waiting, _PUT_AT_ONCE)):
            self._used.note([entry.path for entry, _variants in group])
            with self._file.laying() as writing:
                for entry, variants in group:
                    self._put(writing, entry, variants)

    def add(self, path: str, stamp: int, variant: str, bodies: Bodies) -> bool:
        with self._file.laying() as writing:
            record = writing.get(key_of(path), db=self._entries)
            entry = _entry_of(record, path)
            if record is None or entry is None or entry.stamp != stamp:
                return False
            added = {variant: bodies}
            size = _size_of(added)
            self._make_room(writing, size, keep=path)
            number, old_size = _PLACE.unpack_from(record)
            self._lay(writing, with_variants(entry, added), added, _PLACE.pack(number, old_size + size))
            self._raise_sum(writing, _BYTES_KEY, size)
            return True

    def let_end(self, path: str, moment: int) -> None:
        with self._file.laying() as writing:
            record = writing.get(key_of(path), db=self._entries)
            entry = _entry_of(record, path)
            if record is not None and entry is not None and not ends_by(entry, moment):
                self._lay(writing, replace(entry, fresh_until=moment), {}, record[: _PLACE.size])

    def drop(self, path: str) -> None:
        with self._file.writing() as writing:
            self._remove(writing, path)

    def get(self, path: str) -> Entry | None:
        with self._file.looking() as looking:
            return _entry_of(looking.get(key_of(path), db=self._entries), path)

    def body(self, entry: Entry, variant: str, coding: Coding) -> bytes | None:
        body = self._record(entry, variant, coding)
        if body is None and coding == "identity":
            zipped = self._record(entry, variant, "gzip")
            return None if zipped is None else gzip.decompress(zipped)
        return body

    def touch(self, paths: Iterable[str]) -> None:
        self._used.note(paths)

    def paths(self) -> Iterator[str]:
        with self._file.reading() as reading, reading.cursor(db=self._order) as cursor:
            paths = [path.decode("utf-8", "surrogatepass") for path in cursor.iternext(keys=False)]
        return iter(paths)

    def version(self) -> int:
        return self._file.version()

    def clear(self) -> None:
        with self._file.writing() as writing:
            for database in (self._entries, self._bodies, self._order):
                writing.drop(database, delete=False)
            writing.delete(_BYTES_KEY, db=self._sums)

    def close(self) -> None:
        self._used.close()
        self._file.close()

    def _record(self, entry: Entry, variant: str, coding: Coding) -> bytes | None:
        key = _body_key(_printing(entry.path, entry.stamp), variant, coding)
        with self._file.looking() as looking:
            return unseal(looking.get(key, db=self._bodies))

    def _put(self, writing: Transaction, entry: Entry, variants: Mapping[str, Bodies]) -> None:
        size = _size_of(variants)
        self._remove(writing, entry.path)
        self._make_room(writing, size, keep=entry.path)
        number = self._raise_sum(writing, _SEQUENCE_KEY, 1)
        laid = with_variants(replace(entry, etags={}), variants)
        self._lay(writing, laid, variants, _PLACE.pack(number, size))
        writing.put(_NUMBER.pack(number), entry.path.encode("utf-8", "surrogatepass"), db=self._order)
        self._raise_sum(writing, _BYTES_KEY, size)

    def _lay(self, writing: Transaction, entry: Entry, variants: Mapping[str, Bodies], place: bytes) -> None:
        printing = _printing(entry.path, entry.stamp)
        for name, bodies in variants.items():
            for coding, body in _kept(bodies).items():
                writing.put(_body_key(printing, name, coding), seal(body), db=self._bodies)
        writing.put(key_of(entry.path), place + encode_entry(entry), db=self._entries)

    def _remove(self, writing: Transaction, path: str) -> None:
        """Take an entry away; of one that can't be read, whatever can still be found."""
        record = writing.pop(key_of(path), db=self._entries)
        if record is None or len(record) < _PLACE.size:
            return
        number, size = _PLACE.unpack_from(record)
        writing.delete(_NUMBER.pack(number), db=self._order)
        self._raise_sum(writing, _BYTES_KEY, -size)
        stamp = stamp_of(record[_PLACE.size :])
        if stamp is not None:
            self._remove_bodies(writing, _printing(path, stamp))

    def _remove_bodies(self, writing: Transaction, printing: bytes) -> None:
        with writing.cursor(db=self._bodies) as cursor:
            found = cursor.set_range(printing)
            while found and cursor.key().startswith(printing):
                found = cursor.delete()

    def _make_room(self, writing: Transaction, size: int, *, keep: str) -> None:
        """Let the least used go until `size` more bytes and some to spare fit, but never the one at `keep`.

        Of two that were used at the same time, the one that was printed first goes first.
        """
        if self._sum(writing, _BYTES_KEY) + size <= self._limit:
            return
        with writing.cursor(db=self._order) as cursor:
            numbers = {path.decode("utf-8", "surrogatepass"): bytes(number) for number, path in cursor}
        goal = self._limit - self._limit // _ROOM_AT_ONCE
        gone = []
        for path in self._used.least_used_first(numbers):
            if self._sum(writing, _BYTES_KEY) + size <= goal:
                break
            if path != keep:
                self._remove(writing, path)
                # Of an entry that can't be read, this is not known.
                writing.delete(numbers[path], db=self._order)
                gone.append(path)
        if self._sum(writing, _BYTES_KEY) + size > self._limit:
            raise ShelfFull(f"{size} more bytes do not fit into {self._limit}")
        self._used.forget(gone)

    def _sum(self, transaction: Transaction, key: bytes) -> int:
        stored = transaction.get(key, db=self._sums)
        return 0 if stored is None else int.from_bytes(stored, "big")

    def _raise_sum(self, writing: Transaction, key: bytes, by: int) -> int:
        value = max(0, self._sum(writing, key) + by)
        writing.put(key, _NUMBER.pack(value), db=self._sums)
        return value


def _entry_of(record: Record | None, path: str) -> Entry | None:
    entry = decode_entry(record, _PLACE.size)
    return entry if entry is not None and entry.path == path else None


def _printing(path: str, stamp: int) -> bytes:
    """What the keys of one printing's bodies begin with: no two printings share it."""
    return _NUMBER.pack(stamp) + hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()[:8]


def _body_key(printing: bytes, variant: str, coding: Coding) -> bytes:
    return printing + _leaf(variant, coding)


@lru_cache(maxsize=1024)
def _leaf(variant: str, coding: Coding) -> bytes:
    return key_of(f"{coding}:{variant}")


def _size_of(variants: Mapping[str, Bodies]) -> int:
    return sum(len(body) for bodies in variants.values() for body in _kept(bodies).values())


def _kept(bodies: Bodies) -> dict[Coding, bytes]:
    """What is written down: hardly any client asks for identity, and it can be made from gzip."""
    kept = bodies.by_coding()
    if "gzip" in kept:
        del kept["identity"]
    return kept
