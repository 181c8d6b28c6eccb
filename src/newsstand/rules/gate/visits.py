"""The device's cookie: which articles were counted on it in which window, and nothing else."""

import struct
from typing import Final, NamedTuple

from newsstand.rules.gate.signing import KeyRing

_PURPOSE: Final = b"newsstand.visit:"
_VERSION: Final = 1
_HEAD: Final = struct.Struct(">16sBB")
_ID: Final = 16
_MOST: Final = 255


class DeviceVisit(NamedTuple):
    """A device, known by 32 hex characters, and the ids of the articles counted on it in a window."""

    window: str
    device: str
    counted: tuple[str, ...]


def seal_visit(v: DeviceVisit, ring: KeyRing) -> str:
    """The signed text of a visit; raises ValueError for ids that are no 32 hex characters.

    Some 170 articles fit into a cookie; more raise TokenTooLong, which is a ValueError.
    """
    window, counted = v.window.encode(), len(v.counted)
    ids = _raw((v.device, *v.counted))
    if len(window) > _MOST or counted > _MOST:
        raise ValueError("this visit cannot be written: a window or a count that no byte holds")
    head = bytes((len(window), counted))
    return ring.seal(_PURPOSE, _VERSION, ids[:_ID] + head + window + ids[_ID:])


def open_visit(token: str, ring: KeyRing) -> DeviceVisit | None:
    """The visit in a token, or None: forged, altered or of another version. Never raises.

    Whether its window is still the current one is for the caller to compare.
    """
    payload = ring.open(_PURPOSE, _VERSION, token)
    if payload is None:
        return None
    try:
        return _unpacked(payload)
    except (struct.error, ValueError):
        return None


def _raw(ids: tuple[str, ...]) -> bytes:
    """The bytes of all ids; they are looked at together, since this is done for each free article."""
    text = " ".join(ids)
    raw = bytes.fromhex(text)
    if len(raw) != _ID * len(ids) or raw.hex(" ", _ID) != text:
        raise ValueError(f"not each of {ids!r} is {2 * _ID} hex characters in small letters")
    return raw


def _unpacked(payload: bytes) -> DeviceVisit:
    device, window_size, count = _HEAD.unpack_from(payload)
    at = _HEAD.size + window_size
    window, ids = payload[_HEAD.size : at].decode(), payload[at:]
    if len(ids) != _ID * count:
        raise ValueError("the payload does not end with its last article")
    return DeviceVisit(window, device.hex(), tuple(ids.hex(" ", _ID).split()))
