"""A kiosk without an office: what is not on the shelf gets an honest page, and nothing is opened by mistake."""

from collections.abc import Mapping

import pytest

from newsstand.kiosk.alone import Away
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.own_pages import away_page
from newsstand.kiosk.together import KioskFirst
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.passes import seal_pass
from tests.kiosk.site import NOW, PAID_TEXT, RING, SESSION, Site, pass_cookie, subscription
from tests.kiosk.test_app import Office, scope_of, send_to


@pytest.fixture(autouse=True)
def _stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: NOW + 0.9)


def ask(
    site: Site, path: str, *headers: tuple[str, str], method: str = "GET", office: Office | None = None
) -> tuple[int, Mapping[bytes, bytes], bytes]:
    lone = KioskFirst(Kiosk(site.house, (office or Office()).renew), behind=Away(site.house))
    start, body = send_to(lone, scope_of(path, method=method, headers=headers))
    return start["status"], dict(start["headers"]), body["body"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
def test_what_is_missing_says_so_and_nobody_keeps_it(site: Site, method: str) -> None:
    status, headers, body = ask(site, "/nowhere/", method=method)
    assert (status, body) == (503, away_page("en"))
    assert headers[b"cache-control"] == b"no-store"


def test_it_says_so_in_the_language_of_the_site(site: Site) -> None:
    site.shelf.board.set_locale("de_AT")
    body = ask(site, "/nowhere/")[2]
    assert body == away_page("de")
    assert b'lang="de"' in body
    assert "Diese Seite ist noch nicht fertig" in body.decode()


def test_a_head_of_what_is_missing_has_no_body(site: Site) -> None:
    assert ask(site, "/nowhere/", method="HEAD")[::2] == (503, b"")


def test_a_post_to_a_story_is_left_to_the_office(site: Site) -> None:
    assert ask(site, site.print_story(1, Level.FREE), method="POST")[0] == 503


@pytest.mark.parametrize(
    "path", ["//harbour/story-1/", "/harbour/../harbour/story-1/", "/harbour/story-1/\0"]
)
def test_an_odd_path_is_no_page(site: Site, path: str) -> None:
    site.print_story(1, Level.FREE)
    assert ask(site, path)[0] == 503


def test_a_subscriber_beside_a_strange_cookie_meets_no_wall(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    cookie = f"name=caf\xe9; {pass_cookie(site.pass_of(subscription()))}"
    assert PAID_TEXT.encode() in ask(site, path, ("cookie", cookie))[2]


def test_a_cookie_header_in_pieces_is_put_together(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    pieces = (("cookie", "a=b"), ("cookie", pass_cookie(site.pass_of(subscription()))))
    assert PAID_TEXT.encode() in ask(site, path, *pieces)[2]


def test_a_renewed_pass_is_handed_out(site: Site) -> None:
    office = Office()
    office.token = seal_pass(site.pass_of(subscription()), RING)
    path = site.print_story(1, Level.SUBSCRIBERS)
    status, headers, body = ask(site, path, ("cookie", SESSION), office=office)
    assert (status, PAID_TEXT.encode() in body) == (200, True)
    assert headers[b"set-cookie"].startswith(f"newsstand_pass={office.token}; ".encode())


def test_an_office_that_is_down_leaves_the_wall(site: Site) -> None:
    office = Office()
    office.error = ConnectionRefusedError()
    path = site.print_story(1, Level.SUBSCRIBERS)
    status, _, body = ask(site, path, ("cookie", SESSION), office=office)
    assert (status, PAID_TEXT.encode() in body) == (200, False)
