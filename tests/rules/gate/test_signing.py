import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.signing import LONGEST_TOKEN, KeyRing, TokenTooLong
from tests.rules.gate.strategies import ODD, ODD_TEXT

OLD, NEW, STRANGE = b"o" * 32, b"n" * 32, b"s" * 32
URL_SAFE = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
RING = KeyRing((NEW,))


@given(st.binary(max_size=80))
@settings(max_examples=40, deadline=None)
def test_what_was_sealed_opens_and_needs_no_escaping(payload: bytes) -> None:
    token = RING.seal(b"p:", 1, payload)

    assert RING.open(b"p:", 1, token) == payload
    assert set(token) <= URL_SAFE


@given(st.binary(max_size=40), st.data())
@settings(max_examples=60, deadline=None)
def test_a_token_that_was_altered_in_any_way_never_opens(payload: bytes, data: st.DataObject) -> None:
    token = RING.seal(b"p:", 1, payload)
    at = data.draw(st.integers(0, len(token)))
    more = data.draw(st.text(ODD, max_size=2))
    altered = token[:at] + more + token[at + data.draw(st.integers(0, 2)) :]

    assert altered == token or RING.open(b"p:", 1, altered) is None


def test_every_single_other_character_closes_the_token() -> None:
    token = RING.seal(b"p:", 1, b"seven by")

    for at in range(len(token)):
        for character in ("A", "B", "-", "_", "=", "+", " ", "\n", "é"):
            altered = token[:at] + character + token[at + 1 :]
            assert altered == token or RING.open(b"p:", 1, altered) is None


@given(
    ODD_TEXT | st.text("AB-_", min_size=44, max_size=90) | st.binary().map(lambda raw: raw.decode("latin-1"))
)
@settings(max_examples=60, deadline=None)
def test_any_text_is_refused_without_an_exception(token: str) -> None:
    assert RING.open(b"p:", 1, token) is None


@pytest.mark.parametrize(
    "token", ["", "A" * 43, "A" * 44, "A" * 45, "A" * 47, "A" * 99999, "\ud800" * 60, "é" * 60]
)
def test_odd_lengths_and_odd_characters(token: str) -> None:
    assert RING.open(b"p:", 1, token) is None


def test_a_token_is_good_for_one_purpose_and_one_version() -> None:
    token = RING.seal(b"pass:", 1, b"payload")

    assert RING.open(b"visit:", 1, token) is None
    assert RING.open(b"pass:", 2, token) is None


def test_a_new_key_signs_and_the_old_one_still_opens() -> None:
    before = KeyRing((OLD,)).seal(b"p:", 1, b"payload")
    both = KeyRing((NEW, OLD))
    after = both.seal(b"p:", 1, b"payload")

    assert both.open(b"p:", 1, before) == b"payload"
    assert KeyRing((NEW,)).open(b"p:", 1, after) == b"payload"
    assert KeyRing((NEW,)).open(b"p:", 1, before) is None
    assert KeyRing((OLD,)).open(b"p:", 1, after) is None
    assert KeyRing((STRANGE,)).open(b"p:", 1, after) is None


def test_two_keys_with_the_same_number_both_open() -> None:
    # A key is named by one byte; among 300 keys two share it, and 301 of them may stand in one ring.
    keys = tuple(f"key number {n:04} of many".encode() for n in range(301))
    ring = KeyRing(keys)

    for key in keys:
        assert ring.open(b"p:", 1, KeyRing((key,)).seal(b"p:", 1, b"payload")) == b"payload"


def test_a_ring_without_a_good_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one key"):
        KeyRing(())
    with pytest.raises(ValueError, match="at least 16 bytes"):
        KeyRing((NEW, b"fifteen letters"))
    assert KeyRing((b"sixteen letters!",)).open(b"p:", 1, "") is None


def test_no_key_is_ever_shown() -> None:
    assert "nnnn" not in repr(RING)
    assert KeyRing((NEW,)) == RING


def test_what_no_cookie_can_hold_is_refused() -> None:
    longest = (LONGEST_TOKEN - 43) * 3 // 4 - 2

    assert len(RING.seal(b"p:", 1, bytes(longest))) <= LONGEST_TOKEN
    with pytest.raises(TokenTooLong):
        RING.seal(b"p:", 1, bytes(longest + 1))
