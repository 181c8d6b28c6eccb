"""What a kiosk needs to answer: the shelf, the keys, and whether the site is reached by https."""

from dataclasses import dataclass, field

from msgspec import Struct

from newsstand.kiosk.known_networks import KnownNetworks
from newsstand.kiosk.known_passes import KnownPasses
from newsstand.kiosk.ready import ReadyEntries
from newsstand.kiosk.reply import sorry
from newsstand.rules.gate.networks import Range
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf.board import Board
from newsstand.shelf.shelf import Shelf

TROUBLE_PAGE = sorry(
    "Please try again in a moment",
    "Something went wrong on our side, and this page cannot be shown just now.",
)


class Seen(Struct, frozen=True, gc=False):
    """What one look at the shelf showed: the board, and the version of the entries."""

    board: Board
    version: int


@dataclass(slots=True)
class House:
    """One per process. `trouble_page` is the page in the site's language for an error of our own.

    `proxies` are our own, whose word is taken for where a request comes from.
    """

    shelf: Shelf
    ring: KeyRing
    secure: bool
    trouble_page: bytes = TROUBLE_PAGE
    proxies: tuple[Range, ...] = ()
    ready: ReadyEntries = field(init=False)
    passes: KnownPasses = field(init=False)
    networks: KnownNetworks = field(init=False)

    def __post_init__(self) -> None:
        self.passes = KnownPasses(self.ring)
        self.networks = KnownNetworks()
        self.ready = ReadyEntries(self.shelf.entries)

    def look(self) -> Seen:
        """The shelf as it is now."""
        return Seen(self.shelf.board.read(), self.shelf.entries.version())
