"""The pass: when it holds, when it must be renewed, and what happens when that fails."""

import pytest

from newsstand.kiosk.answer import Answer, Renew, Renewal
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.passes import RENEW_AFTER, VALID_FOR, seal_pass
from tests.kiosk.site import (
    READER_ID,
    RING,
    SESSION,
    Site,
    cookies_of,
    headers_of,
    pass_cookie,
    renewed_pass_of,
    shows_paid_text,
    subscription,
    text_of,
)

FAILED, SIGNED_OUT = Renewal("failed"), Renewal("signed_out")


@pytest.fixture
def path(site: Site) -> str:
    return site.print_story(1, Level.SUBSCRIBERS)


def with_session(site: Site, age: int, *, subscribed: bool = True) -> str:
    grants = (subscription(),) if subscribed else ()
    return pass_cookie(site.pass_of(*grants, age=age)) + "; " + SESSION


def renewed(site: Site, *, subscribed: bool = True) -> Renewal:
    grants = (subscription(),) if subscribed else ()
    return Renewal("renewed", seal_pass(site.pass_of(*grants), RING))


class TestWhenItIsRenewed:
    def test_a_young_pass_stands(self, site: Site, path: str) -> None:
        answer = site.get(path, cookie=with_session(site, RENEW_AFTER - 1))
        assert shows_paid_text(answer)
        assert cookies_of(answer) == {}

    def test_after_ten_minutes(self, site: Site, path: str) -> None:
        assert site.ask(path, cookie=with_session(site, RENEW_AFTER)) == Renew()

    def test_a_listing_renews_too_and_an_asset_never(self, site: Site) -> None:
        site.print_page("/harbour/")
        site.print_asset("/static/a.css", b"a{}" * 50)
        cookie = with_session(site, RENEW_AFTER)
        assert site.ask("/harbour/", cookie=cookie) == Renew()
        assert isinstance(site.ask("/static/a.css", cookie=cookie), Answer)

    @pytest.mark.parametrize("token", ["", "newsstand_pass=forged; "])
    def test_when_it_is_missing_but_a_session_is_there(self, site: Site, path: str, token: str) -> None:
        assert site.ask(path, cookie=token + SESSION) == Renew()

    def test_when_it_is_over_but_a_session_is_there(self, site: Site, path: str) -> None:
        assert site.ask(path, cookie=with_session(site, VALID_FOR)) == Renew()

    def test_never_without_a_session(self, site: Site, path: str) -> None:
        answer = site.get(path, cookie=pass_cookie(site.pass_of(subscription(), age=VALID_FOR - 1)))
        assert shows_paid_text(answer)
        over = site.get(path, cookie=pass_cookie(site.pass_of(subscription(), age=VALID_FOR)))
        assert not shows_paid_text(over)

    def test_never_for_what_is_not_on_the_shelf(self, site: Site) -> None:
        assert not isinstance(site.ask("/nowhere/", cookie=SESSION), Renew)


class TestNoWallOnAnOldPass:
    """Who has just paid must never meet a wall."""

    def test_once_before_a_wall(self, site: Site, path: str) -> None:
        cookie = with_session(site, 6, subscribed=False)
        assert site.ask(path, cookie=cookie) == Renew()
        paid = site.ask(path, cookie=cookie, renewal=renewed(site))
        assert isinstance(paid, Answer)
        assert shows_paid_text(paid)

    def test_and_not_twice(self, site: Site, path: str) -> None:
        cookie = with_session(site, 6, subscribed=False)
        for renewal in (renewed(site, subscribed=False), FAILED, SIGNED_OUT):
            wall = site.ask(path, cookie=cookie, renewal=renewal)
            assert isinstance(wall, Answer)
            assert not shows_paid_text(wall)

    def test_not_on_a_pass_of_five_seconds(self, site: Site, path: str) -> None:
        wall = site.get(path, cookie=with_session(site, 5, subscribed=False))
        assert not shows_paid_text(wall)

    def test_not_for_what_is_open(self, site: Site) -> None:
        free = site.print_story(2, Level.FREE)
        assert shows_paid_text(site.get(free, cookie=with_session(site, 60, subscribed=False)))


class TestHowItEnds:
    def test_the_new_pass_is_handed_out(self, site: Site, path: str) -> None:
        answer = site.ask(path, cookie=SESSION, renewal=renewed(site))
        assert isinstance(answer, Answer)
        assert shows_paid_text(answer)
        fresh = renewed_pass_of(answer)
        assert fresh is not None
        assert fresh.issued_at == site.now
        line = next(value.decode() for name, value in answer.headers if name == b"set-cookie")
        assert line.endswith(f"; Path=/; Max-Age={VALID_FOR}; HttpOnly; SameSite=Lax; Secure")
        assert headers_of(answer)["cache-control"] == "private, no-store"

    def test_when_it_fails_the_old_pass_stands_until_it_is_over(self, site: Site, path: str) -> None:
        for age, opened in ((RENEW_AFTER, True), (VALID_FOR - 1, True), (VALID_FOR, False)):
            answer = site.ask(path, cookie=with_session(site, age), renewal=FAILED)
            assert isinstance(answer, Answer)
            assert shows_paid_text(answer) == opened
            assert cookies_of(answer) == {}

    def test_when_signed_out_the_pass_is_taken_away(self, site: Site, path: str) -> None:
        answer = site.ask(path, cookie=with_session(site, RENEW_AFTER), renewal=SIGNED_OUT)
        assert isinstance(answer, Answer)
        assert not shows_paid_text(answer)
        assert cookies_of(answer) == {"newsstand_pass": ""}
        assert "Max-Age=0" in text_of(answer)

    def test_who_had_no_pass_gets_no_cookie_when_signed_out(self, site: Site, path: str) -> None:
        answer = site.ask(path, cookie=SESSION, renewal=SIGNED_OUT)
        assert isinstance(answer, Answer)
        assert cookies_of(answer) == {}

    def test_a_renewal_that_gives_no_pass_of_ours_is_a_failed_one(self, site: Site, path: str) -> None:
        answer = site.ask(path, cookie=with_session(site, RENEW_AFTER), renewal=Renewal("renewed", "junk"))
        assert isinstance(answer, Answer)
        assert shows_paid_text(answer)
        assert cookies_of(answer) == {}


class TestClosedByTheBoard:
    @pytest.fixture(params=["reader", "session"])
    def closed(self, request: pytest.FixtureRequest, site: Site) -> None:
        board = site.shelf.board
        if request.param == "reader":
            board.close_reader(READER_ID, site.now - 10, site.now)
        else:
            board.close_session("5" * 16, site.now - 10, site.now)

    @pytest.mark.usefixtures("closed")
    def test_it_is_as_if_absent(self, site: Site, path: str) -> None:
        assert not shows_paid_text(site.get(path, cookie=pass_cookie(site.pass_of(subscription(), age=10))))
        assert shows_paid_text(site.get(path, cookie=pass_cookie(site.pass_of(subscription(), age=9))))

    @pytest.mark.usefixtures("closed")
    def test_but_a_session_may_renew_it(self, site: Site, path: str) -> None:
        cookie = with_session(site, 10)
        assert site.ask(path, cookie=cookie) == Renew()
        answer = site.ask(path, cookie=cookie, renewal=renewed(site))
        assert isinstance(answer, Answer)
        assert shows_paid_text(answer)

    @pytest.mark.usefixtures("closed")
    def test_and_no_failure_opens_it_again(self, site: Site, path: str) -> None:
        answer = site.ask(path, cookie=with_session(site, 10), renewal=FAILED)
        assert isinstance(answer, Answer)
        assert not shows_paid_text(answer)

    def test_a_new_pass_is_closed_too_if_the_mark_says_so(self, site: Site, path: str) -> None:
        site.shelf.board.close_reader(READER_ID, site.now, site.now)
        answer = site.ask(path, cookie=SESSION, renewal=renewed(site))
        assert isinstance(answer, Answer)
        assert not shows_paid_text(answer)
