"""What else a kiosk must know: policy, generation, clock, locale, redirects, closed passes, gifts, networks."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from newsstand.rules.gate.networks import Network, parse_range
from newsstand.rules.gate.passes import VALID_FOR
from newsstand.rules.gate.policy import Policy
from newsstand.shelf.format import seal, unseal
from newsstand.shelf.lmdb_file import LmdbFile

MAP_BYTES = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board at one moment.

    Without a policy a kiosk answers nothing. `clock_offset` are the seconds from real time to site time.
    A pass is closed when its reader or its session stands here with a moment at or after its issue.
    `locale` is the publication's, for a kiosk that must say itself that something failed. `revoked_gifts` are ids
    of gifts, each with the moment from which it would open nothing anyway; `networks` are the ranges of groups.
    """

    policy: Policy | None = None
    generation: int = 0
    clock_offset: int = 0
    locale: str = "en"
    redirects: Mapping[str, str] = field(default_factory=dict)
    closed_readers: Mapping[str, int] = field(default_factory=dict)
    closed_sessions: Mapping[str, int] = field(default_factory=dict)
    revoked_gifts: Mapping[str, int] = field(default_factory=dict)
    networks: tuple[Network, ...] = ()

    def has_closed(self, reader: str, session: str, issued_at: int) -> bool:
        """Whether a pass of this reader and session, issued at this moment, is closed."""
        by_reader = self.closed_readers.get(reader)
        by_session = self.closed_sessions.get(session)
        return (by_reader is not None and issued_at <= by_reader) or (
            by_session is not None and issued_at <= by_session
        )


class BoardStore(ABC):
    """What every board promises: whole values to read, and the ways to change them."""

    @abstractmethod
    def read(self) -> Board:
        """The board now; the same object until something changes."""

    @abstractmethod
    def version(self) -> int:
        """A number that is another one after every change, by whichever process."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what is held open."""

    @abstractmethod
    def _change(self, change: Callable[[Board], Board]) -> Board:
        """Replace the board by `change` of it, while nobody else changes it."""

    def set_policy(self, policy: Policy) -> None:
        self._change(lambda board: replace(board, policy=policy))

    def set_locale(self, locale: str) -> None:
        self._change(lambda board: replace(board, locale=locale))

    def raise_generation(self) -> int:
        """Let every story and page printed so far count as not printed. Returns the new generation."""
        return self._change(lambda board: replace(board, generation=board.generation + 1)).generation

    def set_clock_offset(self, seconds: int) -> None:
        """Site time is real time and this. Closed passes stay closed when the clock is set back."""
        self._change(lambda board: _with_clock(board, seconds))

    def close_reader(self, reader: str, issued_before: int, now: int) -> None:
        """Close the reader's passes that were issued at `issued_before` or earlier."""
        self._change(
            lambda board: replace(
                board, closed_readers=_with_closed(board.closed_readers, reader, issued_before, now)
            )
        )

    def close_session(self, session: str, issued_before: int, now: int) -> None:
        """Close the session's passes that were issued at `issued_before` or earlier."""
        self._change(
            lambda board: replace(
                board, closed_sessions=_with_closed(board.closed_sessions, session, issued_before, now)
            )
        )

    def revoke_gift(self, gift: str, until: int, now: int) -> None:
        """Let a gift open nothing any more. Gifts that are over by themselves are forgotten."""
        self._change(
            lambda board: replace(
                board,
                revoked_gifts={
                    **{other: end for other, end in board.revoked_gifts.items() if end > now},
                    gift: until,
                },
            )
        )

    def set_networks(self, networks: tuple[Network, ...]) -> None:
        """Replace the ranges of all groups. Raises RangeError for a range that nobody may have."""
        for network in networks:
            parse_range(network.range)
        self._change(lambda board: replace(board, networks=networks))

    def set_redirect(self, old: str, new: str) -> None:
        """Send readers of `old` to `new`; whoever was sent to `old` goes to `new` at once.

        Raises ValueError unless both are different paths that begin with one slash.
        """
        for path in (old, new):
            if not path.startswith("/") or path.startswith("//") or any(ord(c) < 0x20 for c in path):
                raise ValueError(f"no path of this site: {path!r}")
        if old == new:
            raise ValueError(f"a redirect to itself: {old!r}")
        self._change(lambda board: replace(board, redirects=_with_redirect(board.redirects, old, new)))

    def drop_redirect(self, old: str) -> None:
        """Forget a redirect. Nothing happens where none is."""
        self._change(
            lambda board: replace(board, redirects={k: v for k, v in board.redirects.items() if k != old})
        )


class MemoryBoardStore(BoardStore):
    """A board that lives as long as its process. For tests."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._board = Board()
        self._version = 0

    def read(self) -> Board:
        return self._board

    def version(self) -> int:
        return self._version

    def close(self) -> None:
        """Nothing is held open."""

    def _change(self, change: Callable[[Board], Board]) -> Board:
        with self._lock:
            self._board = change(self._board)
            self._version += 1
            return self._board


class LmdbBoardStore(BoardStore):
    """A board for many processes on one machine. Each part is a record of its own.

    A part that can't be read leaves the board without a policy, so that nothing is answered from a
    board that is known only in part; the next change writes that part anew.
    """

    def __init__(self, directory: Path) -> None:
        self._file = LmdbFile(directory, databases=("board",), map_size=MAP_BYTES, durable=True)
        self._parts = self._file.database("board")
        self._read: tuple[int, Board] | None = None

    def read(self) -> Board:
        kept = self._read
        with self._file.reading() as reading:
            version = reading.id()
            if kept is not None and kept[0] == version:
                return kept[1]
            records = {name: reading.get(name.encode(), db=self._parts) for name in _PARTS}
        values, unreadable = _decode(records)
        board = Board() if unreadable else Board(**values)
        self._read = (version, board)
        return board

    def version(self) -> int:
        return self._file.version()

    def close(self) -> None:
        self._file.close()

    def _change(self, change: Callable[[Board], Board]) -> Board:
        with self._file.writing() as writing:
            records = {name: writing.get(name.encode(), db=self._parts) for name in _PARTS}
            values, unreadable = _decode(records)
            before = Board(**values)
            after = change(before)
            for name, (encode, _decode_part) in _PARTS.items():
                value = getattr(after, name)
                if name in unreadable or value != getattr(before, name):
                    record = seal(json.dumps(encode(value), ensure_ascii=False).encode())
                    writing.put(name.encode(), record, db=self._parts)
        return after


def _with_clock(board: Board, seconds: int) -> Board:
    """Marks in what is now the future would close passes that are yet to be issued: they move along."""
    back = max(0, board.clock_offset - seconds)
    return replace(
        board,
        clock_offset=seconds,
        closed_readers={name: moment - back for name, moment in board.closed_readers.items()},
        closed_sessions={name: moment - back for name, moment in board.closed_sessions.items()},
    )


def _with_closed(closed: Mapping[str, int], name: str, issued_before: int, now: int) -> dict[str, int]:
    """The marks with one more, and without those whose passes are all over by themselves."""
    kept = {other: moment for other, moment in closed.items() if moment + VALID_FOR > now}
    return {**kept, name: max(issued_before, kept.get(name, issued_before))}


def _with_redirect(redirects: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    moved = {start: new if end == old else end for start, end in redirects.items() if start != new}
    return {**moved, old: new}


def _policy_to_plain(policy: Policy | None) -> str | None:
    return None if policy is None else policy.to_json()


def _policy_from_plain(value: Any) -> Policy | None:
    return None if value is None else Policy.from_json(value)


def _moments(value: Any) -> dict[str, int]:
    return {str(name): int(moment) for name, moment in value.items()}


def _texts(value: Any) -> dict[str, str]:
    return {str(name): str(text) for name, text in value.items()}


def _networks_to_plain(networks: tuple[Network, ...]) -> list[list[Any]]:
    return [[network.range, network.subject, network.until] for network in networks]


def _networks_from_plain(value: Any) -> tuple[Network, ...]:
    """Each range is read as strictly as where it was entered; one that is not right makes the part unreadable."""
    found = []
    for range_, subject, until in value:
        parse_range(range_)
        found.append(Network(str(range_), str(subject), None if until is None else int(until)))
    return tuple(found)


_PARTS: Mapping[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "policy": (_policy_to_plain, _policy_from_plain),
    "generation": (int, int),
    "clock_offset": (int, int),
    "locale": (str, str),
    "redirects": (dict, _texts),
    "closed_readers": (dict, _moments),
    "closed_sessions": (dict, _moments),
    "revoked_gifts": (dict, _moments),
    "networks": (_networks_to_plain, _networks_from_plain),
}


def _decode(records: Mapping[str, bytes | None]) -> tuple[dict[str, Any], frozenset[str]]:
    """The parts that can be read, and the names of those that are there and can't."""
    values: dict[str, Any] = {}
    unreadable = set()
    for name, record in records.items():
        payload = unseal(record)
        if payload is None:
            if record is not None:
                unreadable.add(name)
            continue
        try:
            values[name] = _PARTS[name][1](json.loads(payload))
        except (ValueError, TypeError, AttributeError):
            unreadable.add(name)
    return values, frozenset(unreadable)
