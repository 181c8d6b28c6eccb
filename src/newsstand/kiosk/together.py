"""The ASGI entrance: a kiosk, and behind it whatever answers for what is not on the shelf."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from newsstand.kiosk.answer import Answer, Miss, Renew, Request
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.request import canonical_path, headers_of, is_canonical

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

MISS = "newsstand.miss"
"""Where the scope that goes on to the office tells what the shelf lacked."""


PRINTING_SECONDS = 10.0
"""For how long a request waits for a printing that another one has asked for."""


UNPRINTED_SECONDS = 1.0
"""For how long a path is known to be the office's own, at which nothing is printed; nobody waits for another there."""

_MOST_UNPRINTED = 1000


class KioskFirst:
    """The ASGI application around a kiosk; what it misses goes on to `behind`.

    Most requests for what lies on the shelf never come here: the connection asks `kiosk` itself.
    """

    def __init__(self, kiosk: Kiosk, behind: App) -> None:
        self.kiosk = kiosk
        self._behind = behind
        self._printing: dict[str, asyncio.Future[None]] = {}
        self._unprinted: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = request_of(scope)
        result = self.kiosk.at_once(request)
        if isinstance(result, Renew):
            result = await self.kiosk.renewed(request)
        while (
            isinstance(result, Miss)
            and result.path in self._printing
            and self._may_be_printed(request, result)
        ):
            result = await self._after_printing(request, result)
        if isinstance(result, Miss):
            await self._pass_on(request, result, scope, receive, send)
            return
        await send({"type": "http.response.start", "status": result.status, "headers": result.headers})
        await send({"type": "http.response.body", "body": result.body})

    async def _pass_on(
        self, request: Request, miss: Miss, scope: Scope, receive: Receive, send: Send
    ) -> None:
        """Let the office answer; who asks for the same page meanwhile waits for it to be printed."""
        is_first = miss.path not in self._printing and self._may_be_printed(request, miss)
        if is_first:
            self._printing[miss.path] = asyncio.get_running_loop().create_future()
        try:
            await self._behind({**scope, MISS: miss}, receive, send)
        finally:
            if is_first:
                if not miss.is_known:
                    self._remember_unprinted(request)
                self._printing.pop(miss.path).set_result(None)

    def _may_be_printed(self, request: Request, miss: Miss) -> bool:
        """Whether the office's answer may be a page that it prints, so that others had better wait for it.

        Of a path that was never printed nobody knows: a story of this second is one, and so is the account page.
        """
        if miss.is_known:
            return True
        seen_at = self._unprinted.get(miss.path)
        is_office = seen_at is not None and asyncio.get_running_loop().time() < seen_at + UNPRINTED_SECONDS
        return bool(miss.path) and request.method in ("GET", "HEAD") and not is_office

    def _remember_unprinted(self, request: Request) -> None:
        """If the office has answered without printing, let nobody wait for the same again."""
        # As a stranger's HEAD, which counts nothing.
        left = self.kiosk.at_once(Request("HEAD", request.path, b"", {}))
        if isinstance(left, Miss) and not left.is_known:
            if len(self._unprinted) >= _MOST_UNPRINTED:
                self._unprinted.clear()
            self._unprinted[left.path] = asyncio.get_running_loop().time()

    async def _after_printing(self, request: Request, miss: Miss) -> Answer | Miss:
        """What the shelf has once the first who asked has been answered: the page, or another variant of it."""
        # Not asyncio.wait_for: it would cancel what others wait for too.
        await asyncio.wait({self._printing[miss.path]}, timeout=PRINTING_SECONDS)
        return await self.kiosk.respond(request)

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start at once; at the end hand the last counts over."""
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.kiosk.open(asyncio.get_running_loop())
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                self.kiosk.close()
                await send({"type": "lifespan.shutdown.complete"})
                return


def request_of(scope: Scope) -> Request:
    """The request in an ASGI scope. Never raises: what is odd in it becomes an empty path."""
    raw_path = scope.get("raw_path")
    if raw_path:
        path = canonical_path(raw_path)
    else:
        path = scope["path"] if is_canonical(scope["path"]) else ""
    client = scope.get("client")
    peer = client[0] if client else ""
    return Request(scope["method"], path, scope.get("query_string", b""), headers_of(scope["headers"]), peer)
