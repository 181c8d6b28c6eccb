"""Paths, conditional requests, codings, caching and headers."""

import gzip

import brotli
import pytest

from newsstand.kiosk.answer import Answer, Miss
from newsstand.kiosk.request import canonical_path
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.policy import Policy
from tests.kiosk.site import (
    NOW,
    POLICY,
    SESSION,
    Site,
    article_id,
    cookies_of,
    headers_of,
    pass_cookie,
    shows_paid_text,
    subscription,
)

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; "
    "frame-ancestors 'self'; form-action 'self'"
)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "get", ""])
def test_every_other_method_is_left_to_the_office(site: Site, method: str) -> None:
    path = site.print_story(1, Level.FREE)
    assert site.ask(path, method=method) == Miss(path)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"harbour/",
        b"//harbour/",
        b"/harbour//story-1/",
        b"/harbour/./story-1/",
        b"/harbour/../harbour/story-1/",
        b"/harbour/%2e/story-1/",
        b"/harbour/%2E%2E/story-1/",
        b"/harbour%2Fstory-1/",
        b"/harbour/story%2D1/",
        b"/harbour/story-1/%00",
        b"/harbour/story-1/\x00",
        b"/harbour/story-1./",
        b"/harbour/story-1/.",
        b"/harbour./story-1/",
        b"/harbour/story-1/%20",
        b"/harbour\\story-1/",
        b"/harbour/story-1/;a=b",
        b"/harbour/story-1/%",
        b"/harbour/story-1/%zz",
        b"/harbour/%252e/story-1/",
        b"/harbour/\xff/",
        b"/harbour/%ff/",
        b"/harbour/%c0%ae/",
        b"/harbour/%ed%a0%80/",
        b"http://127.0.0.1/harbour/story-1/",
        b"/harbour/story-1/?a=b",
    ],
)
def test_an_odd_path_is_none(raw: bytes) -> None:
    assert canonical_path(raw) == ""


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"/", "/"),
        (b"/harbour/story-1/", "/harbour/story-1/"),
        (b"/static/site.3f2a.css", "/static/site.3f2a.css"),
        (b"/caf%C3%A9/", "/café/"),
        (b"/caf%c3%a9/", "/café/"),
    ],
)
def test_a_canonical_path_is_decoded_once(raw: bytes, path: str) -> None:
    assert canonical_path(raw) == path


@pytest.mark.parametrize(
    "path", ["", "/harbour//story-1/", "/harbour/./story-1/", "/a%2e/", "/a\x00/", "/a./", "\ud800"]
)
def test_an_odd_path_opens_nothing_even_when_an_entry_lies_there(site: Site, path: str) -> None:
    if path.startswith("/"):
        site.print_page(path)
    assert site.ask(path) == Miss(path)


def test_an_unknown_query_changes_nothing(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    plain = site.get(path)
    for query in (b"utm_source=x", b"print=1&amp=1", b"%00", b"variant=full"):
        assert site.ask(path, query=query) == plain


def test_forwarded_headers_and_referrers_change_nothing(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS)
    plain = site.get(path)
    asked = site.get(
        path,
        referer="https://www.google.com/",
        x_forwarded_for="66.249.66.1",
        forwarded="for=66.249.66.1",
        x_original_url="/free/",
        x_http_method_override="POST",
    )
    assert asked == plain


class TestAge:
    def test_an_older_generation_is_a_miss(self, site: Site) -> None:
        story, page = site.print_story(1), site.print_page("/harbour/").path
        site.print_asset("/static/a.css", b"a{}" * 50)
        assert isinstance(site.ask(story), Answer)
        site.shelf.board.raise_generation()
        assert site.ask(story) == Miss(story)
        assert site.ask(page) == Miss(page)
        assert isinstance(site.ask("/static/a.css"), Answer)
        site.print_page("/harbour/")
        assert isinstance(site.ask(page), Answer)

    def test_what_is_no_longer_fresh_is_a_miss(self, site: Site) -> None:
        site.print_page("/harbour/", fresh_until=NOW + 60)
        site.now = NOW + 59
        assert isinstance(site.ask("/harbour/"), Answer)
        site.now = NOW + 60
        assert site.ask("/harbour/") == Miss("/harbour/")

    def test_what_is_dropped_or_replaced_is_seen_at_once(self, site: Site) -> None:
        path = site.print_story(1, Level.FREE)
        assert shows_paid_text(site.get(path))
        site.print_story(1, Level.SUBSCRIBERS)
        assert not shows_paid_text(site.get(path))
        site.shelf.entries.drop(path)
        assert site.ask(path) == Miss(path)

    def test_a_changed_policy_is_seen_at_once(self, site: Site) -> None:
        path = site.print_story(1)
        assert shows_paid_text(site.get(path))
        site.shelf.board.set_policy(Policy(zone=POLICY.zone, device_allowance=0))
        assert not isinstance(site.ask(path), Answer)
        path = site.print_story(1)
        assert not shows_paid_text(site.get(path))


class TestConditional:
    def test_the_etag_is_of_the_bytes_that_were_sent(self, site: Site) -> None:
        path = site.print_story(1, Level.FREE)
        etags = {c: headers_of(site.get(path, accept_encoding=c))["etag"] for c in ("br", "gzip", "identity")}
        assert len(set(etags.values())) == 3
        for coding, etag in etags.items():
            not_modified = site.get(path, accept_encoding=coding, if_none_match=etag)
            assert not_modified.status == 304
            assert not_modified.body == b""
            others = [other for other in etags if other != coding]
            assert all(site.get(path, accept_encoding=o, if_none_match=etag).status == 200 for o in others)

    @pytest.mark.parametrize("form", ["{}", "W/{}", '"a", {}', '"a",W/{} , "b"', "*", " * "])
    def test_weak_comparison_lists_and_the_star(self, site: Site, form: str) -> None:
        path = site.print_story(1, Level.FREE)
        etag = headers_of(site.get(path))["etag"]
        assert site.get(path, if_none_match=form.format(etag)).status == 304

    @pytest.mark.parametrize("value", ["", '"', '"a"', "W/", "\x00", '"a, b', "w/{}", "'{}'"])
    def test_anything_else_gets_the_page(self, site: Site, value: str) -> None:
        path = site.print_story(1, Level.FREE)
        etag = headers_of(site.get(path))["etag"]
        assert site.get(path, if_none_match=value.format(etag.strip('"'))).status == 200

    def test_a_304_has_what_a_cache_needs_and_no_more(self, site: Site) -> None:
        path = site.print_story(1, Level.FREE)
        page = headers_of(site.get(path, accept_encoding="br"))
        kept = headers_of(site.get(path, accept_encoding="br", if_none_match="*"))
        assert set(page) - set(kept) == {"content-type", "content-length", "content-encoding"}
        assert {name: page[name] for name in kept} == kept
        assert kept["vary"] == "Accept-Encoding, Cookie"

    def test_the_etag_of_the_full_text_does_not_open_it(self, site: Site) -> None:
        path = site.print_story(1, Level.SUBSCRIBERS)
        full = site.get(path, cookie=pass_cookie(site.pass_of(subscription())))
        wall = site.get(path, if_none_match=headers_of(full)["etag"])
        assert wall.status == 200
        assert not shows_paid_text(wall)

    def test_a_304_of_a_metered_story_is_counted_too(self, site: Site) -> None:
        path = site.print_story(1)
        answer = site.get(path, if_none_match="*")
        assert answer.status == 304
        assert "newsstand_visit" in cookies_of(answer)

    def test_a_page_that_is_no_200_is_always_sent(self, site: Site) -> None:
        site.print_page("/nothing-here/", status=404)
        answer = site.get("/nothing-here/", if_none_match="*")
        assert answer.status == 404
        assert answer.body != b""


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        (None, None),
        ("", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("x-gzip", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=1.0, br;q=0.9", "gzip"),
        ("gzip;q=0.5, br;q=0.5, identity;q=0.5", "br"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("br;q=0, gzip;q=0", None),
        ("br;q=0, *", "gzip"),
        ("*", "br"),
        ("*;q=0.1, identity;q=0.9", None),
        ("identity;q=0, gzip;q=0.1", "gzip"),
        ("deflate", None),
        ("br;q=nan", None),
        ("br;q=2", None),
        ("br;q=-1, gzip", "gzip"),
        ("br;q=", None),
        (";;;,,,=", None),
        ("br; Q=0.3 , gzip ;q=0.4", "gzip"),
        ("zstd," * 100 + "br", "br"),
    ],
)
def test_the_coding_that_the_client_likes_best(site: Site, header: str | None, coding: str | None) -> None:
    path = site.print_story(1, Level.FREE)
    answer = site.get(path) if header is None else site.get(path, accept_encoding=header)
    assert headers_of(answer).get("content-encoding") == coding
    assert int(headers_of(answer)["content-length"]) == len(answer.body)
    assert shows_paid_text(answer)


@pytest.mark.parametrize("header", ["identity;q=0", "*;q=0", "br;q=0, gzip;q=0, identity;q=0"])
def test_who_takes_no_coding_is_told_so(site: Site, header: str) -> None:
    answer = site.get(site.print_story(1), accept_encoding=header)
    assert answer.status == 406
    assert not shows_paid_text(answer)
    assert cookies_of(answer) == {}


def test_the_codings_hold_the_same_page(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    plain = site.get(path).body
    assert brotli.decompress(site.get(path, accept_encoding="br").body) == plain
    assert gzip.decompress(site.get(path, accept_encoding="gzip").body) == plain


class TestCaching:
    SHARED, OWN = "public, no-cache", "private, no-store"

    @pytest.mark.parametrize("level", [Level.FREE, Level.SUBSCRIBERS, Level.REGISTERED])
    def test_only_a_stranger_s_page_may_be_shared(self, site: Site, level: Level) -> None:
        path = site.print_story(1, level)
        assert headers_of(site.get(path))["cache-control"] == self.SHARED
        assert headers_of(site.get(path, cookie="theme=dark"))["cache-control"] == self.SHARED
        assert headers_of(site.get(path, authorization="Basic eA=="))["cache-control"] == self.OWN
        for cookie in (site.visit_cookie(), "newsstand_pass=x", "a=b; newsstand_visit=", "newsstand_gift=x"):
            assert headers_of(site.get(path, cookie=cookie))["cache-control"] == self.OWN

    def test_a_metered_story_is_never_shared_when_it_is_open(self, site: Site) -> None:
        answer = site.get(site.print_story(1))
        assert headers_of(answer)["cache-control"] == self.OWN

    def test_a_listing(self, site: Site) -> None:
        site.print_page("/harbour/")
        assert headers_of(site.get("/harbour/"))["cache-control"] == self.SHARED
        signed_in = site.get("/harbour/", cookie=pass_cookie(site.pass_of(subscription())))
        assert headers_of(signed_in)["cache-control"] == self.OWN
        assert b"full.in " in signed_in.body

    def test_an_asset_is_kept_for_ever(self, site: Site) -> None:
        site.print_asset("/static/a.css", b"a{color:red}" * 50)
        for cookie in ("", SESSION, pass_cookie(site.pass_of())):
            answer = site.get("/static/a.css", cookie=cookie, accept_encoding="br")
            assert headers_of(answer)["cache-control"] == "public, max-age=31536000, immutable"
            assert headers_of(answer)["vary"] == "Accept-Encoding"
            assert headers_of(answer)["content-encoding"] == "br"
            assert cookies_of(answer) == {}

    def test_the_same_variant_is_the_same_bytes(self, site: Site) -> None:
        path = site.print_story(1)
        one, other = site.get(path), site.get(path)
        assert one.body == other.body
        assert headers_of(one) == headers_of(other)
        assert cookies_of(one) != cookies_of(other)


def test_every_page_answer_carries_the_security_headers(site: Site) -> None:
    free, metered = site.print_story(1, Level.FREE), site.print_story(2)
    site.print_asset("/static/a.css", b"a{color:red}" * 50)
    site.shelf.board.set_redirect("/old/", free)
    answers = [
        site.get(free),
        site.get(free, if_none_match="*"),
        site.get(metered),
        site.get(metered, sec_purpose="prefetch"),
        site.get(metered, accept_encoding="*;q=0"),
        site.get("/static/a.css"),
        site.get("/old/"),
    ]
    assert [answer.status for answer in answers] == [200, 304, 200, 503, 406, 200, 301]
    for answer in answers:
        headers = headers_of(answer)
        assert headers["content-security-policy"] == CONTENT_POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "Accept-Encoding" in headers["vary"]


def test_a_moved_page_sends_readers_on(site: Site) -> None:
    site.shelf.board.set_redirect("/old/", "/café/?a/")
    answer = site.get("/old/")
    assert answer.status == 301
    assert answer.body == b""
    assert headers_of(answer)["location"] == "/caf%C3%A9/%3Fa/"
    assert headers_of(answer)["cache-control"] == "public, no-cache"
    assert headers_of(site.get("/old/", cookie=SESSION))["cache-control"] == "private, no-store"


def test_headers_of_the_entry_are_sent(site: Site) -> None:
    site.print_page("/harbour/", headers=(("Link", "</a.css>; rel=preload"),))
    assert headers_of(site.get("/harbour/"))["link"] == "</a.css>; rel=preload"
    assert headers_of(site.get("/harbour/", if_none_match="*"))["link"] == "</a.css>; rel=preload"


@pytest.mark.parametrize(
    "cookie",
    [
        ";",
        "=",
        "newsstand_visit",
        "newsstand_visit=\x00",
        "newsstand_pass=" + "A" * 9000,
        "a" * 9000,
        "newsstand_visit=é",
    ],
)
def test_malformed_cookies_change_nothing_for_the_worse(site: Site, cookie: str) -> None:
    site.print_story(1, Level.SUBSCRIBERS)
    assert not shows_paid_text(site.get("/harbour/story-1/", cookie=cookie))
    assert shows_paid_text(site.get(site.print_story(2), cookie=cookie))


def test_of_two_cookies_with_one_name_the_first_counts(site: Site) -> None:
    path = site.print_story(3)
    spent = site.visit_cookie(*(article_id(n) for n in range(10, 13)))
    assert not shows_paid_text(site.get(path, cookie=spent + "; newsstand_visit=x"))
