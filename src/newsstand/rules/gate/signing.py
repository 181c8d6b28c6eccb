"""Signed text for cookies: a ring of keys, HMAC-SHA256, base64 for addresses without padding.

A token is the payload's text followed by the signature's text. The signature is over the text and
not over the bytes, so that no second spelling of the same bytes is accepted. The payload begins
with a version byte and a byte that says which key signed it.
"""

import hashlib
import hmac
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass, field
from typing import Final

SHORTEST_KEY: Final = 16
# A browser keeps 4096 bytes of one cookie, its name and attributes included.
LONGEST_TOKEN: Final = 3800
_SIGNATURE: Final = 43
_BLOCK: Final = 64
_INNER: Final = bytes(byte ^ 0x36 for byte in range(256))
_OUTER: Final = bytes(byte ^ 0x5C for byte in range(256))
_URL_TO_PLAIN: Final = bytes.maketrans(b"-_", b"+/")
_PLAIN_TO_URL: Final = bytes.maketrans(b"+/", b"-_")

_Begun = tuple["hashlib._Hash", "hashlib._Hash"]


class TokenTooLong(ValueError):
    """More was to be signed than fits into a cookie."""


@dataclass(frozen=True)
class KeyRing:
    """The keys of an installation. The first signs, all verify: so a key is changed without sign-out.

    Put the new key first and keep the old one behind it until all that it signed is over.
    """

    keys: tuple[bytes, ...] = field(repr=False)
    _by_id: dict[int, tuple["_Begun", ...]] = field(init=False, repr=False, compare=False)
    _first: "_Begun" = field(init=False, repr=False, compare=False)
    _first_id: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.keys:
            raise ValueError("a key ring needs at least one key")
        if any(len(key) < SHORTEST_KEY for key in self.keys):
            raise ValueError(f"a key has at least {SHORTEST_KEY} bytes")
        begun = [_begun(key) for key in self.keys]
        by_id: dict[int, tuple[_Begun, ...]] = {}
        for key, signing in zip(self.keys, begun, strict=True):
            by_id[_id_of(key)] = (*by_id.get(_id_of(key), ()), signing)
        object.__setattr__(self, "_by_id", by_id)
        object.__setattr__(self, "_first", begun[0])
        object.__setattr__(self, "_first_id", _id_of(self.keys[0]))

    def seal(self, purpose: bytes, version: int, payload: bytes) -> str:
        """The token for a payload; raises TokenTooLong if no cookie could hold it."""
        text = _encoded(bytes((version, self._first_id)) + payload)
        token = (text + _signature(self._first, purpose, text)).decode("ascii")
        if len(token) > LONGEST_TOKEN:
            raise TokenTooLong(f"{len(token)} characters are more than {LONGEST_TOKEN}")
        return token

    def mark(self, purpose: bytes, text: bytes) -> str:
        """A keyed hash: the same text has the same mark, and nobody without the key can tell the text from it."""
        return _signature(self._first, purpose, text).decode("ascii")

    def open(self, purpose: bytes, version: int, token: str) -> bytes | None:
        """The payload of a token that this ring signed for this purpose, else None. Never raises."""
        if not _SIGNATURE < len(token) <= LONGEST_TOKEN or not token.isascii():
            return None
        signed = token.encode("ascii")
        text, signature = signed[:-_SIGNATURE], signed[-_SIGNATURE:]
        raw = _decoded(text)
        if raw is None or len(raw) < 2 or raw[0] != version:
            return None
        for signing in self._by_id.get(raw[1], ()):
            if hmac.compare_digest(_signature(signing, purpose, text), signature):
                return raw[2:]
        return None


def _id_of(key: bytes) -> int:
    """One byte that tells keys apart and tells nothing of the key; two keys may share it."""
    return hmac.digest(key, b"newsstand key id", "sha256")[0]


def _begun(key: bytes) -> _Begun:
    """The key's part of every signature, worked out once: the two hashes of RFC 2104 before the text comes."""
    if len(key) > _BLOCK:
        key = hashlib.sha256(key).digest()
    padded = key.ljust(_BLOCK, b"\0")
    return hashlib.sha256(padded.translate(_INNER)), hashlib.sha256(padded.translate(_OUTER))


def _signature(begun: _Begun, purpose: bytes, text: bytes) -> bytes:
    inner, outer = begun[0].copy(), begun[1].copy()
    inner.update(purpose + text)
    outer.update(inner.digest())
    return _encoded(outer.digest())


def _encoded(raw: bytes) -> bytes:
    return b2a_base64(raw, newline=False).translate(_PLAIN_TO_URL, b"=")


def _decoded(text: bytes) -> bytes | None:
    try:
        return a2b_base64(text.translate(_URL_TO_PLAIN) + b"=="[: -len(text) % 4])
    except ValueError:
        return None
