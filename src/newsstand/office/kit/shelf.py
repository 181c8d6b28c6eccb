"""The handle on the shelf. Wiring says how it is opened; it is opened once per process, at first use."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsstand.shelf.shelf import Shelf

_lock = threading.Lock()


class ShelfNotConnected(RuntimeError):
    """Something asked for the shelf before wiring said how to open it."""


@dataclass
class _Connection:
    """How the shelf of this process is opened, and the shelf once it is."""

    opener: "Callable[[], Shelf] | None" = None
    shelf: "Shelf | None" = None


_connection = _Connection()


def use(opener: "Callable[[], Shelf]") -> None:
    """Say how the shelf is opened; a shelf opened before is forgotten (its owner closes it)."""
    with _lock:
        _connection.opener, _connection.shelf = opener, None


def handle() -> "Shelf":
    """The shelf of this process."""
    if _connection.shelf is None:
        with _lock:
            if _connection.shelf is None:
                if _connection.opener is None:
                    raise ShelfNotConnected("wiring.connect() has not been called in this process")
                _connection.shelf = _connection.opener()
    return _connection.shelf
