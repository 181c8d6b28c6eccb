"""The network brake: a network that brings too many new devices in a day is asked to register."""

from dataclasses import replace

import pytest

from newsstand.kiosk.house import House
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.networks import network_of, parse_address, parse_range
from newsstand.shelf.visits import MemoryVisitStore, network_window
from tests.kiosk.site import (
    NOW,
    POLICY,
    RING,
    Site,
    headers_of,
    make_site,
    pass_cookie,
    shows_paid_text,
    visit_of,
)

BRAKE = replace(POLICY, new_devices=3)
HERE, NEXT_DOOR, ELSEWHERE = "192.0.2.7", "192.0.2.200", "198.51.100.7"


@pytest.fixture
def site() -> Site:
    made = make_site()
    made.shelf.board.set_policy(BRAKE)
    return made


@pytest.fixture
def story(site: Site) -> str:
    return site.print_story(1)


def readers(site: Site, path: str, peer: str, number: int) -> list[bool]:
    return [shows_paid_text(site.get(path, peer=peer)) for _ in range(number)]


def test_so_many_new_devices_of_a_network_read_and_the_next_is_asked_to_register(
    site: Site, story: str
) -> None:
    assert readers(site, story, HERE, 2) == [True, True]
    assert readers(site, story, NEXT_DOOR, 3) == [True, False, False]
    assert readers(site, story, ELSEWHERE, 1) == [True]
    stopped = site.get(story, peer=HERE)
    assert b"by-subscribe+register.adds-6" in stopped.body
    assert headers_of(stopped)["cache-control"] == "private, no-store"
    assert visit_of(stopped) is None


def test_the_next_day_begins_anew(site: Site, story: str) -> None:
    assert readers(site, story, HERE, 4) == [True, True, True, False]
    site.now = NOW + 86_400
    assert readers(site, story, HERE, 1) == [True]


def test_who_was_here_before_and_who_signs_in_is_not_stopped(site: Site, story: str) -> None:
    readers(site, story, HERE, 4)
    other = site.print_story(2)
    assert shows_paid_text(site.get(other, peer=HERE, cookie=site.visit_cookie("e" * 32)))
    assert shows_paid_text(site.get(other, peer=HERE, cookie=pass_cookie(site.pass_of())))


def test_other_stories_and_walls_are_as_ever(site: Site, story: str) -> None:
    readers(site, story, HERE, 4)
    free, closed = site.print_story(3, Level.FREE), site.print_story(4, Level.SUBSCRIBERS)
    assert shows_paid_text(site.get(free, peer=HERE))
    assert headers_of(site.get(closed, peer=HERE))["cache-control"] == "public, no-cache"


def test_what_only_asks_is_not_counted(site: Site, story: str) -> None:
    for _ in range(5):
        site.get(story, method="HEAD", peer=HERE)
        site.get(story, peer=HERE, sec_purpose="prefetch")
        site.get(story, peer=HERE, user_agent="SomeBot/1.0")
    assert readers(site, story, HERE, 3) == [True, True, True]


def test_a_forwarded_address_counts_only_through_a_proxy_of_ours(site: Site, story: str) -> None:
    for number in range(3):
        assert shows_paid_text(site.get(story, peer=HERE, x_forwarded_for=f"203.0.{number}.1"))
    assert not shows_paid_text(site.get(story, peer=HERE, x_forwarded_for="203.0.9.1"))
    site.house = House(site.shelf, RING, secure=True, proxies=(parse_range("192.0.2.7"),))
    assert shows_paid_text(site.get(story, peer=HERE, x_forwarded_for="203.0.9.1"))


def test_without_a_number_nothing_is_kept_about_networks(site: Site, story: str) -> None:
    site.shelf.board.set_policy(POLICY)
    assert readers(site, story, HERE, 9) == [True] * 9
    assert site.shelf.visits.prune(()) == 0


def test_where_nobody_can_register_there_is_no_brake(site: Site, story: str) -> None:
    site.shelf.board.set_policy(replace(BRAKE, registering_open=False))
    assert readers(site, story, HERE, 9) == [True] * 9


def test_no_address_is_kept(site: Site, story: str) -> None:
    for site.now in (NOW, NOW + 86_400):
        readers(site, story, HERE, 1)
    assert isinstance(site.shelf.visits, MemoryVisitStore)
    kept = {identity: window for window, identity in site.shelf.visits._counted}
    assert set(kept.values()) == {network_window(NOW), network_window(NOW + 86_400)}
    assert len(kept) == 2  # the same network has another mark each day
    assert not any("192" in identity for identity in kept)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2345:6789::1", "2001:db8:1:2300::/56"),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    found = parse_address(address)
    assert found is not None
    assert network_of(found) == network
