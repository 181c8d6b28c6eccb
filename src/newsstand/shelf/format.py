"""Entries as bytes and back, with a version number and a checksum.

Whatever can't be read is None: a kiosk must never guess what an article's facts might have been.
"""

import json
import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from newsstand.rules.gate.facts import ArticleFacts, Level, Step
from newsstand.shelf.entry import Entry

FORMAT: Final = 1
"""What is written. A change of what an entry's fields mean, or a new one that must be there, is a new number with
a reader of its own in `_READERS`; the readers of older numbers stay, so that a shelf outlives an upgrade."""

_RECORD_HEAD = struct.Struct(">BI")
_STAMP = struct.Struct(">Q")


def seal(payload: bytes) -> bytes:
    """`payload` behind its format's number and its checksum."""
    return _RECORD_HEAD.pack(FORMAT, zlib.crc32(payload)) + payload


def unseal(record: bytes | None) -> bytes | None:
    """The payload, or None where the record is missing, torn, or of a format that this software can't read."""
    opened = _opened(record)
    return None if opened is None else opened[1]


def _opened(record: bytes | None) -> tuple[int, bytes] | None:
    """The format's number and the payload."""
    if record is None or len(record) < _RECORD_HEAD.size:
        return None
    version, checksum = _RECORD_HEAD.unpack_from(record)
    payload = record[_RECORD_HEAD.size :]
    if version not in _READERS or zlib.crc32(payload) != checksum:
        return None
    return version, payload


def encode_entry(entry: Entry) -> bytes:
    """The entry as a record: head, stamp, then everything else as JSON."""
    fields = {
        "path": entry.path,
        "kind": entry.kind,
        "facts": None if entry.facts is None else _facts_to_plain(entry.facts),
        "generation": entry.generation,
        "fresh_until": entry.fresh_until,
        "status": entry.status,
        "content_type": entry.content_type,
        "headers": entry.headers,
        "etags": {name: dict(codings) for name, codings in entry.etags.items()},
    }
    text = json.dumps(fields, separators=(",", ":"), ensure_ascii=False)
    return seal(_STAMP.pack(entry.stamp) + text.encode())


def decode_entry(record: bytes | None) -> Entry | None:
    """The entry, or None where the record can't be read as one."""
    opened = _opened(record)
    if opened is None or len(opened[1]) < _STAMP.size:
        return None
    version, payload = opened
    try:
        return _READERS[version](_STAMP.unpack_from(payload)[0], json.loads(payload[_STAMP.size :]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def stamp_of(record: bytes | None) -> int | None:
    """The stamp alone, which stands first in every format, and can be read even where the rest can't."""
    if record is None or len(record) < _RECORD_HEAD.size + _STAMP.size:
        return None
    stamp: int = _STAMP.unpack_from(record, _RECORD_HEAD.size)[0]
    return stamp


def _entry_from_plain(stamp: int, fields: dict[str, Any]) -> Entry:
    kind = fields["kind"]
    facts = None if fields["facts"] is None else _facts_from_plain(fields["facts"])
    if kind not in ("story", "page", "asset") or (kind == "story") != (facts is not None):
        raise ValueError(f"no such entry: {kind!r}")
    return Entry(
        path=fields["path"],
        kind=kind,
        facts=facts,
        stamp=stamp,
        generation=fields["generation"],
        fresh_until=fields["fresh_until"],
        status=fields["status"],
        content_type=fields["content_type"],
        headers=tuple((name, value) for name, value in fields["headers"]),
        etags={name: dict(codings) for name, codings in fields["etags"].items()},
    )


def _facts_to_plain(facts: ArticleFacts) -> dict[str, Any]:
    return {
        "id": facts.id,
        "product": facts.product,
        "section": facts.section,
        "steps": [[step.from_at, step.level.value] for step in facts.steps],
        "published_at": facts.published_at,
        "embargo_until": facts.embargo_until,
        "gone_from": facts.gone_from,
        "counts": facts.counts,
    }


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


_READERS: Final[Mapping[int, Callable[[int, dict[str, Any]], Entry]]] = {1: _entry_from_plain}
