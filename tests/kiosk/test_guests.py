"""Who is let in by another's right: gift links, and the networks of groups."""

from dataclasses import replace

import pytest

from newsstand.kiosk.answer import Answer
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.gifts import Gift, open_gift, open_seat, seal_gift, seal_seat
from newsstand.rules.gate.networks import Network, parse_range, proxy_range
from newsstand.rules.gate.passes import KeyRing
from tests.kiosk.site import (
    NOW,
    POLICY,
    RING,
    Site,
    article_id,
    cookies_of,
    headers_of,
    pass_cookie,
    shows_paid_text,
    subscription,
    visit_of,
)

GIFT_ID = "9" * 32
UNTIL = NOW + 1000


@pytest.fixture
def story(site: Site) -> str:
    return site.print_story(1, Level.SUBSCRIBERS)


def link(article: int = 1, *, until: int = UNTIL, gift: str = GIFT_ID, ring: KeyRing = RING) -> bytes:
    return b"gift=" + seal_gift(Gift(gift, article_id(article), until), ring).encode()


def follow(site: Site, path: str, query: bytes, **headers: str) -> Answer:
    answer = site.ask(path, query=query, **headers)
    assert isinstance(answer, Answer), answer
    return answer


def seat(site: Site, path: str, **headers: str) -> str:
    return "newsstand_gift=" + cookies_of(follow(site, path, link(), **headers))["newsstand_gift"]


def test_a_link_becomes_a_cookie_of_this_story_alone_and_opens_it(site: Site, story: str) -> None:
    answer = follow(site, story, link())
    assert (answer.status, headers_of(answer)["location"], answer.body) == (303, story, b"")
    cookie = next(value.decode() for name, value in answer.headers if name == b"set-cookie")
    assert f"; Path={story}; Max-Age=1000; HttpOnly; SameSite=Lax; Secure" in cookie
    opened = site.get(story, cookie=cookie.partition(";")[0])
    assert shows_paid_text(opened)
    for one in (answer, opened):
        assert headers_of(one)["cache-control"] == "private, no-store"
        assert headers_of(one)["referrer-policy"] == "no-referrer"
        assert headers_of(one)["x-robots-tag"] == "noindex"
    assert visit_of(opened) is None


def test_an_opened_gift_says_so_and_counts_nothing(site: Site) -> None:
    path = site.print_story(1)
    opened = site.get(path, cookie=seat(site, path))
    assert shows_paid_text(opened)
    assert "set-cookie" not in {name.decode() for name, _ in opened.headers}


@pytest.mark.parametrize(
    "query",
    [
        link(article=2),
        link(until=NOW),
        link(ring=KeyRing((b"the key of another site, 32 bytes and more",))),
        link()[:-1],
        link() + b"A",
        b"gift=",
        b"gift=%00",
        "gift=é".encode(),
        b"gift=" + seal_seat(Gift(GIFT_ID, article_id(1), UNTIL), RING).encode(),
        b"xgift=" + link()[5:],
    ],
)
def test_a_wrong_link_opens_nothing_and_is_not_shared(site: Site, story: str, query: bytes) -> None:
    answer = follow(site, story, query)
    assert answer.status == 200
    assert not shows_paid_text(answer)
    assert headers_of(answer)["cache-control"] == "private, no-store"
    assert shows_paid_text(site.get(story)) is False


@pytest.mark.parametrize(
    "cookie", ["newsstand_gift=", "newsstand_gift=x", "newsstand_gift=" + link().decode()[5:]]
)
def test_a_links_token_is_no_seat(site: Site, story: str, cookie: str) -> None:
    assert not shows_paid_text(site.get(story, cookie=cookie))


def test_a_seat_opens_no_other_story(site: Site, story: str) -> None:
    other = site.print_story(2, Level.SUBSCRIBERS)
    assert not shows_paid_text(site.get(other, cookie=seat(site, story)))


def test_a_revoked_gift_opens_nothing_with_a_seat_or_without(site: Site, story: str) -> None:
    taken = seat(site, story)
    site.shelf.board.revoke_gift(GIFT_ID, UNTIL, NOW)
    assert not shows_paid_text(site.get(story, cookie=taken))
    assert follow(site, story, link()).status == 200


def test_a_gift_ends_at_its_second(site: Site, story: str) -> None:
    taken = seat(site, story)
    site.now = UNTIL - 1
    assert shows_paid_text(site.get(story, cookie=taken))
    site.now = UNTIL
    assert not shows_paid_text(site.get(story, cookie=taken))
    assert follow(site, story, link()).status == 200


def test_a_gift_has_so_many_seats_and_no_more(site: Site, story: str) -> None:
    site.shelf.board.set_policy(replace(POLICY, gift_devices=2))
    statuses = [follow(site, story, link()).status for _ in range(4)]
    assert statuses == [303, 303, 200, 200]


def test_a_device_that_follows_its_link_twice_takes_one_seat(site: Site, story: str) -> None:
    site.shelf.board.set_policy(replace(POLICY, gift_devices=1))
    cookie = site.visit_cookie(article_id(7))
    assert [follow(site, story, link(), cookie=cookie).status for _ in range(2)] == [303, 303]
    assert follow(site, story, link()).status == 200


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"sec_purpose": "prefetch"}),
        ("GET", {"user_agent": "Somebot/1.0"}),
    ],
)
def test_who_does_not_come_to_read_takes_no_seat(
    site: Site, story: str, method: str, headers: dict[str, str]
) -> None:
    answer = site.ask(story, method=method, query=link(), **headers)
    assert isinstance(answer, Answer)
    assert answer.status == 200
    assert not shows_paid_text(answer)
    assert site.shelf.visits.read(f"gift:{GIFT_ID}", "gift") == frozenset()


def test_a_gift_does_not_bring_back_what_is_gone(site: Site) -> None:
    path = site.print_story(1, Level.SUBSCRIBERS, gone_from=NOW + 10)
    taken = seat(site, path)
    site.now = NOW + 10
    assert not isinstance(site.ask(path, cookie=taken), Answer)


def test_a_subscriber_with_a_gift_reads_by_their_own_right(site: Site, story: str) -> None:
    own = pass_cookie(site.pass_of(subscription()))
    assert shows_paid_text(site.get(story, cookie=f"{own}; {seat(site, story)}"))


def test_tokens_of_gifts_and_seats_are_not_the_same() -> None:
    gift = Gift(GIFT_ID, article_id(1), UNTIL)
    assert open_gift(seal_gift(gift, RING), RING, NOW) == gift == open_seat(seal_seat(gift, RING), RING, NOW)
    assert open_gift(seal_seat(gift, RING), RING, NOW) is None
    assert open_seat(seal_gift(gift, RING), RING, NOW) is None
    with pytest.raises(ValueError, match="hex"):
        seal_gift(Gift("A" * 32, article_id(1), UNTIL), RING)


# --- networks -----------------------------------------------------------------------------------------------------

LIBRARY = (Network("192.0.2.0/24", "product:news", UNTIL), Network("2001:db8::/48", "site"))


@pytest.fixture
def library(site: Site) -> Site:
    site.shelf.board.set_policy(replace(POLICY, network_access=True))
    site.shelf.board.set_networks(LIBRARY)
    return site


@pytest.mark.parametrize(
    ("peer", "is_in"),
    [
        ("192.0.2.7", True),
        ("192.0.3.7", False),
        ("2001:db8::9", True),
        ("2001:db9::9", False),
        ("::ffff:192.0.2.7", True),
        ("", False),
        ("unix", False),
    ],
)
def test_the_address_decides(library: Site, peer: str, is_in: bool) -> None:
    path = library.print_story(1, Level.SUBSCRIBERS)
    answer = library.get(path, peer=peer)
    assert shows_paid_text(answer) is is_in
    assert headers_of(answer)["cache-control"] == "private, no-store"


def test_nobody_outside_is_told_what_somebody_inside_was(library: Site) -> None:
    path = library.print_story(1, Level.SUBSCRIBERS)
    for peer, is_in in (("192.0.2.7", True), ("203.0.113.1", False)) * 2:
        assert shows_paid_text(library.get(path, peer=peer)) is is_in


def test_a_network_ends_at_its_second(library: Site) -> None:
    path = library.print_story(1, Level.SUBSCRIBERS)
    library.now = UNTIL - 1
    assert shows_paid_text(library.get(path, peer="192.0.2.7"))
    library.now = UNTIL
    assert not shows_paid_text(library.get(path, peer="192.0.2.7"))
    assert shows_paid_text(library.get(path, peer="2001:db8::9"))


def test_a_network_of_another_product_opens_nothing(library: Site) -> None:
    path = library.print_story(1, Level.SUBSCRIBERS, product="sport")
    assert not shows_paid_text(library.get(path, peer="192.0.2.7"))
    assert shows_paid_text(library.get(path, peer="2001:db8::9"))


def test_no_network_is_let_in_where_the_policy_lets_none_in(site: Site) -> None:
    site.shelf.board.set_networks(LIBRARY)
    path = site.print_story(1, Level.SUBSCRIBERS)
    assert not shows_paid_text(site.get(path, peer="192.0.2.7"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "is_in"),
    [
        ("203.0.113.9", "192.0.2.7", False),
        ("127.0.0.1", "192.0.2.7", True),
        ("127.0.0.1", "203.0.113.9", False),
        ("127.0.0.1", "192.0.2.7, 203.0.113.9", False),
        ("127.0.0.1", "203.0.113.9, 192.0.2.7", True),
        ("127.0.0.1", "192.0.2.7, 127.0.0.1", True),
        ("127.0.0.1", "192.0.2.7, unknown", False),
        ("127.0.0.1", "", False),
        ("192.0.2.7", "203.0.113.9", True),
    ],
)
def test_a_forwarded_address_counts_only_from_a_proxy_of_ours(
    library: Site, peer: str, forwarded: str, is_in: bool
) -> None:
    library.house.proxies = (proxy_range("127.0.0.1"),)
    path = library.print_story(1, Level.SUBSCRIBERS)
    assert shows_paid_text(library.get(path, peer=peer, x_forwarded_for=forwarded)) is is_in


def test_the_board_takes_no_bad_range(site: Site) -> None:
    with pytest.raises(ValueError, match="wider"):
        site.shelf.board.set_networks((Network("::/0", "site"),))
    assert site.shelf.board.read().networks == ()
    assert parse_range("10.0.0.0/8").prefixlen == 8
