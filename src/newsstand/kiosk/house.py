"""What a kiosk needs to answer: the shelf, the keys, and whether the site is reached by https."""

from dataclasses import dataclass, field

from msgspec import Struct

from newsstand.kiosk.known_networks import KnownNetworks
from newsstand.kiosk.known_passes import KnownPasses
from newsstand.kiosk.ready import ReadyEntries
from newsstand.rules.gate.networks import Range
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf.board import Board
from newsstand.shelf.shelf import Shelf


class Seen(Struct, frozen=True, gc=False):
    """What one look at the shelf showed: the board, and the version of the entries."""

    board: Board
    version: int


@dataclass(slots=True)
class House:
    """One per process. `proxies` are our own, whose word is taken for where a request comes from.

    `locale` is the site's, as it was when the board could be read last: for pages that say that something failed.
    """

    shelf: Shelf
    ring: KeyRing
    secure: bool
    proxies: tuple[Range, ...] = ()
    locale: str = field(init=False, default="en")
    ready: ReadyEntries = field(init=False)
    passes: KnownPasses = field(init=False)
    networks: KnownNetworks = field(init=False)

    def __post_init__(self) -> None:
        self.passes = KnownPasses(self.ring)
        self.networks = KnownNetworks()
        self.ready = ReadyEntries(self.shelf.entries)

    def look(self) -> Seen:
        """The shelf as it is now."""
        board = self.shelf.board.read()
        self.locale = board.locale
        return Seen(board, self.shelf.entries.version())
