"""What every store of entries promises."""

import gzip

import brotli
import pytest
from msgspec.structs import replace

from newsstand.rules.gate.facts import ArticleFacts, Level, Step
from newsstand.shelf import Shelf
from newsstand.shelf.entry import (
    CODINGS,
    Bodies,
    Entry,
    UnfitEntry,
    compress,
    etag_of,
    new_entry,
    uncompressed,
)
from newsstand.shelf.store import Store

FACTS = ArticleFacts(
    id="a" * 32,
    product="news",
    section="harbour",
    steps=(Step(0, Level.FREE), Step(500, Level.METERED)),
    published_at=100,
    embargo_until=None,
    gone_from=900,
    counts=False,
)
OPENING = compress(b"<p>The ferry was late.</p>" * 20, quality=5)
FULL = compress(b"<p>The whole story of the ferry.</p>" * 20, quality=5)


def story(path: str = "/harbour/ferry/", **changes: object) -> Entry:
    entry = new_entry(
        path=path,
        kind="story",
        generation=3,
        facts=FACTS,
        fresh_until=700,
        headers=(("x-robots-tag", "noarchive"),),
    )
    return replace(entry, **changes)


@pytest.fixture
def store(shelf: Shelf) -> Store:
    return shelf.entries


class TestStore:
    def test_what_was_put_is_got_back_whole(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"opening": OPENING, "full": FULL})
        got = store.get("/harbour/ferry/")
        assert got is not None
        assert replace(got, etags={}) == entry
        assert {name: set(codings) for name, codings in got.etags.items()} == {
            "opening": set(CODINGS),
            "full": set(CODINGS),
        }

    def test_each_coding_has_its_bytes_and_their_own_etag(self, store: Store) -> None:
        store.put(story(), {"full": FULL})
        entry = store.get("/harbour/ferry/")
        assert entry is not None
        bodies = {coding: store.body(entry, "full", coding) for coding in CODINGS}
        assert bodies == {"br": FULL.br, "gzip": FULL.gzip, "identity": FULL.identity}
        assert brotli.decompress(FULL.br) == gzip.decompress(FULL.gzip) == FULL.identity
        assert entry.etags["full"] == {coding: etag_of(body or b"") for coding, body in bodies.items()}
        assert len(set(entry.etags["full"].values())) == 3

    def test_bytes_that_do_not_compress_are_kept_in_one_coding(self, store: Store) -> None:
        store.put(new_entry(path="/a.png", kind="asset", generation=0), {"asset": uncompressed(b"\x89PNG")})
        entry = store.get("/a.png")
        assert entry is not None
        assert set(entry.etags["asset"]) == {"identity"}
        assert store.body(entry, "asset", "br") is None
        assert store.body(entry, "asset", "identity") == b"\x89PNG"

    def test_many_are_put_as_one_would_be(self, store: Store) -> None:
        stories = [story(f"/harbour/{number}/") for number in range(250)]
        store.put_all((one, {"opening": OPENING}) for one in [*stories, story("/harbour/7/")])
        assert sorted(store.paths()) == sorted(one.path for one in stories)
        for one in stories[:7] + stories[8:]:
            got = store.get(one.path)
            assert got is not None
            assert (got.stamp, store.body(got, "opening", "br")) == (one.stamp, OPENING.br)
        replaced = store.get("/harbour/7/")
        assert replaced is not None
        assert replaced.stamp != stories[7].stamp

    def test_a_missing_path_or_variant_is_none(self, store: Store) -> None:
        assert store.get("/nowhere/") is None
        entry = story()
        store.put(entry, {"opening": OPENING})
        assert store.body(entry, "full", "identity") is None

    def test_a_new_printing_takes_everything_of_the_old_one_away(self, store: Store) -> None:
        old = story()
        store.put(old, {"opening": OPENING, "full": FULL})
        new = story()
        store.put(new, {"opening": OPENING})
        got = store.get("/harbour/ferry/")
        assert got is not None
        assert got.stamp == new.stamp != old.stamp
        assert set(got.etags) == {"opening"}
        assert store.body(old, "full", "identity") is None
        assert store.body(got, "full", "identity") is None

    def test_put_takes_exactly_the_variants_it_is_given(self, store: Store) -> None:
        store.put(story(), {"opening": OPENING, "full": FULL})
        got = store.get("/harbour/ferry/")
        assert got is not None
        store.put(got, {"opening": OPENING})
        again = store.get("/harbour/ferry/")
        assert again is not None
        assert set(again.etags) == {"opening"}
        assert store.body(again, "full", "identity") is None

    def test_a_variant_is_added_to_the_printing_it_was_made_for(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"opening": OPENING})
        assert store.add(entry.path, entry.stamp, "full", FULL)
        got = store.get(entry.path)
        assert got is not None
        assert set(got.etags) == {"opening", "full"}
        assert store.body(got, "full", "gzip") == FULL.gzip

    def test_a_variant_of_a_replaced_printing_is_not_added(self, store: Store) -> None:
        old = story()
        store.put(old, {"opening": OPENING})
        new = story()
        store.put(new, {"opening": OPENING})
        assert not store.add(old.path, old.stamp, "full", FULL)
        got = store.get(old.path)
        assert got is not None
        assert set(got.etags) == {"opening"}
        assert store.body(old, "full", "identity") is None

    def test_a_variant_of_a_dropped_entry_is_not_added(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"opening": OPENING})
        store.drop(entry.path)
        assert not store.add(entry.path, entry.stamp, "full", FULL)
        assert store.get(entry.path) is None

    def test_an_entry_ends_at_a_moment_with_all_its_variants_and_never_later(self, store: Store) -> None:
        store.put(story(), {"opening": OPENING})
        store.let_end("/harbour/ferry/", 650)
        ended = store.get("/harbour/ferry/")
        assert ended is not None
        assert ended.fresh_until == 650
        assert store.body(ended, "opening", "gzip") == OPENING.gzip
        before = store.version()
        store.let_end("/harbour/ferry/", 690)
        store.let_end("/harbour/nowhere/", 690)
        assert store.get("/harbour/ferry/") == ended
        assert store.get("/harbour/nowhere/") is None
        store.put(story("/for-ever/", fresh_until=None), {"opening": OPENING})
        assert store.version() != before
        store.let_end("/for-ever/", 690)
        assert getattr(store.get("/for-ever/"), "fresh_until", None) == 690

    def test_what_is_dropped_leaves_no_bytes(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"full": FULL})
        store.drop(entry.path)
        store.drop(entry.path)
        assert store.get(entry.path) is None
        assert store.body(entry, "full", "identity") is None
        assert list(store.paths()) == []

    def test_a_neighbour_is_left_alone(self, store: Store) -> None:
        one, other = story("/harbour/a/"), story("/harbour/a")
        store.put(one, {"full": FULL})
        store.put(other, {"full": OPENING})
        store.drop(one.path)
        assert store.body(other, "full", "identity") == OPENING.identity
        assert list(store.paths()) == ["/harbour/a"]

    def test_bodies_of_two_paths_with_one_stamp_stay_apart(self, store: Store) -> None:
        one = story("/harbour/a/")
        other = replace(one, path="/harbour/b/")
        store.put(one, {"full": FULL})
        store.put(other, {"full": OPENING})
        assert store.body(one, "full", "identity") == FULL.identity
        assert store.body(other, "full", "identity") == OPENING.identity

    def test_paths_are_all_there_once(self, store: Store) -> None:
        for path in ("/b/", "/a/", "/b/", "/ç/"):
            store.put(story(path), {"full": FULL})
        assert sorted(store.paths()) == ["/a/", "/b/", "/ç/"]

    def test_long_paths_and_variants_are_kept_like_others(self, store: Store) -> None:
        longest = "/" + "harbour-" * 200
        paths = (longest + "a/", longest + "b/", "/" + "ç" * 400)
        for path in paths:
            store.put(story(path), {"v" * 600: Bodies(b"", b"", path.encode())})
        for path in paths:
            entry = store.get(path)
            assert entry is not None
            assert store.body(entry, "v" * 600, "identity") == path.encode()
        store.drop(paths[0])
        assert sorted(store.paths()) == sorted(paths[1:])

    def test_every_change_changes_the_version(self, store: Store) -> None:
        entry = story()
        seen = [store.version()]
        store.put(entry, {"opening": OPENING})
        seen.append(store.version())
        store.add(entry.path, entry.stamp, "full", FULL)
        seen.append(store.version())
        store.drop(entry.path)
        seen.append(store.version())
        store.put(entry, {"opening": OPENING})
        seen.append(store.version())
        store.clear()
        seen.append(store.version())
        assert len(set(seen)) == len(seen)
        assert store.version() == seen[-1]

    def test_a_use_changes_nothing_that_is_seen(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"opening": OPENING})
        version = store.version()
        store.touch([])
        store.touch([entry.path, "/nowhere/"])
        assert store.version() == version
        assert list(store.paths()) == [entry.path]

    def test_clear_takes_everything_away(self, store: Store) -> None:
        entry = story()
        store.put(entry, {"full": FULL})
        store.clear()
        assert store.get(entry.path) is None
        assert store.body(entry, "full", "identity") is None
        assert list(store.paths()) == []


def test_no_two_entries_have_one_stamp() -> None:
    assert len({story().stamp for _ in range(1000)}) == 1000


def test_the_same_data_gives_the_same_bytes() -> None:
    assert compress(b"harbour " * 99, quality=9) == compress(b"harbour " * 99, quality=9)


def test_a_coding_that_makes_nothing_smaller_is_not_kept() -> None:
    assert compress(b"x", quality=5) == Bodies(b"", b"", b"x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "harbour/"},
        {"kind": "page"},
        {"facts": None},
        {"headers": (("x-note", "a\r\nset-cookie: b=c"),)},
        {"headers": (("x-note", "Straße"),)},
        {"headers": (("Cache-Control", "public"),)},
        {"headers": (("Set-Cookie", "a=b"),)},
        {"content_type": "text/html\r\nx: y"},
    ],
)
def test_an_entry_that_no_kiosk_could_hand_out_is_refused(wrong: dict[str, object]) -> None:
    right: dict[str, object] = {"path": "/a/", "kind": "story", "generation": 0, "facts": FACTS}
    new_entry(**right)
    with pytest.raises(UnfitEntry):
        new_entry(**{**right, **wrong})
