"""The RSGI entrance: a kiosk without an office in its process.

What it can't answer gets a 503 that says so; the reverse proxy in front sends such requests on to the office.
"""

import asyncio
from collections.abc import Iterable
from typing import Protocol

from newsstand.kiosk.answer import Miss, Renew, Request
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.reply import page
from newsstand.kiosk.request import Headers, joined

AWAY_PAGE = (
    b'<!doctype html><html lang="en"><meta charset="utf-8">'
    b'<meta name="viewport" content="width=device-width, initial-scale=1">'
    b"<title>Please try again in a moment</title>"
    b"<h1>Please try again in a moment</h1>"
    b"<p>This page is not ready yet. It is being made by another part of the site, "
    b"which cannot be reached just now.</p></html>"
)


class RsgiHeaders(Headers, Protocol):
    """A request's headers as the server gives them: a value that is not ASCII reads as None."""

    def items(self) -> Iterable[tuple[str, str]]: ...


class RsgiScope(Protocol):
    """What RSGI tells of a request; `path` is percent-decoded already, `client` is an address and a port."""

    proto: str
    http_version: str
    method: str
    path: str
    query_string: str
    headers: RsgiHeaders
    client: str


class RsgiProtocol(Protocol):
    """The other end of the connection."""

    def response_bytes(self, status: int, headers: Iterable[tuple[str, str]], body: bytes, /) -> None: ...


class LoneKiosk:
    """The RSGI application around a kiosk."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Before the first request."""
        self._kiosk.open(loop)

    def __rsgi_del__(self, loop: asyncio.AbstractEventLoop) -> None:
        """After the last request."""
        self._kiosk.close()

    async def __rsgi__(self, scope: RsgiScope, protocol: RsgiProtocol) -> None:
        """One request."""
        request = request_of(scope)
        result = Miss(request.path) if hides_cookies(scope.headers) else self._kiosk.at_once(request)
        if isinstance(result, Renew):
            result = await self._kiosk.renewed(request)
        if isinstance(result, Miss):
            result = page(503, AWAY_PAGE, with_body=request.method != "HEAD")
        protocol.response_bytes(result.status, result.texts, result.body)


def request_of(scope: RsgiScope) -> Request:
    """The request in an RSGI scope. HTTP/2 may send one cookie header in pieces: there they are joined."""
    headers: Headers = scope.headers
    if scope.http_version != "1.1":
        headers = joined(scope.headers.items())
    query = scope.query_string
    return Request(
        scope.method,
        scope.path,
        query.encode("latin-1", "replace") if query else b"",
        headers,
        scope.client.rpartition(":")[0].strip("[]"),
    )


def hides_cookies(headers: RsgiHeaders) -> bool:
    """Whether there is a cookie header that can't be read, since some other cookie in it is not ASCII.

    Ours may be in it. The office reads the header byte by byte, so the request is left to it.
    """
    return headers.get("cookie") is None and "cookie" in headers
