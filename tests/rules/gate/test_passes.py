import struct
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.facts import Grant, ReaderFacts
from newsstand.rules.gate.passes import (
    RENEW_AFTER,
    VALID_FOR,
    KeyRing,
    Pass,
    TokenTooLong,
    open_pass,
    pass_for,
    seal_pass,
)
from newsstand.rules.gate.visits import DeviceVisit, open_visit, seal_visit
from tests.rules.gate.strategies import ODD_TEXT, PLAIN_TEXT

RING = KeyRing((b"n" * 32,))
NOW = 1_794_312_000
READER = ReaderFacts("0123456789abcdef" * 2, False, NOW - 1000, ())
SESSION = "00ff00ff00ff00ff"

moments = st.none() | st.integers(-(2**62), 2**62)
hex_ids = st.binary(min_size=16, max_size=16).map(bytes.hex)
rights = st.frozensets(st.sampled_from(["read", "ad_free", "comment", "archive"]) | PLAIN_TEXT, max_size=4)
grants = st.builds(
    Grant,
    PLAIN_TEXT,
    rights,
    st.integers(0, 2**40),
    moments,
    moments,
    st.sampled_from(["", "subscription"]),
)
passes = st.builds(
    lambda name, staff, created, held, state, session, issued, renew, valid: Pass(
        ReaderFacts(name, staff, created, tuple(held), state),
        session.hex(),
        issued,
        issued + min(renew, valid),
        issued + valid,
    ),
    hex_ids,
    st.booleans(),
    st.integers(0, 2**40),
    st.lists(grants, max_size=3),
    st.sampled_from(["", "payment_failed", "cancelled", "lapsed"]),
    st.binary(min_size=8, max_size=8),
    st.integers(0, 2**40),
    st.integers(0, VALID_FOR),
    st.integers(1, VALID_FOR),
)


def _grant(until: int | None, grace_until: int | None = None, from_at: int = NOW - 10) -> Grant:
    return Grant("product:news", frozenset({"read"}), from_at, until, grace_until, "subscription")


@given(passes)
@settings(max_examples=60, deadline=None)
def test_a_pass_comes_out_as_it_went_in(p: Pass) -> None:
    assert open_pass(seal_pass(p, RING), RING, p.issued_at) == p


@pytest.mark.parametrize(
    ("held", "valid_for"),
    [
        ((), 7200),
        ((_grant(None),), 7200),
        ((_grant(NOW + 3000),), 3000),
        ((_grant(NOW + 3000, NOW + 4000),), 4000),
        ((_grant(NOW + 3000, NOW - 5),), 3000),
        ((_grant(NOW + 3000), _grant(NOW + 5000)), 5000),
        ((_grant(NOW + 3000), _grant(None)), 7200),
        ((_grant(NOW + 300),), 300),
        ((_grant(NOW + 99999),), 7200),
        ((_grant(NOW - 1),), 7200),
        ((_grant(NOW + 3000, from_at=NOW + 1),), 7200),
    ],
)
def test_a_pass_is_valid_for_two_hours_and_never_past_the_last_grant(
    held: tuple[Grant, ...], valid_for: int
) -> None:
    p = pass_for(replace(READER, grants=held), SESSION, NOW)

    assert p.valid_until == NOW + valid_for
    assert p.renew_after == NOW + min(RENEW_AFTER, valid_for)
    assert p.issued_at == NOW
    assert open_pass(seal_pass(p, RING), RING, NOW) == p


def test_a_pass_opens_from_its_making_to_its_end() -> None:
    token = seal_pass(pass_for(READER, SESSION, NOW), RING)

    assert open_pass(token, RING, NOW + VALID_FOR - 1) is not None
    assert open_pass(token, RING, NOW + VALID_FOR) is None
    # Two machines' clocks may differ by a minute. A pass from further ahead is from a clock that was put back.
    assert open_pass(token, RING, NOW - 60) is not None
    assert open_pass(token, RING, NOW - 61) is None


def test_a_key_is_changed_without_signing_anybody_out() -> None:
    old, new = b"o" * 32, b"n" * 32
    token = seal_pass(pass_for(READER, SESSION, NOW), KeyRing((old,)))

    assert open_pass(token, KeyRing((new, old)), NOW) is not None
    assert open_pass(token, KeyRing((new,)), NOW) is None


@given(ODD_TEXT | st.binary().map(lambda raw: raw.decode("latin-1")))
@settings(max_examples=40, deadline=None)
def test_no_text_makes_it_raise(token: str) -> None:
    assert open_pass(token, RING, NOW) is None
    assert open_visit(token, RING) is None


@given(st.binary(max_size=120) | st.binary(min_size=60, max_size=140))
@settings(max_examples=80, deadline=None)
def test_no_payload_makes_it_raise_even_when_it_is_signed(payload: bytes) -> None:
    p = open_pass(RING.seal(b"newsstand.pass:", 1, payload), RING, NOW)
    v = open_visit(RING.seal(b"newsstand.visit:", 1, payload), RING)

    assert p is None or open_pass(seal_pass(p, RING), RING, NOW) == p
    assert v is None or open_visit(seal_visit(v, RING), RING) == v


def _payload(p: Pass) -> bytes:
    payload = RING.open(b"newsstand.pass:", 1, seal_pass(p, RING))
    assert payload is not None
    return payload


@pytest.mark.parametrize("more", [b"\x00", b"news"])
def test_a_payload_with_something_behind_it_is_refused(more: bytes) -> None:
    payload = _payload(pass_for(READER, SESSION, NOW))

    assert open_pass(RING.seal(b"newsstand.pass:", 1, payload), RING, NOW) is not None
    assert open_pass(RING.seal(b"newsstand.pass:", 1, payload + more), RING, NOW) is None


def test_a_payload_that_was_cut_is_refused_at_every_place() -> None:
    grant = replace(_grant(None), rights=frozenset({"read", "newsletter:tides"}))
    payload = _payload(pass_for(replace(READER, grants=(grant,)), SESSION, NOW))

    for end in range(len(payload)):
        assert open_pass(RING.seal(b"newsstand.pass:", 1, payload[:end]), RING, NOW) is None


def test_a_pass_is_no_visit_and_a_visit_no_pass() -> None:
    token = seal_pass(pass_for(READER, SESSION, NOW), RING)
    visit = seal_visit(DeviceVisit("2026-11", "ab" * 16, ()), RING)

    assert open_visit(token, RING) is None
    assert open_pass(visit, RING, NOW) is None


@pytest.mark.parametrize(
    "p",
    [
        Pass(replace(READER, id="not hex"), SESSION, NOW, NOW, NOW),
        Pass(replace(READER, id="ab" * 15), SESSION, NOW, NOW, NOW),
        Pass(replace(READER, id="AB" * 16), SESSION, NOW, NOW, NOW),
        Pass(READER, "ab" * 7, NOW, NOW, NOW),
        Pass(READER, SESSION, NOW, NOW - 1, NOW),
        Pass(READER, SESSION, NOW, NOW + 2, NOW + 1),
        Pass(READER, SESSION, NOW, NOW, NOW + VALID_FOR + 1),
        Pass(replace(READER, state="bored"), SESSION, NOW, NOW, NOW),
        Pass(replace(READER, grants=(_grant(2**63),)), SESSION, NOW, NOW, NOW),
        Pass(replace(READER, grants=(replace(_grant(None), subject="x" * 256),)), SESSION, NOW, NOW, NOW),
        Pass(
            replace(READER, grants=(replace(_grant(None), rights=frozenset({"x" * 256})),)),
            SESSION,
            NOW,
            NOW,
            NOW,
        ),
    ],
)
def test_what_cannot_be_written_is_refused_when_it_is_sealed(p: Pass) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seal_pass(p, RING)


def test_more_grants_than_a_cookie_holds_are_refused() -> None:
    p = pass_for(replace(READER, grants=(_grant(None),) * 90), SESSION, NOW)

    with pytest.raises(TokenTooLong):
        seal_pass(p, RING)


def test_the_payload_is_small() -> None:
    subscriber = replace(_grant(NOW + 10**6), rights=frozenset({"read", "ad_free", "comment", "archive"}))
    token = seal_pass(pass_for(replace(READER, grants=(subscriber,)), SESSION, NOW), RING)

    assert len(token) < 200
    assert struct.calcsize(">16s8sqHHqBBB") == 47


@given(PLAIN_TEXT, hex_ids, st.lists(hex_ids, max_size=6).map(tuple))
@settings(max_examples=40, deadline=None)
def test_a_visit_comes_out_as_it_went_in(window: str, device: str, counted: tuple[str, ...]) -> None:
    visit = DeviceVisit(window, device, counted)

    assert open_visit(seal_visit(visit, RING), RING) == visit


@pytest.mark.parametrize(
    "visit",
    [
        DeviceVisit("2026-11", "device", ()),
        DeviceVisit("2026-11", "", ()),
        DeviceVisit("2026-11", "ab" * 16, ("story-1",)),
        DeviceVisit("2026-11", "AB" * 16, ()),
        DeviceVisit("x" * 256, "ab" * 16, ()),
        DeviceVisit("2026-11", "ab" * 16, ("cd" * 16,) * 256),
        DeviceVisit("2026-11", "ab" * 16, ("cd" * 16,) * 200),
    ],
)
def test_a_visit_that_cannot_be_written_is_refused(visit: DeviceVisit) -> None:
    with pytest.raises(ValueError, match=r".+"):
        seal_visit(visit, RING)


def test_a_hundred_articles_fit_into_a_visit() -> None:
    visit = DeviceVisit("2026-11", "ab" * 16, tuple(f"{n:032x}" for n in range(100)))

    assert open_visit(seal_visit(visit, RING), RING) == visit
