"""What readers are given and what is withheld: wherever a wall stands, the text is absent."""

from dataclasses import replace

import pytest

from newsstand.kiosk.answer import Answer, House, Miss
from newsstand.rules.gate.facts import Level
from newsstand.shelf.board import MemoryBoardStore
from newsstand.shelf.visits import Count
from tests.kiosk.site import (
    NOW,
    OPENING_TEXT,
    READER_ID,
    RING,
    WINDOW,
    Site,
    article_id,
    cookies_of,
    headers_of,
    pass_cookie,
    shows_paid_text,
    subscription,
    text_of,
    visit_of,
)


def test_a_stranger_reads_a_free_story(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    answer = site.get(path)
    assert answer.status == 200
    assert shows_paid_text(answer)
    assert cookies_of(answer) == {}


@pytest.mark.parametrize("level", [Level.SUBSCRIBERS, Level.REGISTERED])
@pytest.mark.parametrize("coding", ["br", "gzip", "identity", ""])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_stranger_meets_the_wall_in_every_coding(
    site: Site, level: Level, coding: str, method: str
) -> None:
    path = site.print_story(1, level)
    answer = site.ask(path, method=method, accept_encoding=coding)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert not shows_paid_text(answer)
    assert (OPENING_TEXT in text_of(answer)) == (method == "GET")
    assert cookies_of(answer) == {}


def test_three_metered_stories_and_then_the_wall(site: Site) -> None:
    paths = [site.print_story(number) for number in range(5)]
    cookie = ""
    for left, path in zip((2, 1, 0), paths, strict=False):
        answer = site.get(path, cookie=cookie)
        assert shows_paid_text(answer)
        assert f"note-meter-{left}-3" in text_of(answer)
        cookie = "newsstand_visit=" + cookies_of(answer)["newsstand_visit"]
    for path in paths[3:]:
        wall = site.get(path, cookie=cookie)
        assert OPENING_TEXT in text_of(wall)
        assert not shows_paid_text(wall)
        assert cookies_of(wall) == {}
    again = site.get(paths[0], cookie=cookie)
    assert shows_paid_text(again)
    assert "note-meter-0-3" in text_of(again)
    assert cookies_of(again) == {}


def test_the_first_story_stands_in_the_cookie_alone(site: Site) -> None:
    one, two = site.print_story(1), site.print_story(2)
    first = visit_of(site.get(one))
    assert first is not None
    assert first.counted == (article_id(1),)
    assert site.shelf.visits.read("device:" + first.device, first.window) == frozenset()
    brought = site.get(two, cookie="newsstand_visit=" + cookies_of(site.get(one))["newsstand_visit"])
    second = visit_of(brought)
    assert second is not None
    assert second.counted == (article_id(1), article_id(2))
    assert site.shelf.visits.read("device:" + second.device, second.window) == set(second.counted)


def test_an_old_copy_of_the_cookie_opens_no_more(site: Site) -> None:
    paths = [site.print_story(number) for number in range(6)]
    old = site.visit_cookie(article_id(0))
    opened = [shows_paid_text(site.get(path, cookie=old)) for path in paths]
    assert opened == [True, True, True, False, False, False]


def test_a_forged_visit_is_a_new_device(site: Site) -> None:
    path = site.print_story(1)
    forged = site.visit_cookie(article_id(5))[:-2] + "zz"
    visit = visit_of(site.get(path, cookie=forged))
    assert visit is not None
    assert visit.counted == (article_id(1),)
    assert visit.device != "d" * 32


def test_a_cookie_of_last_month_keeps_the_device_and_counts_anew(site: Site) -> None:
    path = site.print_story(9)
    old = site.visit_cookie(*(article_id(n) for n in range(3)), window="2001-01")
    visit = visit_of(site.get(path, cookie=old))
    assert visit is not None
    assert visit.device == "d" * 32
    assert visit.counted == (article_id(9),)
    assert visit.window != "2001-01"
    assert site.shelf.visits.read("device:" + "d" * 32, visit.window) == {article_id(9)}


def test_the_visit_cookie_is_closed_to_scripts_and_ends_with_the_window(site: Site) -> None:
    answer = site.get(site.print_story(1))
    line = next(value.decode() for name, value in answer.headers if name == b"set-cookie")
    assert line.endswith("; HttpOnly; SameSite=Lax; Secure")
    assert "; Path=/; " in line
    assert 0 < int(line.partition("Max-Age=")[2].partition(";")[0]) <= 31 * 86400


class TestParallelRequests:
    """Between the reading of the meter and the counting, others may have counted."""

    def _others_count_first(self, site: Site, monkeypatch: pytest.MonkeyPatch, others: list[str]) -> None:
        real = site.shelf.visits.count

        def late(identity: str, window: str, article: str, allowance: int, known: object = ()) -> Count:
            for other in others:
                real(identity, window, other, allowance)
            return real(identity, window, article, allowance, known)

        monkeypatch.setattr(site.shelf.visits, "count", late)

    def test_when_the_allowance_is_reached_meanwhile_the_wall_stands(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = site.print_story(9)
        self._others_count_first(site, monkeypatch, [article_id(1), article_id(2)])
        answer = site.get(path, cookie=site.visit_cookie(article_id(0)))
        assert not shows_paid_text(answer)
        assert OPENING_TEXT in text_of(answer)
        assert cookies_of(answer) == {}

    def test_when_another_was_counted_meanwhile_the_note_says_what_is_left(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = site.print_story(9)
        self._others_count_first(site, monkeypatch, [article_id(1)])
        answer = site.get(path, cookie=site.visit_cookie(article_id(0)))
        assert shows_paid_text(answer)
        assert "note-meter-0-3" in text_of(answer)


def test_a_reader_has_a_meter_of_their_own(site: Site) -> None:
    paths = [site.print_story(number) for number in range(7)]
    cookie = pass_cookie(site.pass_of()) + "; " + site.visit_cookie(article_id(90), article_id(91))
    answers = [site.get(path, cookie=cookie) for path in paths]
    assert [shows_paid_text(answer) for answer in answers] == [True] * 6 + [False]
    assert all(cookies_of(answer) == {} for answer in answers)
    assert len(site.shelf.visits.read("reader:" + READER_ID, WINDOW)) == 6
    assert site.shelf.visits.read("device:" + "d" * 32, WINDOW) == frozenset()


def test_a_subscriber_reads_without_ads_and_without_being_counted(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    answer = site.get(path, cookie=pass_cookie(site.pass_of(subscription())))
    assert shows_paid_text(answer)
    assert ".ads" not in text_of(answer)
    assert cookies_of(answer) == {}


def test_a_forged_pass_opens_nothing(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    token = pass_cookie(site.pass_of(subscription()))
    for forged in (token[:-3] + "abc", "newsstand_pass=", "newsstand_pass=%00", token + token[-4:]):
        assert not shows_paid_text(site.get(path, cookie=forged))


def test_a_grant_that_is_over_opens_nothing(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    cookie = pass_cookie(site.pass_of(subscription(until=NOW + 60)))
    assert shows_paid_text(site.get(path, cookie=cookie))
    site.now += 60
    assert not shows_paid_text(site.get(path, cookie=cookie))


@pytest.mark.parametrize(
    "facts",
    [{"gone_from": NOW}, {"embargo_until": NOW + 1}, {"published_at": NOW + 1}, {"published_at": None}],
)
def test_what_is_gone_or_not_yet_there_is_left_to_the_office(
    site: Site, facts: dict[str, int | None]
) -> None:
    path = site.print_story(1, Level.FREE, **facts)
    assert site.ask(path, cookie=pass_cookie(site.pass_of(subscription()))) == Miss(path)


def test_an_embargo_ends_by_itself(site: Site) -> None:
    path = site.print_story(1, Level.FREE, embargo_until=NOW + 60)
    assert site.ask(path) == Miss(path)
    site.now += 60
    assert shows_paid_text(site.get(path))


class TestWhatIsNotCountedIsNotOpened:
    def test_a_prefetch_of_a_metered_story_is_refused(self, site: Site) -> None:
        path = site.print_story(1)
        answer = site.get(path, sec_purpose="prefetch;prerender")
        assert answer.status == 503
        assert headers_of(answer)["cache-control"] == "no-store"
        assert not shows_paid_text(answer)
        assert OPENING_TEXT not in text_of(answer)
        assert cookies_of(answer) == {}

    def test_a_prefetch_of_what_is_open_anyway_is_answered(self, site: Site) -> None:
        assert shows_paid_text(site.get(site.print_story(1, Level.FREE), sec_purpose="prefetch"))
        counted = site.print_story(2)
        assert shows_paid_text(
            site.get(counted, sec_purpose="prefetch", cookie=site.visit_cookie(article_id(2)))
        )

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
            "ChatGPT-User/1.0",
            "facebookexternalhit/1.1",
        ],
    )
    def test_who_declares_to_be_a_crawler_gets_the_opening(self, site: Site, agent: str) -> None:
        answer = site.get(site.print_story(1), user_agent=agent)
        assert OPENING_TEXT in text_of(answer)
        assert not shows_paid_text(answer)
        assert cookies_of(answer) == {}
        assert headers_of(answer)["cache-control"] == "private, no-store"

    @pytest.mark.parametrize(
        "agent",
        [
            "Mozilla/5.0 (Linux; Android 13; CUBOT P80) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
            "curl/8.5.0",
            "",
        ],
    )
    def test_everyone_else_is_a_reader(self, site: Site, agent: str) -> None:
        assert shows_paid_text(site.get(site.print_story(1), user_agent=agent))

    def test_a_head_counts_nothing_and_has_the_opening_s_headers(self, site: Site) -> None:
        path = site.print_story(1)
        head = site.ask(path, method="HEAD", accept_encoding="br")
        assert isinstance(head, Answer)
        crawler = site.get(path, accept_encoding="br", user_agent="somebot/1")
        assert head.body == b""
        assert head.headers == crawler.headers
        assert int(headers_of(head)["content-length"]) == len(crawler.body)

    @pytest.mark.parametrize("level", [Level.FREE, Level.SUBSCRIBERS])
    def test_a_head_of_the_rest_has_the_headers_of_its_get(self, site: Site, level: Level) -> None:
        path = site.print_story(1, level)
        head = site.ask(path, method="HEAD")
        assert isinstance(head, Answer)
        assert head.headers == site.get(path).headers
        assert head.body == b""


class TestFailsClosed:
    def test_a_missing_variant_is_a_miss_before_anything_is_counted(self, site: Site) -> None:
        path = site.print_story(1, only=("full.ads.in",))
        cookie = site.visit_cookie(article_id(0))
        result = site.ask(path, cookie=cookie)
        assert result == Miss(path, "full.ads.note-meter-1-3")
        assert site.shelf.visits.read("device:" + "d" * 32, WINDOW) == frozenset()

    def test_a_broken_body_is_a_miss_before_anything_is_counted(
        self, site: Site, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = site.print_story(1)
        monkeypatch.setattr(site.shelf.entries, "body", lambda *_: None)
        result = site.ask(path, cookie=site.visit_cookie(article_id(0)))
        assert result == Miss(path, "full.ads.note-meter-1-3")
        assert site.shelf.visits.read("device:" + "d" * 32, WINDOW) == frozenset()

    def test_the_wall_is_never_replaced_by_what_is_there(self, site: Site) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS, only=("full.in.talk",))
        assert isinstance(site.ask(path), Miss)

    def test_without_a_policy_everything_is_a_miss(self, site: Site) -> None:
        path = site.print_story(1, Level.FREE)
        site.print_asset("/static/a.css", b"a{}" * 50)
        board = MemoryBoardStore()
        board.set_redirect("/old/", "/new/")
        shelf = replace(site.shelf, board=board)
        bare = Site(shelf, House(shelf, RING, secure=True))
        for asked in (path, "/static/a.css", "/old/"):
            assert isinstance(site.ask(asked), Answer) == (asked != "/old/")
            assert bare.ask(asked) == Miss(asked)


def test_what_was_read_is_tallied_and_a_head_is_not(site: Site) -> None:
    path = site.print_story(1)
    site.get(path, sec_fetch_site="same-origin")
    site.ask(path, method="HEAD")
    assert site.shelf.tally.drain() == {(article_id(1), "full.ads.note-meter-2-3", "meter", "inside"): 1}
