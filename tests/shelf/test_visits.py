"""What every store of visits promises; and that no number of parallel requests opens one too many."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from newsstand.shelf import Shelf, open_shelf
from newsstand.shelf.visits import Count, LmdbVisitStore, VisitStore, seats_of, seats_window

DEVICE, READER, WINDOW = "device:" + "d" * 32, "reader:" + "e" * 32, "2026-11"


def articles(number: int) -> list[str]:
    return [f"{n:032x}" for n in range(number)]


@pytest.fixture
def visits(shelf: Shelf) -> VisitStore:
    return shelf.visits


class TestVisits:
    def test_the_allowance_is_opened_and_no_more(self, visits: VisitStore) -> None:
        opened = [visits.count(DEVICE, WINDOW, article, 3).opened for article in articles(5)]
        assert opened == [True, True, True, False, False]
        assert visits.read(DEVICE, WINDOW) == frozenset(articles(3))

    def test_a_counted_article_opens_again(self, visits: VisitStore) -> None:
        for article in articles(3):
            visits.count(DEVICE, WINDOW, article, 3)
        again = visits.count(DEVICE, WINDOW, articles(1)[0], 3)
        assert again == Count(frozenset(articles(3)), opened=True)

    def test_what_the_cookie_knows_is_taken_in_first(self, visits: VisitStore) -> None:
        a, b, c, d = articles(4)
        assert visits.count(DEVICE, WINDOW, b, 3, known=(a,)) == Count(frozenset({a, b}), opened=True)
        assert visits.count(DEVICE, WINDOW, d, 3, known=(c,)) == Count(frozenset({a, b, c}), opened=False)
        assert visits.read(DEVICE, WINDOW) == {a, b, c}

    def test_an_old_copy_of_the_cookie_takes_nothing_back(self, visits: VisitStore) -> None:
        a, b, c, d = articles(4)
        for article in (b, c):
            visits.count(DEVICE, WINDOW, article, 3, known=(a,))
        assert not visits.count(DEVICE, WINDOW, d, 3, known=(a,)).opened
        assert not visits.count(DEVICE, WINDOW, d, 3).opened

    def test_no_allowance_opens_nothing(self, visits: VisitStore) -> None:
        a = articles(1)[0]
        assert not visits.count(DEVICE, WINDOW, a, 0).opened
        assert not visits.count(DEVICE, WINDOW, a, 0, known=(a,)).opened

    def test_identities_and_windows_are_apart(self, visits: VisitStore) -> None:
        a = articles(1)[0]
        visits.count(DEVICE, WINDOW, a, 3)
        assert visits.read(DEVICE, "2026-12") == frozenset()
        assert visits.read(READER, WINDOW) == frozenset()
        assert visits.read("reader:" + "d" * 32, WINDOW) == frozenset()

    def test_a_device_is_merged_into_its_reader(self, visits: VisitStore) -> None:
        a, b, c, d = articles(4)
        visits.count(DEVICE, WINDOW, a, 3)
        visits.count(READER, WINDOW, b, 6)
        assert visits.merge(DEVICE, READER, WINDOW, known=(c,)) == {a, b, c}
        assert visits.merge(DEVICE, READER, WINDOW, known=(c,)) == {a, b, c}
        assert visits.read(READER, WINDOW) == {a, b, c}
        assert visits.read(DEVICE, WINDOW) == {a}
        assert visits.count(READER, WINDOW, d, 4) == Count(frozenset({a, b, c, d}), opened=True)

    def test_other_windows_are_pruned(self, visits: VisitStore) -> None:
        for number in range(1100):
            visits.count(f"device:{number:032x}", "2026-10", articles(1)[0], 3)
        visits.count(DEVICE, WINDOW, articles(1)[0], 3)
        assert visits.prune({WINDOW, "2026-12"}) == 1100
        assert visits.read("device:" + "0" * 32, "2026-10") == frozenset()
        assert visits.read(DEVICE, WINDOW) == frozenset(articles(1))

    def test_readers_are_told_with_what_was_counted(self, visits: VisitStore) -> None:
        a, b = articles(2)
        other = "reader:" + "0" * 32
        visits.count(READER, WINDOW, a, 6)
        visits.count(READER, WINDOW, b, 6)
        visits.count(other, WINDOW, a, 6)
        visits.count(DEVICE, WINDOW, a, 3)
        visits.count(seats_of("f" * 32), seats_window(1_794_312_000), "d" * 32, 3)
        visits.count(READER, "2026-12", a, 6)
        assert list(visits.of_readers(WINDOW)) == [("0" * 32, {a}), ("e" * 32, {a, b})]
        assert list(visits.of_readers("2026-10")) == []

    def test_windows_around_those_that_are_kept_are_pruned(self, visits: VisitStore) -> None:
        windows = ["2026-1", "2026-10", WINDOW, "2026-W47", "2026-W48", "gift 2026-11", "gift 2026-12", "~"]
        for window in windows:
            visits.count(DEVICE, window, articles(1)[0], 3)
            visits.count(READER, window, articles(1)[0], 3)
        assert visits.prune({WINDOW, "2026-W48", "gift 2026-12"}) == 10
        kept = [window for window in windows if visits.read(DEVICE, window) and visits.read(READER, window)]
        assert kept == [WINDOW, "2026-W48", "gift 2026-12"]
        assert visits.prune({WINDOW, "2026-W48", "gift 2026-12"}) == 0

    def test_many_readers_are_told_once_each_while_more_is_counted(self, visits: VisitStore) -> None:
        readers = [f"{number:032x}" for number in range(1200)]
        for reader in readers:
            visits.count(f"reader:{reader}", WINDOW, articles(1)[0], 3)
        told = []
        for reader, counted in visits.of_readers(WINDOW):
            assert counted == frozenset(articles(1))
            told.append(reader)
            visits.count(f"device:{reader}", WINDOW, articles(1)[0], 3)
        assert told == readers

    def test_an_identity_of_any_length_is_counted(self, visits: VisitStore) -> None:
        longest = "device:" + "x" * 3000
        assert visits.count(longest, WINDOW, articles(1)[0], 1).opened
        assert not visits.count(longest, WINDOW, articles(2)[1], 1).opened
        assert visits.count(longest + "y", WINDOW, articles(2)[1], 1).opened

    def test_64_threads_open_exactly_the_allowance(self, visits: VisitStore) -> None:
        start = Barrier(64)

        def read(article: str) -> bool:
            start.wait()
            return visits.count(DEVICE, WINDOW, article, 3).opened

        with ThreadPoolExecutor(64) as pool:
            assert sum(pool.map(read, articles(64))) == 3
        assert len(visits.read(DEVICE, WINDOW)) == 3


COUNTING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from newsstand.shelf.visits import LmdbVisitStore

directory, identity, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
visits = LmdbVisitStore(directory, durable=False)
print("ready", flush=True)
sys.stdin.readline()
names = [f"{number:016x}{n:016x}" for n in range(32)]
with ThreadPoolExecutor(16) as pool:
    print(sum(pool.map(lambda name: visits.count(identity, "2026-11", name, 3).opened, names)))
visits.close()
"""


def test_two_processes_open_exactly_the_allowance(tmp_path: Path) -> None:
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", COUNTING, str(tmp_path), DEVICE, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
        )
        for number in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    opened = [int(worker.communicate(timeout=300)[0]) for worker in workers]
    assert sum(opened) == 3
    visits = LmdbVisitStore(tmp_path, durable=False)
    assert len(visits.read(DEVICE, WINDOW)) == 3
    visits.close()


def test_counts_last_for_one_run_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = []
    for run in ("1" * 32, "1" * 32, "2" * 32):
        monkeypatch.setattr("newsstand.shelf.running_machine.machine_run", lambda run=run: run)
        shelf = open_shelf(tmp_path)
        left.append(len(shelf.visits.read(DEVICE, WINDOW)))
        shelf.visits.count(DEVICE, WINDOW, articles(1)[0], 3)
        shelf.close()
    assert left == [0, 1, 0]
    assert [path.name for path in (tmp_path / "visits").iterdir()] == ["2" * 32]


def test_without_a_name_for_the_run_counts_are_written_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsstand.shelf.running_machine.machine_run", lambda: None)
    for expected in (0, 1):
        shelf = open_shelf(tmp_path)
        assert len(shelf.visits.read(DEVICE, WINDOW)) == expected
        shelf.visits.count(DEVICE, WINDOW, articles(1)[0], 3)
        shelf.close()
