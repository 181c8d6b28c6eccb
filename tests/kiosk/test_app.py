"""The ASGI class: what goes on to the office, renewal under pressure, and errors of our own."""

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import lmdb
import pytest

from newsstand.kiosk.answer import Answer, Miss, Request
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.renewing import Renewals
from newsstand.kiosk.standing import Renewal
from newsstand.kiosk.together import MISS, KioskFirst
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.passes import seal_pass
from tests.kiosk.site import (
    NOW,
    PAID_TEXT,
    RING,
    SESSION,
    Site,
    cookies_of,
    pass_cookie,
    shows_paid_text,
    subscription,
)


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: NOW + 0.9)


class Office:
    """What stands behind the kiosk: it remembers what went on to it, and renews as it is told."""

    def __init__(self) -> None:
        self.scopes: list[Mapping[str, Any]] = []
        self.asked: list[Mapping[str, str]] = []
        self.token: str | None = None
        self.error: Exception | None = None
        self.seconds = 0.0

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        self.scopes.append(scope)
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b"office"})

    async def renew(self, cookies: Mapping[str, str]) -> str | None:
        self.asked.append(cookies)
        await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error
        return self.token


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def kiosk(site: Site, office: Office) -> Kiosk:
    return Kiosk(site.house, office.renew)


@pytest.fixture
def front(kiosk: Kiosk, office: Office) -> KioskFirst:
    return KioskFirst(kiosk, office)


def scope_of(
    path: str, *, method: str = "GET", raw: bytes | None = None, headers: Any = ()
) -> dict[str, Any]:
    return {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode() if raw is None else raw,
        "query_string": b"",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }


def send_to(app: Any, scope: Mapping[str, Any], incoming: tuple[Mapping[str, Any], ...] = ()) -> list[Any]:
    sent: list[Any] = []
    messages = iter(incoming)

    async def receive() -> Mapping[str, Any]:
        return next(messages)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def respond(kiosk: Kiosk, path: str, **headers: str) -> Answer | Miss:
    return asyncio.run(kiosk.respond(Request("GET", path, b"", headers)))


def test_a_page_is_sent_whole(site: Site, front: KioskFirst) -> None:
    path = site.print_story(1, Level.FREE)
    start, body = send_to(front, scope_of(path))
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert dict(start["headers"])[b"content-length"] == str(len(body["body"])).encode()
    assert PAID_TEXT.encode() in body["body"]


def test_a_head_has_no_body(site: Site, front: KioskFirst) -> None:
    start, body = send_to(front, scope_of(site.print_story(1, Level.FREE), method="HEAD"))
    assert start["status"] == 200
    assert body["body"] == b""


def test_what_is_missing_goes_on_to_the_office(site: Site, front: KioskFirst, office: Office) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS, only=())
    for scope in (scope_of("/nowhere/"), scope_of(path), scope_of(path, method="POST")):
        assert send_to(front, scope)[0]["status"] == 418
    misses = [scope[MISS] for scope in office.scopes]
    assert misses[0] == Miss("/nowhere/")
    assert misses[1].variant is not None
    assert misses[2] == Miss(path)
    assert all(scope["headers"] == [] for scope in office.scopes)


@pytest.mark.parametrize("raw", [b"//harbour/story-1/", b"/harbour/%2e/story-1/", b"/harbour/story-1/%00"])
def test_an_odd_path_goes_on_to_the_office(site: Site, front: KioskFirst, raw: bytes) -> None:
    path = site.print_story(1, Level.FREE)
    assert send_to(front, scope_of(path, raw=raw))[0]["status"] == 418
    without = scope_of(path)
    del without["raw_path"]
    assert send_to(front, without)[0]["status"] == 200
    assert send_to(front, {**without, "path": "/harbour//story-1/"})[0]["status"] == 418


@pytest.mark.parametrize(
    "headers",
    [
        [("cookie", "\xff\x00;;==")],
        [("cookie", "a=b"), ("cookie", "newsstand_pass=x")],
        [("accept-encoding", "\xff;q=\xff")],
        [("if-none-match", "W/\xff\x00")],
        [("user-agent", "\xff" * 5000)],
        [("sec-purpose", "\x00")],
        [("", "")],
    ],
)
def test_malformed_headers_never_raise(site: Site, front: KioskFirst, headers: list[tuple[str, str]]) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    start, body = send_to(front, scope_of(path, headers=headers))
    assert start["status"] == 200
    assert PAID_TEXT.encode() not in body["body"]


def test_two_cookie_headers_are_one_list(site: Site, front: KioskFirst) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    headers = [("cookie", "a=b"), ("Cookie", pass_cookie(site.pass_of(subscription())))]
    assert PAID_TEXT.encode() in send_to(front, scope_of(path, headers=headers))[1]["body"]


def test_site_time_is_real_time_and_the_board_s_offset(site: Site, kiosk: Kiosk) -> None:
    path = site.print_story(1, Level.FREE, embargo_until=NOW + 1000)
    assert respond(kiosk, path) == Miss(path)
    site.shelf.board.set_clock_offset(999)
    assert respond(kiosk, path) == Miss(path)
    site.shelf.board.set_clock_offset(1000)
    assert isinstance(respond(kiosk, path), Answer)


class TestRenewal:
    def test_a_new_pass_opens_and_is_handed_out(self, site: Site, kiosk: Kiosk, office: Office) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        office.token = seal_pass(site.pass_of(subscription()), RING)
        answer = respond(kiosk, path, cookie=SESSION + "; other=1")
        assert isinstance(answer, Answer)
        assert shows_paid_text(answer)
        assert cookies_of(answer) == {"newsstand_pass": office.token}
        assert office.asked == [{"newsstand_session": SESSION.partition("=")[2]}]

    def test_signed_out_is_final(self, site: Site, kiosk: Kiosk, office: Office) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        cookie = pass_cookie(site.pass_of(subscription(), age=600)) + "; " + SESSION
        answer = respond(kiosk, path, cookie=cookie)
        assert isinstance(answer, Answer)
        assert not shows_paid_text(answer)
        assert cookies_of(answer) == {"newsstand_pass": ""}
        assert len(office.asked) == 1

    def test_an_office_that_fails_leaves_the_old_pass_standing(
        self, site: Site, kiosk: Kiosk, office: Office
    ) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        cookie = pass_cookie(site.pass_of(subscription(), age=600)) + "; " + SESSION
        office.error = RuntimeError("the database is locked")
        answer = respond(kiosk, path, cookie=cookie)
        assert isinstance(answer, Answer)
        assert shows_paid_text(answer)
        assert cookies_of(answer) == {}
        assert ("", "", "renewal_failed", "") in site.shelf.tally.drain()

    def test_an_office_that_fails_opens_nothing_new(self, site: Site, kiosk: Kiosk, office: Office) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        office.error = RuntimeError("the database is locked")
        answer = respond(kiosk, path, cookie=SESSION)
        assert isinstance(answer, Answer)
        assert not shows_paid_text(answer)

    def test_an_office_that_hangs_is_left_after_the_limit(self, office: Office) -> None:
        office.seconds = 60
        renewals = Renewals(office.renew, limit_seconds=0.05)

        async def hang() -> list[Renewal]:
            loop = asyncio.get_running_loop()
            began = loop.time()
            answers = [await renewals.of({"newsstand_session": "a"}) for _ in range(2)]
            assert loop.time() - began < office.seconds
            return answers

        assert asyncio.run(hang()) == [Renewal("failed")] * 2
        assert len(office.asked) == 2

    def test_many_requests_of_one_session_share_one_renewal(
        self, site: Site, kiosk: Kiosk, office: Office
    ) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        office.token = seal_pass(site.pass_of(subscription()), RING)
        office.seconds = 0.02
        request = Request("GET", path, b"", {"cookie": SESSION})
        other = Request("GET", path, b"", {"cookie": "newsstand_session=another"})

        async def crowd() -> list[Answer | Miss]:
            return await asyncio.gather(*(kiosk.respond(r) for r in [request] * 20 + [other]))

        answers = asyncio.run(crowd())
        assert all(isinstance(answer, Answer) and shows_paid_text(answer) for answer in answers)
        assert len(office.asked) == 2
        asyncio.run(crowd())
        assert len(office.asked) == 4

    def test_who_gives_up_waiting_does_not_stop_the_others(self, office: Office) -> None:
        office.seconds = 0.05
        renewals = Renewals(office.renew)

        async def two() -> Renewal:
            first = asyncio.ensure_future(renewals.of({"newsstand_session": "a"}))
            second = asyncio.ensure_future(renewals.of({"newsstand_session": "a"}))
            await asyncio.sleep(0.01)
            first.cancel()
            return await second

        assert asyncio.run(two()) == Renewal("signed_out")
        assert len(office.asked) == 1


class TestErrorsOfOurOwn:
    @pytest.mark.parametrize("store", ["visits", "entries", "board"])
    def test_a_full_or_broken_store_is_an_honest_page(
        self, site: Site, front: KioskFirst, office: Office, monkeypatch: pytest.MonkeyPatch, store: str
    ) -> None:
        path = site.print_story(1)
        names = {"visits": "count", "entries": "version", "board": "read"}

        def fail(*_: object) -> None:
            raise lmdb.MapFullError("mdb_put: Environment mapsize limit reached")

        monkeypatch.setattr(getattr(site.shelf, store), names[store], fail)
        headers = [("cookie", site.visit_cookie())]
        start, body = send_to(front, scope_of(path, headers=headers))
        assert start["status"] == 503
        assert dict(start["headers"])[b"cache-control"] == b"no-store"
        assert PAID_TEXT.encode() not in body["body"]
        assert b"harbour" not in body["body"]
        assert b'<meta name="color-scheme" content="light dark">' in body["body"]
        assert b'href="/assets/site.css"' in body["body"]
        assert b"set-cookie" not in dict(start["headers"])
        assert office.scopes == []
        head, nothing = send_to(front, scope_of(path, method="HEAD", headers=headers))
        assert (head["status"], nothing["body"]) == (503, b"") or store == "visits"
        assert ("", "", "kiosk_error:MapFullError", "") in site.shelf.tally.drain()

    def test_it_is_in_the_language_that_the_board_had_when_it_could_be_read(
        self, site: Site, front: KioskFirst, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = site.print_story(1, Level.FREE)
        site.shelf.board.set_locale("de")
        assert send_to(front, scope_of(path))[0]["status"] == 200

        def fail(*_: object) -> None:
            raise lmdb.MapFullError("mdb_get: the disk is away")

        monkeypatch.setattr(site.shelf.board, "read", fail)
        monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: NOW + 5)
        start, body = send_to(front, scope_of(path))
        assert start["status"] == 503
        assert "Bei uns ist etwas schiefgegangen" in body["body"].decode()
        assert b'lang="de"' in body["body"]


def test_it_lives_and_hands_its_last_counts_over(site: Site, kiosk: Kiosk, front: KioskFirst) -> None:
    respond(kiosk, site.print_story(1, Level.FREE))
    flushed: list[bool] = []
    site.shelf.tally.flush = lambda: flushed.append(True)
    messages = ({"type": "lifespan.startup"}, {"type": "lifespan.shutdown"})
    sent = send_to(front, {"type": "lifespan"}, messages)
    assert [message["type"] for message in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]
    assert flushed == [True]


def test_the_tally_is_flushed_from_time_to_time(
    site: Site, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: asyncio.Queue[bool] = asyncio.Queue()
    site.shelf.tally.flush = lambda: flushed.put_nowait(True)
    monkeypatch.setattr("newsstand.kiosk.app.FLUSH_SECONDS", 0.01)

    async def live() -> None:
        kiosk.open(asyncio.get_running_loop())
        assert flushed.empty()
        async with asyncio.timeout(300):
            for _ in range(3):
                await flushed.get()
        kiosk.close()

    asyncio.run(live())


def test_a_websocket_is_refused(front: KioskFirst, office: Office) -> None:
    sent = send_to(front, {"type": "websocket", "path": "/"})
    assert sent == [{"type": "websocket.close", "code": 1000}]
    assert office.scopes == []


def test_a_fresh_python_loads_no_django() -> None:
    code = (
        "import sys, newsstand.kiosk.alone, newsstand.kiosk.together\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules}"
        " & {'django', 'wagtail', 'allauth', 'babel', 'sqlite3', 'psycopg', 'starlette'}))"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
