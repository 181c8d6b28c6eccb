"""Entries as bytes and back, with a version number and a checksum.

Whatever can't be read is None: a kiosk must never guess what an article's facts might have been.
"""

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

import msgspec
import xxhash

from newsstand.rules.gate.facts import ArticleFacts, Level, Step
from newsstand.shelf.entry import Entry

FORMAT: Final = 2
"""What is written. A change of what an entry's fields mean, or a new one that must be there, is a new number with
a reader of its own in `_FORMATS`; the readers of older numbers stay, so that a shelf outlives an upgrade."""

_RECORD_HEAD = struct.Struct(">BI")
_HEAD_BYTES: Final = _RECORD_HEAD.size
_STAMP = struct.Struct(">Q")

Record = bytes | memoryview


def seal(payload: bytes) -> bytes:
    """`payload` behind its format's number and its checksum."""
    return _RECORD_HEAD.pack(FORMAT, _FORMATS[FORMAT].checksum(payload)) + payload


def unseal(record: Record | None) -> bytes | None:
    """The payload, or None where the record is missing, torn, or of a format that this software can't read."""
    if record is None or len(record) < _HEAD_BYTES:
        return None
    version, checksum = _RECORD_HEAD.unpack_from(record)
    written = _FORMATS.get(version)
    payload = bytes(record[_HEAD_BYTES:])
    return payload if written is not None and written.checksum(payload) == checksum else None


def encode_entry(entry: Entry) -> bytes:
    """The entry as a record: head, stamp, then the whole entry as MessagePack."""
    return seal(_STAMP.pack(entry.stamp) + _encoder.encode(entry))


def decode_entry(record: Record | None, at: int = 0) -> Entry | None:
    """The entry in the record that begins at this byte, or None where it can't be read as one."""
    begin = at + _HEAD_BYTES
    if record is None or len(record) < begin + _STAMP.size:
        return None
    version, checksum = _RECORD_HEAD.unpack_from(record, at)
    written = _FORMATS.get(version)
    payload = record[begin:]
    if written is None or written.checksum(payload) != checksum:
        return None
    try:
        entry = written.read(payload)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    return entry if (entry.kind == "story") == (entry.facts is not None) else None


def stamp_of(record: bytes | None) -> int | None:
    """The stamp alone, which stands first in every format, and can be read even where the rest can't."""
    if record is None or len(record) < _RECORD_HEAD.size + _STAMP.size:
        return None
    stamp: int = _STAMP.unpack_from(record, _RECORD_HEAD.size)[0]
    return stamp


# --- format 2: a fast checksum, and MessagePack with the types of an entry checked as it is read ---

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(Entry)


def _xxh3(payload: Record) -> int:
    """The lower half of XXH3: a page of 11 kB takes half a microsecond, and a CRC takes fourteen."""
    return xxhash.xxh3_64_intdigest(payload) & 0xFFFFFFFF


def _entry_of_2(payload: Record) -> Entry:
    return _decoder.decode(payload[_STAMP.size :])


# --- format 1: CRC-32 and JSON ----------------------------------------------------------------------------------------


def _entry_of_1(payload: Record) -> Entry:
    fields = json.loads(bytes(payload[_STAMP.size :]))
    if fields["kind"] not in ("story", "page", "asset"):
        raise ValueError(f"no such entry: {fields['kind']!r}")
    return Entry(
        path=fields["path"],
        kind=fields["kind"],
        facts=None if fields["facts"] is None else _facts_from_plain(fields["facts"]),
        stamp=_STAMP.unpack_from(payload)[0],
        generation=fields["generation"],
        fresh_until=fields["fresh_until"],
        status=fields["status"],
        content_type=fields["content_type"],
        headers=tuple((name, value) for name, value in fields["headers"]),
        etags={name: dict(codings) for name, codings in fields["etags"].items()},
    )


def _facts_from_plain(fields: dict[str, Any]) -> ArticleFacts:
    return ArticleFacts(
        id=fields["id"],
        product=fields["product"],
        section=fields["section"],
        steps=tuple(Step(from_at, Level(level)) for from_at, level in fields["steps"]),
        published_at=fields["published_at"],
        embargo_until=fields["embargo_until"],
        gone_from=fields["gone_from"],
        counts=fields["counts"],
    )


class _Format(NamedTuple):
    """How records of one number are checked and read."""

    checksum: Callable[[Record], int]
    read: Callable[[Record], Entry]


_FORMATS: Final[Mapping[int, _Format]] = {1: _Format(zlib.crc32, _entry_of_1), 2: _Format(_xxh3, _entry_of_2)}
