"""Gift links: a signed text that opens one story, and the seat of a device that came by it.

The link's token may be passed on by anybody. A device that follows it gets a seat, in a cookie; how many
seats a gift has is counted where seats are given, so a seat cannot be made from the token alone.
"""

import struct
from dataclasses import dataclass
from typing import Final

from newsstand.rules.gate.signing import KeyRing

_LINK: Final = b"newsstand.gift:"
_SEAT: Final = b"newsstand.gift.seat:"
_VERSION: Final = 1
_GIFT: Final = struct.Struct(">16s16sq")


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift: its id and its story's, 32 hex characters each, and the moment from which it opens nothing."""

    id: str
    article: str
    until: int


def seal_gift(gift: Gift, ring: KeyRing) -> str:
    """The token that stands in a gift's link: 99 characters that need no escaping.

    Raises ValueError for ids that are no 32 hex characters.
    """
    return ring.seal(_LINK, _VERSION, _packed(gift))


def open_gift(token: str, ring: KeyRing, now: int) -> Gift | None:
    """The gift of a token; None if it is forged, altered, cut or over. Never raises."""
    return _opened(ring.open(_LINK, _VERSION, token), now)


def seal_seat(gift: Gift, ring: KeyRing) -> str:
    """The text of the cookie of a device that has a seat at this gift."""
    return ring.seal(_SEAT, _VERSION, _packed(gift))


def open_seat(token: str, ring: KeyRing, now: int) -> Gift | None:
    """The gift at which the bearer has a seat; None for anything else, a link's token included. Never raises."""
    return _opened(ring.open(_SEAT, _VERSION, token), now)


def _packed(gift: Gift) -> bytes:
    try:
        return _GIFT.pack(_raw(gift.id), _raw(gift.article), gift.until)
    except struct.error as error:
        raise ValueError(f"this gift cannot be written: {error}") from error


def _opened(payload: bytes | None, now: int) -> Gift | None:
    if payload is None or len(payload) != _GIFT.size:
        return None
    name, article, until = _GIFT.unpack(payload)
    return Gift(name.hex(), article.hex(), until) if now < until else None


def _raw(text: str) -> bytes:
    raw = bytes.fromhex(text)
    if len(raw) != 16 or raw.hex() != text:
        raise ValueError(f"{text!r} is not 32 hex characters in small letters")
    return raw
