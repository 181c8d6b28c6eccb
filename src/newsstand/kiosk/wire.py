"""One connection from a reader: uvicorn's own, with a short way for what lies on the shelf.

httptools parses, and uvicorn keeps order, flow control and everything that goes on to ASGI. A page on the
shelf needs none of that: its bytes go out in one write as soon as the request's head is read.
"""

import asyncio
from http import HTTPStatus
from typing import Any, Final

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.config import Config
from uvicorn.protocols.http.auto_zttp_impl import AutoZttpProtocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.http.zttp_h2_impl import ZttpH2Protocol
from uvicorn.server import ServerState

from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.reply import Answer
from newsstand.kiosk.request import BODY_HEADERS, CONNECTION, Request, canonical_path, headers_of
from newsstand.kiosk.together import KioskFirst

IDLE_SECONDS = 60
"""For how long a connection may bring no whole head of a request, be it silent or slow."""

LONGEST_HEAD = 64 * 1024
"""Bytes; what a browser sends stays far below it."""

_LOOK_SECONDS = 1.0
_METHODS: Final = {b"GET": "GET", b"HEAD": "HEAD"}
_STATUS_LINES: Final = {
    status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus
}
_TOO_LARGE: Final = (
    _STATUS_LINES[431] + b"content-length: 0\r\ncache-control: no-store\r\nconnection: close\r\n\r\n"
)


class Wire(AutoZttpProtocol):
    """Asks a new connection's first bytes for HTTP/2, and lets the right one of the two go on with it."""

    def _switch(self, http2: bool, initial_data: bytes = b"") -> None:
        made = ZttpH2Protocol if http2 else KioskProtocol
        protocol = made(self.config, self.server_state, self.app_state, self.loop)
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)
        if initial_data:
            protocol.data_received(initial_data)


class KioskProtocol(HttpToolsProtocol):
    """HTTP/1.1 with one reader. `heard_at` is when the head of a request was last whole.

    `_is_in_message` is whether the parser waits for the rest of a request, of its head or of its body.
    """

    _default_headers: list[tuple[bytes, bytes]] | None = None
    _default_lines = b""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._kiosk = self.app.kiosk if isinstance(self.app, KioskFirst) else None
        self._idle = Idle.of(self.loop, server_state)
        self._peer = ""
        self._head_bytes = 0
        self._is_in_head = False
        self._is_in_message = False
        self._begun = 0
        self._read: dict[str, str] | None = None
        self._is_answered = False
        self.heard_at = self._idle.now

    @property
    def is_at_work(self) -> bool:
        """Whether an answer is being made for this connection."""
        cycle: RequestResponseCycle | None = self.cycle
        return cycle is not None and not cycle.response_complete

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        super().connection_made(transport)
        self._peer = "" if self.client is None else self.client[0]

    def data_received(self, data: bytes) -> None:
        # As uvicorn, but that nothing is logged of what a stranger sends, and that a head may end up too long.
        if self.timeout_keep_alive_task is not None:
            self._unset_keepalive_if_required()
        is_between = not self._is_in_message
        if is_between and self._kiosk is not None and self._is_answered_again(data, self._kiosk):
            return
        self._begun = 0
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade:
            return  # it was answered as if no other protocol had been asked for, and nothing else is spoken here
        except HttpParserError:
            self.send_400_response("Invalid HTTP request received.")
            return
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > LONGEST_HEAD:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
        elif is_between and self._begun == 1 and self._read is not None and not self._is_in_message:
            assert self._kiosk is not None
            self._kiosk.heads.keep(data, self._read)

    def _is_answered_again(self, data: bytes, kiosk: Kiosk) -> bool:
        """Whether this is a head whose headers were read before, and what it asks for was sent from the shelf."""
        request = kiosk.heads.find(data, self._peer)
        if request is None or self.is_at_work or self.flow.write_paused:
            return False
        result = kiosk.at_once(request)
        if not isinstance(result, Answer):
            return False
        self.heard_at = self._idle.now
        self._send(result)
        return True

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self._begun += 1
        self._read = None
        self._is_answered = False
        self._is_in_head = self._is_in_message = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._head_bytes = 0
        self.heard_at = self._idle.now
        answer = self._from_the_shelf()
        if answer is None:
            self._go_on()
        else:
            self._is_answered = True
            self._send(answer)

    def _go_on(self) -> None:
        """Uvicorn's way, as if this request had never been looked at."""
        url, headers = self.url, self.headers
        super().on_message_begin()
        self.url = url
        for name, value in headers:
            super().on_header(name, value)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._is_answered:
            super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_in_message = False
        if not self._is_answered:
            super().on_message_complete()

    def _from_the_shelf(self) -> Answer | None:
        """The kiosk's answer where it has one at once, and nothing that came before is still unanswered."""
        parser = self.parser
        method = _METHODS.get(parser.get_method())
        if self._kiosk is None or method is None or self.is_at_work or self.flow.write_paused:
            return None
        headers = headers_of(self.headers)
        if not parser.should_keep_alive() or not headers.keys().isdisjoint(BODY_HEADERS):
            return None
        if CONNECTION in headers and (parser.get_http_version() != "1.1" or parser.should_upgrade()):
            return None
        path, _, query = self.url.partition(b"?")
        result = self._kiosk.at_once(Request(method, canonical_path(path), query, headers, self._peer))
        if not isinstance(result, Answer):
            return None
        self._read = headers
        return result

    def _send(self, answer: Answer) -> None:
        headers = self.server_state.default_headers
        if headers is not KioskProtocol._default_headers:  # uvicorn makes them anew each second
            KioskProtocol._default_headers = headers
            KioskProtocol._default_lines = b"".join(b"%s: %s\r\n" % pair for pair in headers) + b"\r\n"
        status = _STATUS_LINES[answer.status]
        self.transport.write(b"".join((status, answer.lines, KioskProtocol._default_lines, answer.body)))


class Idle:
    """Looks at all connections once a second, so that no request has to wind up a timer of its own."""

    _known: "tuple[ServerState, Idle] | None" = None

    def __init__(self, loop: asyncio.AbstractEventLoop, server_state: ServerState) -> None:
        self._loop = loop
        self._state = server_state
        self.now = loop.time()
        loop.call_later(_LOOK_SECONDS, self._look)

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop, server_state: ServerState) -> "Idle":
        """The one that looks after this server's connections."""
        if cls._known is None or cls._known[0] is not server_state:
            cls._known = (server_state, cls(loop, server_state))
        return cls._known[1]

    def _look(self) -> None:
        self.now = self._loop.time()
        for connection in list(self._state.connections):
            if not isinstance(connection, KioskProtocol) or connection.is_at_work:
                continue
            if self.now - connection.heard_at > IDLE_SECONDS:
                # Not close(): who does not read would be waited for.
                connection.transport.abort()
        self._loop.call_later(_LOOK_SECONDS, self._look)
