"""One request as the kiosk sees it, and what may be read from it without trusting it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from msgspec import Struct

from newsstand.rules.gate.facts import Declares

_ODD_PATH = re.compile(r"//|[\x00-\x20\x7f\\%?#;\ud800-\udfff]|/\.|\.(?:/|$)")
_PLAIN_PATH = re.compile(rb"/(?:[A-Za-z0-9_-]+/)*[A-Za-z0-9_-]*")
_ODD_ESCAPE = re.compile(rb"%(?![89a-fA-F][0-9a-fA-F])")
# Names by which crawlers and agents say what they are; "Cubot" is a maker of telephones.
_CRAWLER = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|archiver|facebookexternalhit|meta-external|mediapartners"
    r"|google-(?:extended|agent|inspection)|googleother|(?:chatgpt|claude|perplexity|mistralai|kimi|manus)-user",
    re.IGNORECASE,
)
_LONGEST_AGENT = 512
_PURPOSES = ("sec-purpose", "purpose", "x-purpose", "x-moz")
BODY_HEADERS = ("content-length", "transfer-encoding", "expect")
"""A request with one of these is more than its head."""
CONNECTION = "connection"
"""What a client says here is for the connection; without it, HTTP/1.1 is kept open and HTTP/1.0 is not."""

_READ = {
    name.encode(): name
    for name in (
        *_PURPOSES,
        *BODY_HEADERS,
        CONNECTION,
        "accept-encoding",
        "authorization",
        "cookie",
        "if-none-match",
        "sec-fetch-site",
        "user-agent",
        "x-forwarded-for",
    )
}
_SOURCES = {"none": "direct", "same-origin": "inside", "same-site": "outside", "cross-site": "outside"}


class Headers(Protocol):
    """A request's headers, by their names in small letters."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, /) -> str | None: ...


class Request(Struct, frozen=True, gc=False):
    """What a client asked. `path` is percent-decoded once, or empty where it was no canonical path.

    `peer` is the address at the other end of the connection, empty where there is none.
    """

    method: str
    path: str
    query: bytes
    headers: Headers
    peer: str = ""


def is_canonical(path: str) -> bool:
    """Whether this is the one way to write a path: nothing doubled, dotted, escaped or invisible in it."""
    return path.startswith("/") and _ODD_PATH.search(path) is None


def canonical_path(raw: bytes) -> str:
    """The path of a request line, decoded once; empty where it is odd in any way.

    Only what is not ASCII may be escaped, and must then be UTF-8: `/%2e%2e/` and `/a%2Fb` are odd.
    """
    return raw.decode("ascii") if _PLAIN_PATH.fullmatch(raw) else _read_path(raw)


@lru_cache(maxsize=4096)
def _read_path(raw: bytes) -> str:
    if _ODD_ESCAPE.search(raw):
        return ""
    try:
        text = _unescaped(raw).decode("utf-8") if b"%" in raw else raw.decode("ascii")
    except UnicodeDecodeError:
        return ""
    return text if is_canonical(text) else ""


def headers_of(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """The headers that a kiosk reads, by their names in small letters; one sent twice becomes a list."""
    headers: dict[str, str] = {}
    for raw, value in pairs:
        name = _READ.get(raw.lower())
        if name is not None:
            text = value.decode("latin-1")
            if name in headers:
                text = headers[name] + ("; " if name == "cookie" else ", ") + text
            headers[name] = text
    return headers


def declared(request: Request) -> str:
    """What the client says about itself, apart from a HEAD. It may only take away, never give."""
    headers = request.headers
    for name in _PURPOSES:
        if name in headers and "prefetch" in (headers.get(name) or "").lower():
            return Declares.PREFETCH
    return _declared_by_agent((headers.get("user-agent") or "")[:_LONGEST_AGENT])


def source(request: Request) -> str:
    """Where the reader came from, as the browser tells: direct, inside, outside or unknown."""
    return _SOURCES.get(request.headers.get("sec-fetch-site") or "", "unknown")


@lru_cache(maxsize=2048)
def _declared_by_agent(agent: str) -> str:
    return Declares.CRAWLER if _CRAWLER.search(agent) else Declares.NOTHING


def _unescaped(path: bytes) -> bytes:
    first, *rest = path.split(b"%")
    return first + b"".join(bytes((int(piece[:2], 16),)) + piece[2:] for piece in rest)
