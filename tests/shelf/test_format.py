"""A record that is torn, of another version, or unreadable in any way reads as missing."""

import json
import os
import resource
from dataclasses import replace
from pathlib import Path

import lmdb
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.policy import Policy
from newsstand.shelf import open_shelf
from newsstand.shelf.board import Board, LmdbBoardStore
from newsstand.shelf.entry import Bodies, new_entry
from newsstand.shelf.format import decode_entry, encode_entry, seal, unseal
from newsstand.shelf.lmdb_file import LmdbFile, UsedAcrossFork, key_of
from newsstand.shelf.lmdb_store import LmdbStore
from newsstand.shelf.store import ShelfFull
from newsstand.shelf.uses import Uses
from tests.shelf.test_entries import FACTS, FULL, OPENING, story

RECORD = encode_entry(story())


@given(st.integers(0, len(RECORD) - 1), st.integers(1, 255))
@settings(max_examples=300, deadline=None)
def test_no_changed_byte_goes_unseen(at: int, change: int) -> None:
    torn = bytearray(RECORD)
    torn[at] ^= change
    assert decode_entry(bytes(torn)) is None


@given(st.integers(0, len(RECORD) - 1))
def test_no_cut_goes_unseen(end: int) -> None:
    assert decode_entry(RECORD[:end]) is None
    assert decode_entry(RECORD[:end] + b"\0" * (len(RECORD) - end)) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_it_raise(record: bytes) -> None:
    assert decode_entry(record) is None
    assert decode_entry(seal(record)) is None


def test_a_newer_version_is_not_read() -> None:
    assert decode_entry(RECORD) is not None
    assert decode_entry(bytes((RECORD[0] + 1,)) + RECORD[1:]) is None


# An entry as version 1 wrote it, byte for byte. This stays, whatever version is written now.
OF_VERSION_1 = (
    b"\x01\x3b\x9e\xd9\x3c" + (7).to_bytes(8, "big") + b'{"path":"/harbour/ferry/","kind":"story","facts":'
    b'{"id":"a","product":"news","section":"harbour","steps":[[0,"free"],[500,"metered"]],"published_at":100,'
    b'"embargo_until":null,"gone_from":900,"counts":false},"generation":3,"fresh_until":700,"status":200,'
    b'"content_type":"text/html; charset=utf-8","headers":[["x-robots-tag","noarchive"]],'
    b'"etags":{"full":{"br":"\\"x\\""}}}'
)


def test_version_1_is_read() -> None:
    entry = decode_entry(OF_VERSION_1)
    assert entry is not None
    assert entry.facts == replace(FACTS, id="a")
    assert (entry.path, entry.stamp, entry.generation, entry.fresh_until) == ("/harbour/ferry/", 7, 3, 700)
    assert (entry.headers, entry.etags) == ((("x-robots-tag", "noarchive"),), {"full": {"br": '"x"'}})


def test_a_newer_entry_is_missing_and_leaves_nothing_when_it_is_replaced(tmp_path: Path) -> None:
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    entry = story()
    store.put(entry, {"opening": OPENING, "full": FULL})
    store.close()
    file = LmdbFile(tmp_path, databases=("entries",), map_size=1 << 24, durable=False)
    with file.writing() as writing:
        record = writing.get(key_of(entry.path), db=file.database("entries"))
        assert record is not None
        newer = record[:16] + b"\x7f" + record[17:]
        writing.put(key_of(entry.path), newer, db=file.database("entries"))
    file.close()
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    assert store.get(entry.path) is None
    assert not store.add(entry.path, entry.stamp, "full", FULL)
    store.put(story(), {"opening": OPENING})
    assert store.get(entry.path) is not None
    assert store.body(entry, "full", "gzip") is None
    store.close()


def _fill(directory: Path, told: int) -> None:
    """Lay entries until a limit on the files' size stands for a full disk; tells how many, and what is left."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    store = LmdbStore(directory, limit_bytes=1 << 24)
    body = Bodies(b"", b"", b"x" * 3000)
    laid = 0
    try:
        while laid < 1000:
            store.put(new_entry(path=f"/{laid}/", kind="page", generation=0), {"full": body, "more": body})
            laid += 1
    except ShelfFull:
        last = store.get(f"/{laid}/"), len(list(store.paths()))
        for number in range(3):
            store.drop(f"/{number}/")
        gone = store.get("/0/")
        store.put(new_entry(path="/again/", kind="page", generation=0), {"full": body})
        again = store.get("/again/")
        report = {"laid": laid, "last": last, "gone": gone, "again": again is not None}
        os.write(told, json.dumps(report).encode())


def test_a_full_disk_lays_nothing_and_still_lets_things_go(tmp_path: Path) -> None:
    reading, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            _fill(tmp_path, told)
        finally:
            os._exit(0)
    os.close(told)
    with os.fdopen(reading, "rb") as pipe:
        report = json.loads(pipe.read())
    os.waitpid(child, 0)
    assert report["laid"] > 10
    assert report["last"] == [None, report["laid"]]
    assert report["gone"] is None
    assert report["again"]
    store = LmdbStore(tmp_path, limit_bytes=1 << 24)
    assert len(list(store.paths())) == report["laid"] - 3 + 1
    for path in store.paths():
        entry = store.get(path)
        assert entry is not None
        assert store.body(entry, "full", "identity") == b"x" * 3000
    store.close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kind", "essay"),
        ("facts", None),
        ("facts", {}),
        ("headers", 7),
        ("etags", []),
        ("path", ...),
    ],
)
def test_a_record_with_a_wrong_field_is_not_read(name: str, value: object) -> None:
    payload = unseal(RECORD)
    assert payload is not None
    fields = msgspec.msgpack.decode(payload[8:])
    if value is ...:
        del fields[name]
    else:
        fields[name] = value
    assert decode_entry(seal(payload[:8] + msgspec.msgpack.encode(fields))) is None


def test_an_unknown_level_is_not_read() -> None:
    payload = unseal(RECORD)
    assert payload is not None
    assert decode_entry(seal(payload.replace(b"metered", b"strange"))) is None


def _overwrite(directory: Path, database: str, key: bytes, value: bytes) -> None:
    file = LmdbFile(
        directory, databases=("entries", "bodies", "order", "sums", "board"), map_size=1 << 24, durable=False
    )
    with file.writing() as writing:
        writing.put(key, value, db=file.database(database))
    file.close()


@pytest.mark.parametrize(
    "torn", [b"", b"\1", RECORD[:40], b"\xff" * 400], ids=["empty", "one byte", "cut", "nonsense"]
)
def test_a_torn_entry_is_missing_and_can_be_replaced(tmp_path: Path, torn: bytes) -> None:
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    entry = story()
    store.put(entry, {"opening": OPENING, "full": FULL})
    store.close()
    _overwrite(tmp_path, "entries", key_of(entry.path), torn)
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    assert store.get(entry.path) is None
    assert not store.add(entry.path, entry.stamp, "full", FULL)
    store.put(story(), {"opening": OPENING})
    again = store.get(entry.path)
    assert again is not None
    assert store.body(again, "opening", "identity") == OPENING.identity
    store.close()


def test_a_torn_body_is_missing(tmp_path: Path) -> None:
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    entry = story()
    store.put(entry, {"full": FULL})
    store.close()
    file = LmdbFile(tmp_path, databases=("bodies",), map_size=1 << 24, durable=False)
    with file.writing() as writing, writing.cursor(db=file.database("bodies")) as cursor:
        rows = list(cursor)
        for key, value in rows:
            writing.put(key, value[:-1], db=file.database("bodies"))
    file.close()
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    assert len(rows) == 2
    assert [store.body(entry, "full", coding) for coding in ("br", "gzip", "identity")] == [None] * 3
    store.close()


def test_an_entry_that_lies_under_another_path_is_missing(tmp_path: Path) -> None:
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    store.put(story("/open/"), {"full": FULL})
    store.close()
    file = LmdbFile(tmp_path, databases=("entries",), map_size=1 << 24, durable=False)
    with file.writing() as writing:
        record = writing.get(b"/open/", db=file.database("entries"))
        assert record is not None
        writing.put(b"/closed/", record, db=file.database("entries"))
    file.close()
    store = LmdbStore(tmp_path, limit_bytes=1 << 20)
    assert store.get("/open/") is not None
    assert store.get("/closed/") is None
    store.close()


@pytest.mark.parametrize("part", ["policy", "generation", "clock_offset", "redirects", "closed_readers"])
def test_a_board_that_is_read_only_in_part_has_no_policy(tmp_path: Path, part: str) -> None:
    board = LmdbBoardStore(tmp_path)
    board.set_policy(Policy())
    board.raise_generation()
    board.close()
    for torn in (b"\1torn", seal(b"not json"), seal(b'["no such thing"]')):
        _overwrite(tmp_path, "board", part.encode(), torn)
        board = LmdbBoardStore(tmp_path)
        assert board.read() == Board()
        board.close()
    board = LmdbBoardStore(tmp_path)
    board.set_policy(Policy(device_allowance=1))
    assert board.read().policy == Policy(device_allowance=1)
    board.close()


def test_the_least_used_go_when_the_limit_is_reached(tmp_path: Path) -> None:
    store = LmdbStore(tmp_path, limit_bytes=10_000)
    body = Bodies(b"", b"", b"x" * 3000)

    def put(name: str) -> None:
        store.put(new_entry(path=f"/{name}/", kind="page", generation=0), {"full": body})

    for name in "abc":
        put(name)
    version = store.version()
    store.touch(["/a/", "/nowhere/"])
    assert store.version() == version
    put("d")
    assert sorted(store.paths()) == ["/a/", "/c/", "/d/"]
    store.touch(["/c/"])
    put("e")
    assert sorted(store.paths()) == ["/c/", "/d/", "/e/"]
    entry = store.get("/d/")
    assert entry is not None
    assert store.add("/d/", entry.stamp, "more", body)
    assert sorted(store.paths()) == ["/d/", "/e/"]
    with pytest.raises(ShelfFull):
        store.put(
            new_entry(path="/big/", kind="page", generation=0), {"full": Bodies(b"", b"", b"x" * 10_001)}
        )
    assert sorted(store.paths()) == ["/d/", "/e/"]
    for _ in range(50):
        put("e")
    assert sorted(store.paths()) == ["/d/", "/e/"]
    store.close()


def test_uses_are_known_to_all_processes_and_bounded(tmp_path: Path) -> None:
    uses = Uses(tmp_path, map_bytes=80_000)
    uses.note(["/a/", "/b/"])
    uses.note(["/a/"])
    assert uses.least_used_first(["/a/", "/c/", "/b/"]) == ["/c/", "/b/", "/a/"]
    uses.forget(["/a/"])
    uses.close()
    uses = Uses(tmp_path, map_bytes=80_000)
    assert uses.least_used_first(["/b/", "/a/"]) == ["/a/", "/b/"]
    for number in range(100):
        uses.note([f"/{number}/{other}/" for other in range(100)])
    uses.note(["/b/"])
    assert uses.least_used_first(["/b/", "/a/"]) == ["/a/", "/b/"]
    uses.close()


def test_a_handle_is_of_no_use_to_a_forked_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = LmdbFile(tmp_path, databases=("a",), map_size=1 << 20, durable=False)
    monkeypatch.setattr("newsstand.shelf.lmdb_file._process", -1)
    for use in (file.reading, file.writing, file.version):
        with pytest.raises(UsedAcrossFork):
            use()
    monkeypatch.undo()
    file.close()


def test_the_same_shelf_is_not_opened_twice_in_a_process(tmp_path: Path) -> None:
    shelf = open_shelf(tmp_path)
    with pytest.raises(lmdb.Error, match="already open"):
        open_shelf(tmp_path)
    shelf.close()
    open_shelf(tmp_path).close()


def test_nobody_else_on_the_machine_can_read_the_shelf(tmp_path: Path) -> None:
    shelf = open_shelf(tmp_path / "shelf")
    files = [path for path in (tmp_path / "shelf").rglob("*") if path.is_file()]
    assert len(files) == 10
    assert [oct(path.stat().st_mode & 0o077) for path in files] == ["0o0"] * 10
    shelf.close()
