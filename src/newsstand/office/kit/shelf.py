"""The handle on the shelf. Wiring says how it is opened; it is opened once per process, at first use."""

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsstand.shelf.shelf import Shelf

_lock = threading.Lock()
_opener: "Callable[[], Shelf] | None" = None
_shelf: "Shelf | None" = None


class ShelfNotConnected(RuntimeError):
    """Something asked for the shelf before wiring said how to open it."""


def use(opener: "Callable[[], Shelf]") -> None:
    """Say how the shelf is opened; a shelf opened before is forgotten (its owner closes it)."""
    global _opener, _shelf
    with _lock:
        _opener, _shelf = opener, None


def handle() -> "Shelf":
    """The shelf of this process."""
    global _shelf
    if _shelf is None:
        with _lock:
            if _shelf is None:
                if _opener is None:
                    raise ShelfNotConnected("wiring.connect() has not been called in this process")
                _shelf = _opener()
    return _shelf
