"""What a tally promises, wherever its sums lie."""

import json
from pathlib import Path

import pytest

from newsstand.shelf import Shelf, open_shelf, tally
from newsstand.shelf.lmdb_file import LmdbFile
from newsstand.shelf.tally import LmdbSums, MemorySums, Reading, Tally

FERRY = Reading("a" * 32, "full.ads", "free", "direct")
MARKET = Reading("b" * 32, "opening", "meter_spent", "inside")


class TestTally:
    def test_readings_are_summed_and_handed_over_once(self, shelf: Shelf) -> None:
        for reading in (FERRY, MARKET, FERRY):
            shelf.tally.add(*reading)
        shelf.tally.flush()
        shelf.tally.add(*FERRY)
        assert shelf.tally.drain() == {FERRY: 3, MARKET: 1}
        assert shelf.tally.drain() == {}

    def test_long_names_are_summed_like_others(self, shelf: Shelf) -> None:
        for end in "xyx":
            shelf.tally.add("a" * 600 + end, "full", "free", "direct")
        assert sorted(shelf.tally.drain().values()) == [1, 2]

    def test_a_batch_is_handed_over_until_it_is_settled(self, shelf: Shelf) -> None:
        assert shelf.tally.take() is None
        shelf.tally.add(*FERRY)
        shelf.tally.flush()
        first = shelf.tally.take()
        assert first is not None
        assert first.counts == {FERRY: 1}
        shelf.tally.add(*FERRY)
        shelf.tally.add(*MARKET)
        shelf.tally.flush()
        assert shelf.tally.take() == first
        shelf.tally.settle("another")
        assert shelf.tally.take() == first
        shelf.tally.settle(first.name)
        second = shelf.tally.take()
        assert second is not None
        assert second.name != first.name
        assert second.counts == {FERRY: 1, MARKET: 1}
        shelf.tally.settle(first.name)
        assert shelf.tally.take() == second
        shelf.tally.settle(second.name)
        assert shelf.tally.take() is None


class _FullSums(MemorySums):
    is_full = True

    def raise_by(self, counts: object) -> None:
        if self.is_full:
            raise OSError("no space left")
        super().raise_by(counts)


def test_what_cannot_be_flushed_stays_counted() -> None:
    sums = _FullSums()
    tally = Tally(sums)
    tally.add(*FERRY)
    with pytest.raises(OSError, match="no space"):
        tally.flush()
    tally.add(*FERRY)
    sums.is_full = False
    assert tally.drain() == {FERRY: 2}


def test_closing_flushes_and_the_sums_outlive_the_process(tmp_path: Path) -> None:
    for _ in range(2):
        shelf = open_shelf(tmp_path)
        shelf.tally.add(*FERRY)
        shelf.close()
    shelf = open_shelf(tmp_path)
    assert shelf.tally.drain() == {FERRY: 2}
    shelf.close()


def test_a_batch_outlives_who_took_it(tmp_path: Path) -> None:
    shelf = open_shelf(tmp_path)
    shelf.tally.add(*FERRY)
    shelf.tally.flush()
    taken = shelf.tally.take()
    shelf.close()
    shelf = open_shelf(tmp_path)
    assert taken is not None
    assert shelf.tally.take() == taken
    shelf.tally.settle(taken.name)
    shelf.close()
    shelf = open_shelf(tmp_path)
    assert shelf.tally.take() is None
    shelf.close()


def test_parts_become_one_before_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_PARTS", 3)
    monkeypatch.setattr(tally, "_ROWS_OF_A_PART", 2)
    counted = Tally(LmdbSums(tmp_path))
    for _ in range(5):
        for number in range(7):
            counted.add(f"{number:032x}", "full", "free", "direct")
        counted.flush()
    counted.close()
    file = LmdbFile(tmp_path, databases=("tally", "taken", "batch"), map_size=tally.MAP_BYTES, durable=True)
    with file.reading() as reading:
        assert reading.stat(file.database("tally"))["entries"] == 1
    file.close()
    counted = Tally(LmdbSums(tmp_path))
    assert counted.drain() == {Reading(f"{number:032x}", "full", "free", "direct"): 5 for number in range(7)}
    counted.close()


def test_many_parts_are_taken_where_there_is_no_room_for_each_of_them_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tally, "MAP_BYTES", 1024**2)
    readings = [Reading(f"{number:032x}", "full.ads", "free", "direct") for number in range(500)]
    counted = Tally(LmdbSums(tmp_path))
    for _ in range(20):
        for reading in readings:
            counted.add(*reading)
        counted.flush()
    assert counted.drain() == dict.fromkeys(readings, 20)
    counted.close()


def test_single_rows_of_before_and_a_part_that_cannot_be_read(tmp_path: Path) -> None:
    file = LmdbFile(tmp_path, databases=("tally", "taken", "batch"), map_size=tally.MAP_BYTES, durable=True)
    with file.writing() as writing:
        for key, row in ((FERRY, [json.dumps(FERRY), 3]), (MARKET, ["no reading", 1])):
            writing.put(json.dumps(key).encode(), json.dumps(row).encode(), db=file.database("tally"))
        writing.put(b"torn", b"\x92\x01", db=file.database("tally"))
    file.close()
    counted = Tally(LmdbSums(tmp_path))
    counted.add(*FERRY)
    assert counted.drain() == {FERRY: 4}
    counted.close()
