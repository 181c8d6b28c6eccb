"""A pass renewed over HTTP: the kiosk's call, and the office's door."""

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from newsstand.wiring import renewal
from newsstand.wiring.renewal import RENEW_PATH, RenewalCall, RenewalDoor, RenewalRefused, proof

KEY = b"a key that is only for tests, 32+ bytes"
OLD_KEY = b"the key from before it, also long enough"
COOKIES = {"newsstand_session": "abc"}


class Passes:
    """An office that gives passes as it is told, and remembers for what."""

    def __init__(self) -> None:
        self.token: str | None = "token"
        self.asked: list[Mapping[str, str]] = []

    async def renew(self, cookies: Mapping[str, str]) -> str | None:
        self.asked.append(cookies)
        return self.token


async def office_page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def knock(
    passes: Passes, *, path: str = RENEW_PATH, method: str = "POST", shown: str = "", body: bytes = b"{}"
) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": body}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"authorization", f"Bearer {shown}".encode())] if shown else []
    door = RenewalDoor(passes.renew, (KEY, OLD_KEY), office_page)
    asyncio.run(door({"type": "http", "path": path, "method": method, "headers": headers}, receive, send))
    return sent[0]["status"], sent[1]["body"]


@pytest.mark.parametrize("key", [KEY, OLD_KEY])
def test_a_kiosk_gets_a_pass(key: bytes) -> None:
    passes = Passes()
    assert knock(passes, shown=proof(key), body=json.dumps(COOKIES).encode()) == (200, b"token")
    assert passes.asked == [COOKIES]


def test_who_is_not_signed_in_gets_none() -> None:
    passes = Passes()
    passes.token = None
    assert knock(passes, shown=proof(KEY)) == (204, b"")


@pytest.mark.parametrize("shown", ["", "x", proof(b"another key, which is not this office's")])
def test_the_door_does_not_show_to_others(shown: str) -> None:
    passes = Passes()
    assert knock(passes, shown=shown) == (404, b"")
    assert knock(passes, shown=proof(KEY), method="GET") == (404, b"")
    assert passes.asked == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"x" * 100_000])
def test_what_is_no_question_is_refused(body: bytes) -> None:
    assert knock(Passes(), shown=proof(KEY), body=body)[0] == 400


def test_everything_else_goes_on() -> None:
    assert knock(Passes(), path="/account/")[0] == 418


@pytest.fixture
def office(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an office that answers so, however long it takes on this machine."""
    monkeypatch.setattr(renewal, "_SECONDS", 300.0)
    status, text = request.param

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            is_right = self.headers["Authorization"] == f"Bearer {proof(KEY)}" and asked == COOKIES
            self.send_response(status if is_right else 404)
            self.end_headers()
            self.wfile.write(text if is_right else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("office", [(200, b"a.pass")], indirect=True)
def test_the_call_brings_the_pass(office: str) -> None:
    assert asyncio.run(RenewalCall(office, KEY)(COOKIES)) == "a.pass"


@pytest.mark.parametrize("office", [(204, b"")], indirect=True)
def test_the_call_brings_none(office: str) -> None:
    assert asyncio.run(RenewalCall(office, KEY)(COOKIES)) is None


@pytest.mark.parametrize("office", [(404, b""), (500, b"a.pass"), (302, b"")], indirect=True)
def test_any_other_answer_is_an_error_and_opens_nothing(office: str) -> None:
    with pytest.raises(RenewalRefused):
        asyncio.run(RenewalCall(office, KEY)(COOKIES))


def test_an_office_that_is_down_is_an_error() -> None:
    with pytest.raises(OSError):
        asyncio.run(RenewalCall("http://127.0.0.1:9", KEY)(COOKIES))


@pytest.mark.parametrize("url", ["", "127.0.0.1:8001", "ftp://office/"])
def test_an_address_that_is_none_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        RenewalCall(url, KEY)
