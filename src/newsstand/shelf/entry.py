"""One URL as it lies on the shelf: its facts for the gate, its variants, their ETags, its headers."""

import base64
import gzip
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import brotli
from msgspec import Struct
from msgspec.structs import replace

from newsstand.rules.gate.facts import ArticleFacts

Coding = Literal["br", "gzip", "identity"]
Kind = Literal["story", "page", "asset"]

CODINGS: tuple[Coding, ...] = ("br", "gzip", "identity")
ASSET_VARIANT = "asset"
"""The name of the only variant of an entry of kind `asset`."""

NOT_FOUND = "//not-found"
"""Where the page lies that says that there is no page. No request reaches it: its slashes are doubled."""

_STAMP_BITS = 63
_KIOSK_HEADERS = frozenset(
    {
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-security-policy",
        "content-type",
        "date",
        "etag",
        "referrer-policy",
        "set-cookie",
        "transfer-encoding",
        "vary",
        "x-content-type-options",
    }
)


@dataclass(frozen=True, slots=True)
class Bodies:
    """One variant's bytes in each coding. An empty `br` or `gzip` means that the coding is not kept."""

    br: bytes
    gzip: bytes
    identity: bytes

    def by_coding(self) -> dict[Coding, bytes]:
        """The codings that are kept; `identity` always is, even when it is empty."""
        kept: dict[Coding, bytes] = {"identity": self.identity}
        if self.br:
            kept["br"] = self.br
        if self.gzip:
            kept["gzip"] = self.gzip
        return kept


class Entry(Struct, frozen=True, gc=False):
    """What the kiosk must know of one URL before it picks a variant.

    `path` is percent-decoded. `stamp` is a number that names this printing and no other. `generation` is
    the board's when it was printed. `fresh_until` is the moment (site time, Unix seconds) from which the
    entry counts as not printed, or None. `etags` names every variant that is kept, and for each the
    codings, with the ETag (in its quotation marks) of exactly those bytes; the store fills it in.
    """

    path: str
    kind: Kind
    facts: ArticleFacts | None
    stamp: int
    generation: int
    fresh_until: int | None
    status: int
    content_type: str
    headers: tuple[tuple[str, str], ...]
    etags: Mapping[str, Mapping[Coding, str]] = {}


class UnfitEntry(ValueError):
    """An entry that no kiosk could hand out as it stands."""


def new_entry(
    *,
    path: str,
    kind: Kind,
    generation: int,
    content_type: str = "text/html; charset=utf-8",
    facts: ArticleFacts | None = None,
    fresh_until: int | None = None,
    status: int = 200,
    headers: tuple[tuple[str, str], ...] = (),
) -> Entry:
    """An entry with a new stamp and no variants yet.

    Raises UnfitEntry for a story without facts, facts on anything else, a path that does not begin with
    a slash, a header that the kiosk itself sets, or one that is not a line of ASCII.
    """
    if not path.startswith("/"):
        raise UnfitEntry(f"a path begins with a slash: {path!r}")
    if (kind == "story") != (facts is not None):
        raise UnfitEntry(f"a story has facts for the gate, and only a story: {path!r}")
    for name, value in (*headers, ("content-type", content_type)):
        if not (name + value).isascii() or not (name + value).isprintable():
            raise UnfitEntry(f"a header holds a line break or what is not ASCII: {name!r}")
    for name, _value in headers:
        if name.lower() in _KIOSK_HEADERS:
            raise UnfitEntry(f"the kiosk sets this header itself: {name!r}")
    return Entry(
        path,
        kind,
        facts,
        secrets.randbits(_STAMP_BITS),
        generation,
        fresh_until,
        status,
        content_type,
        tuple(headers),
    )


def compress(data: bytes, *, quality: int) -> Bodies:
    """`data` in every coding that makes it smaller. `quality` runs from 0 (fast) to 11 (small).

    The same data and quality give the same bytes each time, so that the ETags stay the same too.
    """
    br = brotli.compress(data, quality=quality)
    zipped = gzip.compress(data, compresslevel=max(1, min(9, quality)), mtime=0)
    return Bodies(
        br=br if len(br) < len(data) else b"",
        gzip=zipped if len(zipped) < len(data) else b"",
        identity=data,
    )


def uncompressed(data: bytes) -> Bodies:
    """For bytes that are compressed by nature, such as pictures."""
    return Bodies(br=b"", gzip=b"", identity=data)


def etag_of(body: bytes) -> str:
    """A strong ETag of exactly these bytes: 128 bits of their SHA-256."""
    digest = hashlib.sha256(body).digest()[:16]
    return '"' + base64.urlsafe_b64encode(digest).decode("ascii").rstrip("=") + '"'


def with_variants(entry: Entry, variants: Mapping[str, Bodies]) -> Entry:
    """The entry with these variants' ETags added to those it has."""
    added = {
        name: {coding: etag_of(body) for coding, body in bodies.by_coding().items()}
        for name, bodies in variants.items()
    }
    return replace(entry, etags={**entry.etags, **added})
