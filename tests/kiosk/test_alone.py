"""The RSGI entrance: what is not on the shelf gets an honest page, and nothing is opened by mistake."""

import asyncio
from collections.abc import Iterable

import pytest

from newsstand.kiosk.alone import AWAY_PAGE, LoneKiosk
from newsstand.kiosk.app import Kiosk
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.passes import seal_pass
from tests.kiosk.site import NOW, PAID_TEXT, RING, SESSION, Site, pass_cookie, subscription
from tests.kiosk.test_app import Office


class Headers:
    """Headers as the server gives them: a value that is not ASCII is there and reads as None."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        self._pairs = list(pairs)

    def __contains__(self, name: object) -> bool:
        return any(known == name for known, _ in self._pairs)

    def get(self, name: str) -> str | None:
        return next((value for known, value in self.items() if known == name), None)

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self._pairs if value.isascii()]


class Scope:
    proto = "http"
    query_string = ""
    client = "127.0.0.1:50000"

    def __init__(
        self, path: str, *headers: tuple[str, str], method: str = "GET", http_version: str = "1.1"
    ) -> None:
        self.path = path
        self.method = method
        self.http_version = http_version
        self.headers = Headers(headers)


class Connection:
    """What was sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, dict[str, str], bytes]] = []

    def response_bytes(self, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> None:
        self.sent.append((status, dict(headers), body))


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: NOW + 0.9)


def ask(site: Site, scope: Scope, office: Office | None = None) -> tuple[int, dict[str, str], bytes]:
    connection = Connection()
    lone = LoneKiosk(Kiosk(site.house, (office or Office()).renew))
    asyncio.run(lone.__rsgi__(scope, connection))
    (sent,) = connection.sent
    return sent


def test_a_page_is_sent_whole(site: Site) -> None:
    status, headers, body = ask(site, Scope(site.print_story(1, Level.FREE)))
    assert status == 200
    assert headers["content-length"] == str(len(body))
    assert PAID_TEXT.encode() in body


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_what_is_missing_says_so_and_nobody_keeps_it(site: Site, method: str) -> None:
    status, headers, body = ask(site, Scope("/nowhere/", method=method))
    assert (status, body) == (503, AWAY_PAGE)
    assert headers["cache-control"] == "no-store"


def test_a_post_to_a_story_is_left_to_the_office(site: Site) -> None:
    assert ask(site, Scope(site.print_story(1, Level.FREE), method="POST"))[0] == 503


@pytest.mark.parametrize(
    "path", ["//harbour/story-1/", "/harbour/../harbour/story-1/", "/harbour/story-1/\0"]
)
def test_an_odd_path_is_no_page(site: Site, path: str) -> None:
    site.print_story(1, Level.FREE)
    assert ask(site, Scope(path))[0] == 503


def test_a_subscriber_beside_a_strange_cookie_meets_no_wall(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    cookie = pass_cookie(site.pass_of(subscription()))
    assert PAID_TEXT.encode() in ask(site, Scope(path, ("cookie", cookie)))[2]
    status, _, body = ask(site, Scope(path, ("cookie", f"name=caf\xe9; {cookie}")))
    assert (status, body) == (503, AWAY_PAGE)


def test_a_cookie_header_in_pieces_is_put_together(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    pieces = (("cookie", "a=b"), ("cookie", pass_cookie(site.pass_of(subscription()))))
    assert PAID_TEXT.encode() in ask(site, Scope(path, *pieces, http_version="2"))[2]


def test_a_renewed_pass_is_handed_out(site: Site) -> None:
    office = Office()
    office.token = seal_pass(site.pass_of(subscription()), RING)
    path = site.print_story(1, Level.SUBSCRIBERS)
    status, headers, body = ask(site, Scope(path, ("cookie", SESSION)), office)
    assert (status, PAID_TEXT.encode() in body) == (200, True)
    assert headers["set-cookie"].startswith(f"newsstand_pass={office.token}; ")


def test_an_office_that_is_down_leaves_the_wall(site: Site) -> None:
    office = Office()
    office.error = ConnectionRefusedError()
    path = site.print_story(1, Level.SUBSCRIBERS)
    status, _, body = ask(site, Scope(path, ("cookie", SESSION)), office)
    assert (status, PAID_TEXT.encode() in body) == (200, False)
