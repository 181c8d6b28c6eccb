"""Passes across processes: the kiosk's call for a new pass, and the office's door for it. No Django here.

The call proves by a key of the installation that it comes from a kiosk, and carries the reader's cookies.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from newsstand.wiring.asgi_types import ASGIApp, Receive, Scope, Send

RENEW_PATH = "/kiosk/renew/"
Renew = Callable[[Mapping[str, str]], Awaitable[str | None]]

_SECONDS = 1.0
_LONGEST_BODY = 32 * 1024


class RenewalRefused(RuntimeError):
    """The office answered, and it was no answer to the question for a pass."""


def proof(key: bytes) -> str:
    """What a kiosk shows at the door; it tells nothing of the key."""
    return hmac.digest(key, b"newsstand kiosk at the office's door", "sha256").hex()


class RenewalCall:
    """Asks the office at its address for a new pass. Raises where it can't be reached or refuses."""

    def __init__(self, office_url: str, key: bytes) -> None:
        parts = urlsplit(office_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError(f"the office's address begins with http:// or https://, not {office_url!r}")
        self._make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._host = parts.hostname
        self._port = parts.port
        self._headers = {"Authorization": f"Bearer {proof(key)}", "Content-Type": "application/json"}

    async def __call__(self, cookies: Mapping[str, str]) -> str | None:
        """The sealed pass, or None for who is not signed in."""
        return await asyncio.get_running_loop().run_in_executor(None, self._ask, json.dumps(dict(cookies)))

    def _ask(self, body: str) -> str | None:
        connection = self._make(self._host, self._port, timeout=_SECONDS)
        try:
            connection.request("POST", RENEW_PATH, body.encode(), self._headers)
            with connection.getresponse() as answer:  # which holds the socket, too, until it is closed
                text = answer.read(_LONGEST_BODY)
        finally:
            connection.close()
        if answer.status == 204:
            return None
        if answer.status != 200:
            raise RenewalRefused(f"the office answered {answer.status}")
        return text.decode("ascii")


class RenewalDoor:
    """Answers the kiosk's calls in front of the office; everything else goes on."""

    def __init__(self, renew: Renew, keys: tuple[bytes, ...], behind: ASGIApp) -> None:
        self._renew = renew
        self._proofs = tuple(proof(key) for key in keys)
        self._behind = behind

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != RENEW_PATH:
            await self._behind(scope, receive, send)
            return
        status, body = await self._answer(scope, receive)
        headers = [
            (b"content-type", b"text/plain; charset=ascii"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        """404 for all but a kiosk, so that the door does not show."""
        if scope["method"] != "POST" or not self._is_kiosk(scope):
            return 404, b""
        cookies = _cookies(await _body(receive))
        if cookies is None:
            return 400, b""
        token = await self._renew(cookies)
        return (204, b"") if token is None else (200, token.encode("ascii"))

    def _is_kiosk(self, scope: Scope) -> bool:
        shown = dict(scope["headers"]).get(b"authorization", b"").removeprefix(b"Bearer ")
        return any(hmac.compare_digest(shown, known.encode()) for known in self._proofs)


async def _body(receive: Receive) -> bytes:
    body = b""
    while len(body) <= _LONGEST_BODY:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            break
    return body


def _cookies(body: bytes) -> dict[str, str] | None:
    try:
        cookies = json.loads(body)
    except ValueError:
        return None
    if not isinstance(cookies, dict):
        return None
    return {name: value for name, value in cookies.items() if isinstance(value, str)}
