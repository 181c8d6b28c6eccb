"""The whole shelf as one handle, and the two ways to get one."""

from dataclasses import dataclass
from pathlib import Path

from newsstand.shelf.board import BoardStore, LmdbBoardStore, MemoryBoardStore
from newsstand.shelf.lmdb_store import LIMIT_BYTES, LmdbStore
from newsstand.shelf.places import FilePlaces, MemoryPlaces, Places
from newsstand.shelf.running_machine import directory_of_run
from newsstand.shelf.store import MemoryStore, Store
from newsstand.shelf.tally import LmdbSums, MemorySums, Tally
from newsstand.shelf.visits import LmdbVisitStore, MemoryVisitStore, VisitStore


@dataclass(frozen=True, slots=True)
class Shelf:
    """Entries and board, which only the office writes; visits and tally, which the kiosk writes.

    They are separate stores, so that a counted reading never waits for a printing. `places` lets whoever
    prints be alone at a path.
    """

    entries: Store
    board: BoardStore
    visits: VisitStore
    tally: Tally
    places: Places

    def close(self) -> None:
        """Let go of all four, the tally flushed."""
        self.tally.close()
        self.visits.close()
        self.board.close()
        self.entries.close()


def open_shelf(directory: Path, *, limit_bytes: int = LIMIT_BYTES) -> Shelf:
    """Open the shelf in `directory`, making what is missing.

    Once per process, after the spawn. `limit_bytes` is how much the entries may take before the least
    used go. Raises lmdb.Error when this process has it open already, or it can't be opened.
    """
    return Shelf(
        entries=LmdbStore(directory / "entries", limit_bytes=limit_bytes),
        board=LmdbBoardStore(directory / "board"),
        visits=_open_visits(directory / "visits"),
        tally=Tally(LmdbSums(directory / "tally")),
        places=FilePlaces(directory / "places.lock"),
    )


def memory_shelf() -> Shelf:
    """An empty shelf that lives as long as its process. For tests."""
    return Shelf(MemoryStore(), MemoryBoardStore(), MemoryVisitStore(), Tally(MemorySums()), MemoryPlaces())


def _open_visits(directory: Path) -> LmdbVisitStore:
    """Counts are not written through to the disk, so they are kept for one run of the machine only."""
    place, durable = directory_of_run(directory)
    return LmdbVisitStore(place, durable=durable)
