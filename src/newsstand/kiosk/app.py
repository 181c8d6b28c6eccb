"""The ASGI class around answer(): the only place of the kiosk that asks the clock and waits."""

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from newsstand.kiosk.answer import Answer, Miss, Renew, Request, answer
from newsstand.kiosk.cookies import our_cookies
from newsstand.kiosk.house import House
from newsstand.kiosk.renewing import Renewals, Renewing
from newsstand.kiosk.reply import page
from newsstand.kiosk.request import canonical_path, headers_of, is_canonical

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MISS = "newsstand.miss"
"""Where the scope that goes on to the office tells what the shelf lacked."""

FLUSH_SECONDS = 5.0


class RenewedTwice(RuntimeError):
    """answer() asked for a second renewal of one request: a promise is broken."""


class Kiosk:
    """Answers from the shelf; what is not on it goes on to `behind`.

    `renew` gives a new pass for a request's cookies, or None for who is not signed in.
    """

    def __init__(self, house: House, behind: App, renew: Renewing) -> None:
        self._house = house
        self._behind = behind
        self._renewals = Renewals(renew)
        self._flushed_at = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._serve(scope, receive, send)

    async def respond(self, request: Request) -> Answer | Miss:
        """The answer for a request, its pass renewed where that is due; the office asks this after printing.

        Never raises: an error of our own is answered by the page that says so.
        """
        try:
            result = answer(request, self._house, self._now())
            if isinstance(result, Renew):
                result = await self._after_renewal(request)
            self._flush_when_due()
        except Exception as error:  # noqa: BLE001 -- no error may end in anything but an honest page
            return self._trouble(request, error)
        return result

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        result = await self.respond(request)
        if isinstance(result, Miss):
            await self._behind({**scope, MISS: result}, receive, send)
            return
        await send({"type": "http.response.start", "status": result.status, "headers": result.headers})
        await send({"type": "http.response.body", "body": result.body})

    async def _after_renewal(self, request: Request) -> Answer | Miss:
        renewal = await self._renewals.of(our_cookies(request.headers.get("cookie", "")))
        if renewal.outcome == "failed":
            self._house.shelf.tally.add("", "", "renewal_failed", "")
        result = answer(request, self._house, self._now(), renewal)
        if isinstance(result, Renew):
            raise RenewedTwice(request.path)
        return result

    def _now(self) -> int:
        """Site time: real time and the offset on the board."""
        return int(time.time()) + self._house.shelf.board.read().clock_offset

    def _trouble(self, request: Request, error: Exception) -> Answer:
        """Counted, not logged, and never with a word of the story."""
        self._house.shelf.tally.add("", "", f"kiosk_error:{type(error).__name__}", "")
        body = self._house.trouble_page
        return page(503, body, b"text/html; charset=utf-8", with_body=request.method != "HEAD")

    def _flush_when_due(self) -> None:
        now = time.monotonic()
        if now - self._flushed_at >= FLUSH_SECONDS:
            self._flushed_at = now
            asyncio.get_running_loop().run_in_executor(None, self._house.shelf.tally.flush)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start at once; at the end hand the last counts over."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self._house.shelf.tally.flush()
                await send({"type": "lifespan.shutdown.complete"})
                return


def request_of(scope: Scope) -> Request:
    """The request in an ASGI scope. Never raises: what is odd in it becomes an empty path."""
    raw_path = scope.get("raw_path")
    if raw_path:
        path = canonical_path(raw_path)
    else:
        path = scope["path"] if is_canonical(scope["path"]) else ""
    return Request(scope["method"], path, scope.get("query_string", b""), headers_of(scope["headers"]))
