"""What the kiosk answers, and the headers around it, made as byte pairs once."""

from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import quote

from msgspec import Struct

Headers = tuple[tuple[str, str], ...]
RawHeaders = tuple[tuple[bytes, bytes], ...]
Caching = Literal["shared", "own", "gift", "asset", "none"]

_CACHE_CONTROL: Final[dict[Caching, str]] = {
    "shared": "public, no-cache",
    "own": "private, no-store",
    "gift": "private, no-store",
    "asset": "public, max-age=31536000, immutable",
    "none": "no-store",
}
_VARY_OF_PAGES: Final = ("vary", "Accept-Encoding, Cookie")
_VARY_OF_ASSETS: Final = ("vary", "Accept-Encoding")
_CONTENT_POLICY: Final = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "frame-ancestors 'self'; form-action 'self'"
)
_SECURITY: Final[Headers] = (
    ("content-security-policy", _CONTENT_POLICY),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
)
# The address of a gift must not travel on, and what it opens is for no search engine.
_OF_GIFTS: Final[Headers] = (*_SECURITY[:2], ("referrer-policy", "no-referrer"), ("x-robots-tag", "noindex"))
_PATH_SAFE: Final = "/-._~!$&'()*+,=:@"


class Head:
    """An answer's headers but for its cookies, as they go over the wire and as pairs; each is made once.

    `own` are its own lines, each ended as on the wire; to them come those that every answer with this caching has.
    """

    __slots__ = ("_caching", "_lines", "_own")

    def __init__(self, own: str, caching: Caching) -> None:
        self._own = own
        self._caching = caching
        self._lines: bytes | None = None

    @property
    def raws(self) -> RawHeaders:
        """Pairs of bytes, as ASGI takes them."""
        pairs = (line.split(": ", 1) for line in self._own.split("\r\n") if line)
        return (*(_raw(name, value) for name, value in pairs), *_FRAMES[self._caching])

    @property
    def lines(self) -> bytes:
        """Lines of HTTP/1.1."""
        lines = self._lines
        if lines is None:
            lines = self._lines = self._own.encode("latin-1") + _FRAME_LINES[self._caching]
        return lines


class Answer(Struct, frozen=True, gc=False):
    """A whole answer, to be sent as it stands: its head, one `Set-Cookie` for each cookie, and the body."""

    status: int
    head: Head
    body: bytes
    cookies: tuple[str, ...] = ()

    @property
    def headers(self) -> RawHeaders:
        """All headers as pairs, cookies included."""
        return (*self.head.raws, *(_raw("set-cookie", cookie) for cookie in self.cookies))

    @property
    def lines(self) -> bytes:
        """All headers as lines, cookies included."""
        if not self.cookies:
            return self.head.lines
        return self.head.lines + "".join([f"set-cookie: {one}\r\n" for one in self.cookies]).encode("latin-1")


@dataclass(frozen=True, slots=True)
class Miss:
    """Not on the shelf, or that variant of it is not: the office must print it or answer itself.

    `is_known` is whether an entry lies at the path, which is out of date or lacks the variant.
    """

    path: str
    variant: str | None = None
    is_known: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Renew:
    """The pass must be renewed before this can be answered."""


def moved(target: str, caching: Caching) -> Answer:
    """The lasting redirect to another path of this site."""
    location = quote(target, safe=_PATH_SAFE, errors="replace")
    return Answer(301, Head(f"location: {location}\r\ncontent-length: 0\r\n", caching), b"")


def without_query(path: str, cookie: str) -> Answer:
    """The redirect that takes a gift's token out of the address, into a cookie."""
    location = quote(path, safe=_PATH_SAFE, errors="replace")
    head = Head(f"location: {location}\r\ncontent-length: 0\r\n", "gift")
    return Answer(303, head, b"", (cookie,))


def plain(status: int, text: bytes, *, with_body: bool, cookies: tuple[str, ...] = ()) -> Answer:
    """A short text that nobody may keep."""
    return page(status, text, "text/plain; charset=utf-8", with_body=with_body, cookies=cookies)


def page(
    status: int,
    body: bytes,
    content_type: str = "text/html; charset=utf-8",
    *,
    with_body: bool,
    cookies: tuple[str, ...] = (),
) -> Answer:
    """An answer of the kiosk itself that nobody may keep."""
    head = Head(f"content-type: {content_type}\r\ncontent-length: {len(body)}\r\n", "none")
    return Answer(status, head, body if with_body else b"", cookies)


def _raw(name: str, value: str) -> tuple[bytes, bytes]:
    return name.encode("latin-1"), value.encode("latin-1")


def _lines_of(pairs: RawHeaders) -> bytes:
    return b"".join(b"%s: %s\r\n" % pair for pair in pairs)


def _frame(caching: Caching) -> RawHeaders:
    """The headers that every answer of this kind has, a `304` included."""
    vary = _VARY_OF_ASSETS if caching == "asset" else _VARY_OF_PAGES
    more = _OF_GIFTS if caching == "gift" else _SECURITY
    return tuple(
        _raw(name, value) for name, value in (("cache-control", _CACHE_CONTROL[caching]), vary, *more)
    )


_FRAMES: Final = {caching: _frame(caching) for caching in _CACHE_CONTROL}
_FRAME_LINES: Final = {caching: _lines_of(pairs) for caching, pairs in _FRAMES.items()}
