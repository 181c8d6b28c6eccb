"""Connections over a real socket: whole answers, in order, and an end for who sends too much or nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from http.client import HTTPResponse
from io import BytesIO
from typing import Any

import pytest
from httptools import HttpRequestParser
from uvicorn.config import Config
from uvicorn.server import ServerState

from newsstand.kiosk import wire
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.together import KioskFirst
from newsstand.rules.gate.facts import Level
from tests.kiosk.site import NOW, PAID_TEXT, Site, pass_cookie, subscription
from tests.kiosk.test_app import Office

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: NOW + 0.9)


class Desk(Office):
    """An office that reads what is sent to it, and answers with it."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.bodies.append(body)
        await super().__call__(scope, receive, send)


def talk(site: Site, talking: Talk, desk: Desk | None = None) -> bytes:
    """What a client of a running server reads."""
    return asyncio.run(_talk(site, talking, desk or Desk()))


async def _talk(site: Site, talking: Talk, desk: Desk) -> bytes:
    app = KioskFirst(Kiosk(site.house, desk.renew), behind=desk)
    config = Config(app, interface="asgi3", ws="none", log_config=None, access_log=False, proxy_headers=False)
    state = ServerState()
    state.default_headers = [(b"date", b"Thu, 05 Nov 2026 21:20:00 GMT")]
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: wire.Wire(config, state, {}, loop), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    try:
        async with asyncio.timeout(300):
            return await talking(reader, writer)
    finally:
        writer.close()
        server.close()


def sends(*requests: bytes) -> Talk:
    """Send all this at once and read until the other end closes."""

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(b"".join(requests))
        return await reader.read()

    return talking


def get(path: str, *lines: str, method: str = "GET", version: str = "1.1") -> bytes:
    head = "".join(f"{line}\r\n" for line in ("Host: paper.example", *lines))
    return f"{method} {path} HTTP/{version}\r\n{head}\r\n".encode()


LAST = get("/", "Connection: close")


class Sock:
    """Bytes as http.client wants to read them."""

    def __init__(self, raw: bytes) -> None:
        self.raw = BytesIO(raw)

    def makefile(self, *_: object) -> BytesIO:
        return self.raw


def parsed(raw: bytes, *methods: str) -> list[tuple[int, dict[str, str], bytes]]:
    """All the answers in these bytes, as Python's own client understands them."""
    sock, found = Sock(raw), []
    for method in methods:
        response = HTTPResponse(sock, method=method)  # type: ignore[arg-type]  # all that it uses of a socket
        rest = sock.raw.tell()
        response.fp = sock.raw
        assert rest <= len(raw)
        response._close_conn = lambda: None  # type: ignore[attr-defined]  # the next answer is behind this one
        response.begin()
        found.append((response.status, {n.lower(): v for n, v in response.getheaders()}, response.read()))
    return found


def test_a_page_on_the_shelf_is_answered_whole(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    ((status, headers, body), (last, _, _)) = parsed(talk(site, sends(get(path), LAST)), "GET", "GET")
    assert (status, last) == (200, 418)
    assert PAID_TEXT.encode() in body
    assert headers["content-length"] == str(len(body))
    assert headers["date"] == "Thu, 05 Nov 2026 21:20:00 GMT"
    assert headers["vary"] == "Accept-Encoding, Cookie"


def in_turn(*requests: bytes) -> Talk:
    """Send each when the one before has been answered from the shelf, and read to the end after the last."""

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        heard = b""
        for request in requests[:-1]:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            heard += head + await reader.readexactly(int(length.split(b":")[1]))
        writer.write(requests[-1])
        return heard + await reader.read()

    return talking


def feeds(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What reaches the parser from now on."""
    fed: list[bytes] = []

    class Parser:
        def __init__(self, protocol: Any) -> None:
            self._parser = HttpRequestParser(protocol)

        def feed_data(self, data: bytes) -> None:
            fed.append(data)
            self._parser.feed_data(data)

        def __getattr__(self, name: str) -> Any:
            return getattr(self._parser, name)

    monkeypatch.setattr("uvicorn.protocols.http.httptools_impl.httptools.HttpRequestParser", Parser)
    return fed


def test_headers_that_were_read_once_are_not_read_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    fed = feeds(monkeypatch)
    free, paid = site.print_story(1, Level.FREE), site.print_story(2, Level.SUBSCRIBERS)
    asked = [get(free), get(paid), get(f"{free}?utm_source=x"), get(paid), LAST]
    answers = parsed(talk(site, in_turn(*asked)), *["GET"] * 5)
    assert fed == [asked[0], LAST]
    assert [PAID_TEXT.encode() in body for _, _, body in answers] == [True, False, True, False, False]
    assert [status for status, _, _ in answers] == [200, 200, 200, 200, 418]


def test_one_readers_headers_serve_no_other(site: Site) -> None:
    paid = site.print_story(2, Level.SUBSCRIBERS)
    mine = get(paid, "Cookie: " + pass_cookie(site.pass_of(subscription())))
    none = get(paid, "Cookie: newsstand_pass=x")
    answers = parsed(talk(site, in_turn(mine, none, mine, get(paid), mine, LAST)), *["GET"] * 6)
    assert [PAID_TEXT.encode() in body for _, _, body in answers] == [True, False, True, False, True, False]


def test_known_headers_inside_of_a_body_are_a_body(site: Site) -> None:
    """What looks like a request is one only where the request before it has ended."""
    desk, free = Desk(), site.print_story(1, Level.FREE)
    inner = get(free)
    outer = get(free, f"Content-Length: {len(inner)}", method="POST")

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(inner)
        await reader.readuntil(PAID_TEXT.encode())
        writer.write(outer)
        await writer.drain()
        await asyncio.sleep(0.05)  # so that the body comes in a piece of its own
        writer.write(inner)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(LAST)
        return await reader.read()

    talk(site, talking, desk)
    assert desk.bodies == [inner, b""]


@pytest.mark.parametrize(
    "line",
    [
        b"GET  /harbour/story-1/ HTTP/1.1",
        b"GET /harbour/story-1/ x HTTP/1.1",
        b"GET /harbour/story-1/?a b HTTP/1.1",
        b"GET /harbour/story-1/\x00 HTTP/1.1",
        b"get /harbour/story-1/ HTTP/1.1",
        b"GET /harbour/story-1/ HTTP/1.2",
        b"GET harbour/story-1/ HTTP/1.1",
        b"POST /harbour/story-1/ HTTP/1.1",
        b"GET http://paper.example/harbour/story-1/ HTTP/1.1",
    ],
)
def test_another_request_line_above_known_headers_is_for_the_parser(
    site: Site, monkeypatch: pytest.MonkeyPatch, line: bytes
) -> None:
    fed = feeds(monkeypatch)
    free = site.print_story(1, Level.FREE)
    odd = line + get(free).partition(b"\r\n")[1] + get(free).partition(b"\r\n")[2]

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(get(free))
        await reader.readuntil(PAID_TEXT.encode())
        writer.write(odd)
        writer.write_eof()
        return await reader.read()  # the server ends when it has read all of it

    talk(site, talking)
    assert fed == [get(free), odd]


def test_headers_in_pieces_or_with_an_end_are_not_kept(site: Site) -> None:
    free = site.print_story(1, Level.FREE)
    kiosk = Kiosk(site.house, Desk().renew)
    for data in (get(free), get(free, "Connection: close")):
        assert kiosk.heads.find(data, "") is None
    raw = talk(site, sends(get(free)[:30], get(free)[30:], LAST))
    assert [status for status, _, _ in parsed(raw, "GET", "GET")] == [200, 418]


def test_pipelined_requests_are_answered_in_their_order(site: Site) -> None:
    free, paid = site.print_story(1, Level.FREE), site.print_story(2, Level.SUBSCRIBERS)
    raw = talk(site, sends(get("/nowhere/"), get(free), get("/nowhere/"), get(paid), LAST))
    answers = parsed(raw, *["GET"] * 5)
    assert [status for status, _, _ in answers] == [418, 200, 418, 200, 418]
    assert PAID_TEXT.encode() in answers[1][2]
    assert PAID_TEXT.encode() not in answers[3][2]


def test_a_head_has_the_headers_and_no_body(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    raw = talk(site, sends(get(path), get(path, method="HEAD"), LAST))
    (_, whole, body), (status, headers, nothing), _ = parsed(raw, "GET", "HEAD", "GET")
    assert (status, nothing) == (200, b"")
    assert headers["content-length"] == whole["content-length"] == str(len(body))


def test_a_post_goes_on_with_its_body(site: Site) -> None:
    desk = Desk()
    post = get(site.print_story(1, Level.FREE), "Content-Length: 5", method="POST") + b"a=b&c"
    answers = parsed(talk(site, sends(post, LAST), desk), "POST", "GET")
    assert [status for status, _, _ in answers] == [418, 418]
    assert desk.bodies[0] == b"a=b&c"


@pytest.mark.parametrize("line", ["Content-Length: 5", "Expect: 100-continue\r\nContent-Length: 5"])
def test_a_get_with_a_body_does_not_shift_what_follows(site: Site, line: str) -> None:
    free, paid = site.print_story(1, Level.FREE), site.print_story(2, Level.SUBSCRIBERS)
    raw = talk(site, sends(get(free, line) + b"hello", get(paid), LAST))
    (_, _, first), (status, _, second), _ = parsed(
        raw.replace(b"HTTP/1.1 100 Continue\r\n\r\n", b""), *["GET"] * 3
    )
    assert PAID_TEXT.encode() in first
    assert (status, PAID_TEXT.encode() in second) == (200, False)


@pytest.mark.parametrize("request_line", ["1.0", "close"])
def test_who_wants_one_answer_gets_it_and_an_end(site: Site, request_line: str) -> None:
    path = site.print_story(1, Level.FREE)
    asked = get(path, version="1.0") if request_line == "1.0" else get(path, "Connection: close")
    raw = talk(site, sends(asked))
    ((status, headers, body),) = parsed(raw, "GET")
    assert (status, headers["connection"]) == (200, "close")
    assert PAID_TEXT.encode() in body


def test_a_repeated_cookie_header_is_one_list(site: Site) -> None:
    desk = Desk()
    path = site.print_story(1, Level.SUBSCRIBERS)
    raw = talk(site, sends(get(path, "Cookie: a=b", "Cookie: newsstand_session=1"), LAST), desk)
    assert parsed(raw, "GET", "GET")[0][0] == 200
    assert desk.asked == [{"newsstand_session": "1"}]


def test_a_head_that_does_not_end_is_refused(site: Site) -> None:
    raw = talk(site, sends(b"GET / HTTP/1.1\r\nX: " + b"a" * (wire.LONGEST_HEAD + 1)))
    assert raw.startswith(b"HTTP/1.1 431 ")


@pytest.mark.parametrize(
    "odd",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n",
        b"GET / HTTP/1.1\r\n Folded: a\r\n\r\n",
    ],
)
def test_what_two_servers_could_read_differently_is_refused(site: Site, odd: bytes) -> None:
    raw = talk(site, sends(odd, get(site.print_story(1, Level.FREE))))
    assert raw.startswith(b"HTTP/1.1 400 ")
    assert PAID_TEXT.encode() not in raw


@pytest.mark.parametrize("begin", [b"GET / HT", get("/nowhere/")])
def test_who_sends_nothing_more_is_let_go(site: Site, monkeypatch: pytest.MonkeyPatch, begin: bytes) -> None:
    monkeypatch.setattr(wire, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(wire, "_LOOK_SECONDS", 0.05)

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(begin)
        try:
            return await reader.read()
        except ConnectionResetError:
            return b""

    assert talk(site, talking) == b"" or begin == get("/nowhere/")


def test_who_does_not_read_is_not_answered_on_and_on(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    asked = 20_000

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
        writer.write(get(path) * asked)
        await asyncio.sleep(1)
        answered = site.house.shelf.tally.drain()
        return str(sum(answered.values())).encode()

    assert int(talk(site, talking)) < asked / 2


def test_http_2_is_spoken_with_who_begins_with_it(site: Site) -> None:
    preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"

    async def talking(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(preface)
        return await reader.readexactly(9)

    assert talk(site, talking)[3] == 4  # a frame of settings
