"""A reader's pass: who they are and what they may, signed, for two hours at most."""

import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from newsstand.rules.gate.facts import Grant, ReaderFacts, Right, is_current, is_in_grace
from newsstand.rules.gate.signing import KeyRing as KeyRing
from newsstand.rules.gate.signing import TokenTooLong as TokenTooLong

RENEW_AFTER: Final = 600
VALID_FOR: Final = 7200
# Clocks of two machines differ a little; a pass from further ahead is not ours to believe.
CLOCK_SKEW: Final = 60

_PURPOSE: Final = b"newsstand.pass:"
_VERSION: Final = 1
_HEAD: Final = struct.Struct(">16s8sqHHqBBB")
_GRANT: Final = struct.Struct(">qqqBBBB")
_NEVER: Final = -(2**63)
_STATES: Final = ("", "payment_failed", "cancelled", "lapsed", "seat_expired")
_KNOWN_RIGHTS: Final = (Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE)
_RIGHTS_OF_MASK: Final = tuple(
    frozenset(right for bit, right in enumerate(_KNOWN_RIGHTS) if mask >> bit & 1)
    for mask in range(2 ** len(_KNOWN_RIGHTS))
)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a signed-in reader carries: their facts, and the office session that it was made in.

    `session` is 16 hex characters. After `renew_after` the kiosk asks for a new one; from
    `valid_until` on it is worth nothing.
    """

    reader: ReaderFacts
    session: str
    issued_at: int
    renew_after: int
    valid_until: int


def pass_for(reader: ReaderFacts, session: str, now: int) -> Pass:
    """A new pass: renewed after 10 minutes, valid for 2 hours, never past the end of the last grant.

    Made at 1000 for a reader whose only grant ends, grace included, at 4000: valid until 4000.
    """
    valid_until = now + VALID_FOR
    running = [grant for grant in reader.grants if is_current(grant, now) or is_in_grace(grant, now)]
    ends = [_end_of(grant) for grant in running]
    last = max((end for end in ends if end is not None), default=None)
    if last is not None and None not in ends:
        valid_until = min(valid_until, last)
    return Pass(reader, session, now, min(now + RENEW_AFTER, valid_until), valid_until)


def seal_pass(p: Pass, ring: KeyRing) -> str:
    """The signed text of a pass; raises ValueError for a pass that cannot be written down.

    That is an id or a session that is no hex, moments out of order, more than 255 grants, or more
    than a cookie holds (TokenTooLong).
    """
    if not p.issued_at <= p.renew_after <= p.valid_until <= p.issued_at + VALID_FOR:
        raise ValueError("a pass is renewed after it was issued, and valid for two hours at most")
    try:
        payload = _packed(p)
    except struct.error as error:
        raise ValueError(f"this pass cannot be written: {error}") from error
    return ring.seal(_PURPOSE, _VERSION, payload)


def open_pass(token: str, ring: KeyRing, now: int) -> Pass | None:
    """The pass in a token, or None: forged, altered, another version, over, or not begun. Never raises."""
    payload = ring.open(_PURPOSE, _VERSION, token)
    if payload is None:
        return None
    try:
        p = _unpacked(payload)
    except (struct.error, ValueError, IndexError):
        return None
    return p if p.issued_at - CLOCK_SKEW <= now < p.valid_until else None


def _end_of(grant: Grant) -> int | None:
    if grant.until is None or grant.grace_until is None:
        return grant.until
    return max(grant.until, grant.grace_until)


def _hex(text: str, size: int) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != size or raw.hex() != text:
        raise ValueError(f"{text!r} is not {2 * size} hex characters in small letters")
    return raw


def _packed(p: Pass) -> bytes:
    reader = p.reader
    head = _HEAD.pack(
        _hex(reader.id, 16),
        _hex(p.session, 8),
        p.issued_at,
        p.renew_after - p.issued_at,
        p.valid_until - p.issued_at,
        reader.created_at,
        int(reader.is_staff),
        _STATES.index(reader.state),
        len(reader.grants),
    )
    return head + b"".join(map(_packed_grant, reader.grants))


def _packed_grant(grant: Grant) -> bytes:
    mask = sum(1 << bit for bit, right in enumerate(_KNOWN_RIGHTS) if right in grant.rights)
    texts = [grant.subject, grant.source, *sorted(grant.rights.difference(_KNOWN_RIGHTS))]
    raws = [text.encode() for text in texts]
    head = _GRANT.pack(
        grant.from_at,
        _NEVER if grant.until is None else grant.until,
        _NEVER if grant.grace_until is None else grant.grace_until,
        mask,
        len(raws[0]),
        len(raws[1]),
        len(raws) - 2,
    )
    return head + raws[0] + raws[1] + b"".join(bytes((len(raw),)) + raw for raw in raws[2:])


@lru_cache(maxsize=2048)
def _unpacked(payload: bytes) -> Pass:
    """The pass in a payload whose signature holds; the same reader comes back within minutes."""
    reader, session, issued_at, renew, valid, created_at, is_staff, state, count = _HEAD.unpack_from(payload)
    grants = []
    at = _HEAD.size
    for _ in range(count):
        grant, at = _unpacked_grant(payload, at)
        grants.append(grant)
    if at != len(payload):
        raise ValueError("the payload does not end with its last grant")
    facts = ReaderFacts(reader.hex(), is_staff != 0, created_at, tuple(grants), _STATES[state])
    return Pass(facts, session.hex(), issued_at, issued_at + renew, issued_at + valid)


def _unpacked_grant(payload: bytes, at: int) -> tuple[Grant, int]:
    from_at, until, grace_until, mask, subject_size, source_size, extra = _GRANT.unpack_from(payload, at)
    at += _GRANT.size
    subject = payload[at : at + subject_size].decode()
    at += subject_size
    source = payload[at : at + source_size].decode()
    at += source_size
    rights = _RIGHTS_OF_MASK[mask]
    if extra:
        rights, at = _more_rights(payload, at, rights, extra)
    grant = Grant(
        subject,
        rights,
        from_at,
        None if until == _NEVER else until,
        None if grace_until == _NEVER else grace_until,
        source,
    )
    return grant, at


def _more_rights(payload: bytes, at: int, rights: frozenset[str], count: int) -> tuple[frozenset[str], int]:
    more = []
    for _ in range(count):
        end = at + 1 + payload[at]
        more.append(payload[at + 1 : end].decode())
        at = end
    return rights.union(more), at
