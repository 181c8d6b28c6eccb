"""Counts are written through memory only where their room on the disk is taken already."""

import errno
import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from newsstand.shelf import lmdb_file
from newsstand.shelf.store import ShelfFull
from newsstand.shelf.visits import LmdbVisitStore

WINDOW = "2026-11"


def no_room(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def opened(store: LmdbVisitStore, number: int) -> bool:
    return store.count(f"device:{number:032x}", WINDOW, f"{number:032x}", 3).opened


def opened_many(store: LmdbVisitStore, numbers: Iterable[int]) -> None:
    for number in numbers:
        opened(store, number)


def on_the_disk(directory: Path) -> int:
    return (directory / "data.mdb").stat().st_blocks * 512


def test_the_room_is_taken_ahead_of_what_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lmdb_file, "_BYTES_AHEAD", 64 * 1024)
    store = LmdbVisitStore(tmp_path, durable=False, map_bytes=4 * 1024**2)
    for number in range(3000):
        assert opened(store, number)
        if number % 100 == 0:
            used = (store._file._env.info()["last_pgno"] + 1) * store._file._env.stat()["psize"]
            assert on_the_disk(tmp_path) > used
    assert on_the_disk(tmp_path) < 4 * 1024**2
    store.close()


def test_without_room_at_the_start_counts_are_written_as_usual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "posix_fallocate", no_room)
    store = LmdbVisitStore(tmp_path, durable=False)
    assert [opened(store, number) for number in range(20)] == [True] * 20
    store.close()


def test_a_disk_that_fills_up_refuses_the_count_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lmdb_file, "_BYTES_AHEAD", 64 * 1024)
    store = LmdbVisitStore(tmp_path, durable=False, map_bytes=4 * 1024**2)
    assert opened(store, 1)
    with monkeypatch.context() as full:
        full.setattr(os, "posix_fallocate", no_room)
        with pytest.raises(ShelfFull):
            opened_many(store, range(2, 3000))
        assert store.read(f"device:{1:032x}", WINDOW) == {f"{1:032x}"}
    assert opened(store, 5000)
    store.close()
