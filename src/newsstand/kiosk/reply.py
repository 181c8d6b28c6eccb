"""What the kiosk answers, and the headers around it, made as byte pairs once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

Headers = tuple[tuple[bytes, bytes], ...]
Caching = Literal["shared", "own", "asset"]

_CACHE_CONTROL: Final[dict[Caching, bytes]] = {
    "shared": b"public, no-cache",
    "own": b"private, no-store",
    "asset": b"public, max-age=31536000, immutable",
}
_VARY_OF_PAGES: Final = (b"vary", b"Accept-Encoding, Cookie")
_VARY_OF_ASSETS: Final = (b"vary", b"Accept-Encoding")
_CONTENT_POLICY: Final = (
    b"default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    b"frame-ancestors 'self'; form-action 'self'"
)
_SECURITY: Final[Headers] = (
    (b"content-security-policy", _CONTENT_POLICY),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
)
_PATH_SAFE: Final = "/-._~!$&'()*+,=:@"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, to be sent as it stands."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Miss:
    """Not on the shelf, or that variant of it is not: the office must print it or answer itself."""

    path: str
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Renew:
    """The pass must be renewed before this can be answered."""


def frame(caching: Caching) -> Headers:
    """The headers that every answer of this kind has, a `304` included."""
    vary = _VARY_OF_ASSETS if caching == "asset" else _VARY_OF_PAGES
    return ((b"cache-control", _CACHE_CONTROL[caching]), vary, *_SECURITY)


def set_cookies(cookies: Iterable[str]) -> Headers:
    """One header for each cookie."""
    return tuple((b"set-cookie", cookie.encode("latin-1")) for cookie in cookies)


def moved(target: str, caching: Caching) -> Answer:
    """The lasting redirect to another path of this site."""
    location = quote(target, safe=_PATH_SAFE, errors="replace").encode("ascii")
    headers = ((b"location", location), (b"content-length", b"0"), *frame(caching))
    return Answer(301, headers, b"")


def plain(status: int, text: bytes, *, with_body: bool, extra: Headers = ()) -> Answer:
    """A short text that nobody may keep."""
    return page(status, text, b"text/plain; charset=utf-8", with_body=with_body, extra=extra)


def page(status: int, body: bytes, content_type: bytes, *, with_body: bool, extra: Headers = ()) -> Answer:
    """An answer of the kiosk itself that nobody may keep."""
    headers = (
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        _VARY_OF_PAGES,
        *_SECURITY,
        *extra,
    )
    return Answer(status, headers, body if with_body else b"")
