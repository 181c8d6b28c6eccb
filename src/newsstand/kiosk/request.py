"""One request as the kiosk sees it, and what may be read from it without trusting it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

from newsstand.rules.gate.facts import Declares

_ODD_PATH = re.compile(r"//|[\x00-\x20\x7f\\%?#;\ud800-\udfff]|/\.|\.(?:/|$)")
_ODD_ESCAPE = re.compile(rb"%(?![89a-fA-F][0-9a-fA-F])")
# Names by which crawlers and agents say what they are; "Cubot" is a maker of telephones.
_CRAWLER = re.compile(
    r"(?<!cu)bot\b|crawl|spider|slurp|archiver|facebookexternalhit|meta-external|mediapartners"
    r"|google-(?:extended|agent|inspection)|googleother|(?:chatgpt|claude|perplexity|mistralai|kimi|manus)-user",
    re.IGNORECASE,
)
_LONGEST_AGENT = 512
_SOURCES = {"none": "direct", "same-origin": "inside", "same-site": "outside", "cross-site": "outside"}


class Headers(Protocol):
    """A request's headers, by their names in small letters."""

    def __contains__(self, name: object, /) -> bool: ...

    def get(self, name: str, /) -> str | None: ...


class Request(NamedTuple):
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
    path = raw.partition(b"?")[0]
    if _ODD_ESCAPE.search(path):
        return ""
    try:
        text = _unescaped(path).decode("utf-8") if b"%" in path else path.decode("ascii")
    except UnicodeDecodeError:
        return ""
    return text if is_canonical(text) else ""


def headers_of(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """ASGI's pairs as a mapping."""
    return joined((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in pairs)


def joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs as a mapping; a header that is sent more than once becomes one list."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        if name in headers:
            headers[name] += ("; " if name == "cookie" else ", ") + value
        else:
            headers[name] = value
    return headers


def declared(request: Request) -> str:
    """What the client says about itself, apart from a HEAD. It may only take away, never give."""
    headers = request.headers
    for name in ("sec-purpose", "purpose", "x-purpose", "x-moz"):
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
