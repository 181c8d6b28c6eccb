"""The entries on the shelf: put, add, drop, get, and a version that changes when anything does."""

import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from msgspec.structs import replace

from newsstand.shelf.entry import Bodies, Coding, Entry, with_variants


class ShelfFull(RuntimeError):
    """What was to be laid has no room: on the disk, or on the shelf even with everything else taken away.

    Nothing of it was laid, and what lay there before lies there still.
    """


def ends_by(entry: Entry, moment: int) -> bool:
    """Whether the entry counts as not printed at this moment anyway."""
    return entry.fresh_until is not None and entry.fresh_until <= moment


class Store(Protocol):
    """What every store of entries promises; one class of tests holds for all of them."""

    def put(self, entry: Entry, variants: Mapping[str, Bodies]) -> None:
        """Lay the entry with exactly these variants at its path, at once and instead of what lay there.

        This, `put_all` and `add` raise ShelfFull.
        """

    def put_all(self, printings: Iterable[tuple[Entry, Mapping[str, Bodies]]]) -> None:
        """The same for many entries, faster; others see them come in groups, each entry whole."""

    def add(self, path: str, stamp: int, variant: str, bodies: Bodies) -> bool:
        """Add one variant to the entry with this stamp. False where that entry lies there no longer."""

    def let_end(self, path: str, moment: int) -> None:
        """Let the entry count as not printed from a moment (site time) on, unless it does so earlier."""

    def drop(self, path: str) -> None:
        """Take the entry and all its variants away. Nothing happens where none is."""

    def get(self, path: str) -> Entry | None:
        """The entry with the ETags of its variants; None where it is missing or can't be read."""

    def body(self, entry: Entry, variant: str, coding: Coding) -> bytes | None:
        """The bytes of one variant of exactly this entry; None where they are gone, torn or replaced."""

    def touch(self, paths: Iterable[str]) -> None:
        """These paths were asked for lately; a store that must let something go keeps them longest.

        A kiosk tells so every few seconds, for all its requests at once. The version stays what it is.
        """

    def paths(self) -> Iterator[str]:
        """The paths of all entries at one moment, in no order; one that can't be read is among them."""

    def version(self) -> int:
        """A number that is another one after every change, by whichever process."""

    def clear(self) -> None:
        """Take everything away."""

    def close(self) -> None:
        """Let go of what is held open."""


class MemoryStore:
    """A store that lives as long as its process. For tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] = {}
        self._bodies: dict[tuple[str, int, str, Coding], bytes] = {}
        self._version = 0

    def put(self, entry: Entry, variants: Mapping[str, Bodies]) -> None:
        with self._lock:
            self._remove(entry.path)
            self._lay(replace(entry, etags={}), variants)

    def put_all(self, printings: Iterable[tuple[Entry, Mapping[str, Bodies]]]) -> None:
        for entry, variants in printings:
            self.put(entry, variants)

    def add(self, path: str, stamp: int, variant: str, bodies: Bodies) -> bool:
        with self._lock:
            entry = self._entries.get(path)
            if entry is None or entry.stamp != stamp:
                return False
            self._lay(entry, {variant: bodies})
            return True

    def let_end(self, path: str, moment: int) -> None:
        with self._lock:
            entry = self._entries.get(path)
            if entry is not None and not ends_by(entry, moment):
                self._entries[path] = replace(entry, fresh_until=moment)
                self._version += 1

    def drop(self, path: str) -> None:
        with self._lock:
            self._remove(path)
            self._version += 1

    def get(self, path: str) -> Entry | None:
        return self._entries.get(path)

    def body(self, entry: Entry, variant: str, coding: Coding) -> bytes | None:
        return self._bodies.get((entry.path, entry.stamp, variant, coding))

    def touch(self, paths: Iterable[str]) -> None:
        """There is no limit, so nothing is ever let go."""

    def paths(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._entries))

    def version(self) -> int:
        return self._version

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._bodies.clear()
            self._version += 1

    def close(self) -> None:
        """Nothing is held open."""

    def _lay(self, entry: Entry, variants: Mapping[str, Bodies]) -> None:
        for name, bodies in variants.items():
            for coding, body in bodies.by_coding().items():
                self._bodies[entry.path, entry.stamp, name, coding] = body
        self._entries[entry.path] = with_variants(entry, variants)
        self._version += 1

    def _remove(self, path: str) -> None:
        self._entries.pop(path, None)
        self._bodies = {key: body for key, body in self._bodies.items() if key[0] != path}
