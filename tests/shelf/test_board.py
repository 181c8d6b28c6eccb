"""What every board promises."""

from pathlib import Path

import pytest

from newsstand.rules.gate.passes import VALID_FOR
from newsstand.rules.gate.policy import OpenHouse, Policy
from newsstand.shelf import Shelf
from newsstand.shelf.board import Board, BoardStore, LmdbBoardStore

READER = "b" * 32
NOW = 1_800_000_000


@pytest.fixture
def board(shelf: Shelf) -> BoardStore:
    return shelf.board


class TestBoard:
    def test_it_begins_without_a_policy(self, board: BoardStore) -> None:
        assert board.read() == Board()
        assert board.read().policy is None

    def test_the_policy_is_read_as_it_was_set(self, board: BoardStore) -> None:
        policy = Policy(
            zone="Europe/London",
            plan_products=frozenset({"news"}),
            open_house=(OpenHouse("harbour", NOW),),
        )
        board.set_policy(policy)
        assert board.read().policy == policy

    def test_the_locale_is_english_until_it_is_set(self, board: BoardStore) -> None:
        assert board.read().locale == "en"
        board.set_locale("de")
        assert board.read().locale == "de"

    def test_the_generation_rises_by_one(self, board: BoardStore) -> None:
        assert [board.raise_generation(), board.raise_generation()] == [1, 2]
        assert board.read().generation == 2

    def test_reading_twice_gives_the_same_object_until_a_change(self, board: BoardStore) -> None:
        board.set_policy(Policy())
        first, version = board.read(), board.version()
        assert board.read() is first
        assert board.version() == version
        board.set_clock_offset(60)
        assert board.version() != version
        assert board.read() is not first
        assert board.read().clock_offset == 60

    def test_a_pass_issued_at_or_before_the_mark_is_closed(self, board: BoardStore) -> None:
        board.close_reader(READER, NOW, NOW)
        board.close_session("5" * 16, NOW - 10, NOW)
        read = board.read()
        assert read.has_closed(READER, "0" * 16, NOW)
        assert not read.has_closed(READER, "0" * 16, NOW + 1)
        assert read.has_closed("c" * 32, "5" * 16, NOW - 10)
        assert not read.has_closed("c" * 32, "5" * 16, NOW - 9)
        assert not read.has_closed("c" * 32, "0" * 16, 0)

    def test_an_earlier_mark_does_not_open_what_a_later_one_closed(self, board: BoardStore) -> None:
        board.close_reader(READER, NOW, NOW)
        board.close_reader(READER, NOW - 100, NOW)
        assert board.read().closed_readers == {READER: NOW}

    def test_marks_stay_for_as_long_as_a_pass_may_live_and_then_go(self, board: BoardStore) -> None:
        board.close_reader(READER, NOW, NOW)
        board.close_reader("c" * 32, NOW + VALID_FOR - 1, NOW + VALID_FOR - 1)
        assert READER in board.read().closed_readers
        board.close_reader("c" * 32, NOW + VALID_FOR, NOW + VALID_FOR)
        assert board.read().closed_readers == {"c" * 32: NOW + VALID_FOR}

    def test_marks_move_back_with_the_clock(self, board: BoardStore) -> None:
        board.set_clock_offset(1000)
        board.close_reader(READER, NOW + 1000, NOW + 1000)
        board.set_clock_offset(0)
        assert board.read().closed_readers == {READER: NOW}
        board.set_clock_offset(1000)
        assert board.read().closed_readers == {READER: NOW}

    def test_redirects_never_make_a_chain_or_a_circle(self, board: BoardStore) -> None:
        board.set_redirect("/a/", "/b/")
        board.set_redirect("/b/", "/c/")
        assert board.read().redirects == {"/a/": "/c/", "/b/": "/c/"}
        board.set_redirect("/c/", "/a/")
        assert board.read().redirects == {"/b/": "/a/", "/c/": "/a/"}
        board.drop_redirect("/b/")
        board.drop_redirect("/nowhere/")
        assert board.read().redirects == {"/c/": "/a/"}

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("/a/", "/a/"),
            ("a", "/b/"),
            ("/a/", "//evil.example/"),
            ("/a/", "https://evil.example/"),
            ("/a/", "/b\r\n"),
        ],
    )
    def test_a_redirect_stays_on_the_site(self, board: BoardStore, old: str, new: str) -> None:
        with pytest.raises(ValueError, match=r"path|itself"):
            board.set_redirect(old, new)
        assert board.read().redirects == {}


def test_the_board_outlives_its_process(tmp_path: Path) -> None:
    board = LmdbBoardStore(tmp_path)
    board.set_policy(Policy(device_allowance=2))
    board.close_session("5" * 16, NOW, NOW)
    board.set_redirect("/ç/", "/d/")
    before = board.read()
    board.close()
    again = LmdbBoardStore(tmp_path)
    assert again.read() == before
    again.close()
