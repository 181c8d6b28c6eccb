"""The entries that are kept ready: never older than the store, never more than the limit."""

from collections.abc import Iterator

import pytest

from newsstand.kiosk.ready import ReadyEntries
from newsstand.shelf.entry import Bodies, Coding, Entry, new_entry
from newsstand.shelf.store import MemoryStore


class CountingStore(MemoryStore):
    """A store that counts how often it is asked for more than its version."""

    def __init__(self) -> None:
        super().__init__()
        self.gets = 0
        self.reads = 0

    def get(self, path: str) -> Entry | None:
        self.gets += 1
        return super().get(path)

    def body(self, entry: Entry, variant: str, coding: Coding) -> bytes | None:
        self.reads += 1
        return super().body(entry, variant, coding)


@pytest.fixture
def store() -> Iterator[CountingStore]:
    store = CountingStore()
    put(store, "/a/")
    yield store
    store.close()


def put(store: MemoryStore, path: str, text: bytes = b"text") -> Entry:
    entry = new_entry(path=path, kind="page", generation=0)
    store.put(entry, {"full": Bodies(b"", b"", text)})
    return entry


def body(ready: ReadyEntries, path: str) -> bytes | None:
    found = ready.find(path, ready._store.version())
    sheet = None if found is None else ready.sheet(found, "full", "identity")
    return None if sheet is None else sheet.body


def test_an_unchanged_store_is_asked_once(store: CountingStore) -> None:
    ready = ReadyEntries(store)
    assert [body(ready, "/a/") for _ in range(5)] == [b"text"] * 5
    assert (store.gets, store.reads) == (1, 1)


def test_a_change_elsewhere_keeps_the_bytes(store: CountingStore) -> None:
    ready = ReadyEntries(store)
    body(ready, "/a/")
    put(store, "/b/")
    assert body(ready, "/a/") == b"text"
    assert (store.gets, store.reads) == (2, 1)


def test_a_new_printing_is_seen_at_once(store: CountingStore) -> None:
    ready = ReadyEntries(store)
    body(ready, "/a/")
    put(store, "/a/", b"new")
    assert body(ready, "/a/") == b"new"
    store.drop("/a/")
    assert body(ready, "/a/") is None


def test_a_printing_replaced_between_two_looks_is_never_mixed(store: CountingStore) -> None:
    ready = ReadyEntries(store)
    found = ready.find("/a/", ready._store.version())
    assert found is not None
    put(store, "/a/", b"new")
    assert ready.sheet(found, "full", "identity") is None


def test_the_least_used_are_let_go(store: CountingStore) -> None:
    ready = ReadyEntries(store, limit_bytes=10, limit_entries=10)
    for path in ("/a/", "/b/", "/c/"):
        put(store, path, b"12345")
    for path in ("/a/", "/b/", "/a/", "/c/"):
        assert body(ready, path) == b"12345"
    before = store.reads
    assert body(ready, "/a/") == b"12345"
    assert store.reads == before
    assert body(ready, "/b/") == b"12345"
    assert store.reads == before + 1


def test_a_body_larger_than_the_limit_is_handed_out_all_the_same(store: CountingStore) -> None:
    ready = ReadyEntries(store, limit_bytes=3)
    assert body(ready, "/a/") == b"text"
    assert body(ready, "/a/") == b"text"
    assert store.reads == 2


def test_the_number_of_entries_is_bounded(store: CountingStore) -> None:
    ready = ReadyEntries(store, limit_entries=2)
    for number in range(5):
        put(store, f"/{number}/")
    for number in range(5):
        assert body(ready, f"/{number}/") == b"text"
    assert len(ready._kept) == 2


def test_a_full_house_keeps_what_is_asked_for_twice(store: CountingStore) -> None:
    ready = ReadyEntries(store, limit_entries=2)
    for number in range(5):
        put(store, f"/{number}/")
        assert body(ready, f"/{number}/") == b"text"
    for asked, gets in (("/4/", 1), ("/4/", 0), ("/0/", 1), ("/4/", 0)):
        before = store.gets
        assert body(ready, asked) == b"text"
        assert store.gets - before == gets, asked


def test_the_store_learns_what_was_used_since_it_was_told_last() -> None:
    store, told = MemoryStore(), list[list[str]]()
    for path in ("/a/", "/b/"):
        store.put(new_entry(path=path, kind="page", generation=0), {"full": Bodies(b"", b"", b"text")})
    store.touch = lambda paths: told.append(sorted(paths))  # type: ignore[method-assign]
    ready = ReadyEntries(store)
    for path in ("/a/", "/b/", "/a/"):
        ready.find(path, store.version())
    ready.tell_uses()
    ready.find("/b/", store.version())
    ready.tell_uses()
    ready.tell_uses()
    assert told == [["/a/", "/b/"], ["/b/"], []]


def test_the_store_learns_of_what_was_asked_for_once_and_not_kept() -> None:
    store, told = MemoryStore(), list[list[str]]()
    for path in ("/a/", "/b/", "/c/"):
        store.put(new_entry(path=path, kind="page", generation=0), {"full": Bodies(b"", b"", b"text")})
    store.touch = lambda paths: told.append(sorted(paths))  # type: ignore[method-assign]
    ready = ReadyEntries(store, limit_entries=1)
    for path in ("/a/", "/b/", "/c/"):
        ready.find(path, store.version())
    ready.tell_uses()
    assert "/c/" in told[0]
