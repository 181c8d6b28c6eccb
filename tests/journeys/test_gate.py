"""The gate over HTTP, on two web workers: counting at one moment, giving a story away, and why."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
import requests

from tests.journeys.reader import Reader
from tests.journeys.site import Site
from tests.journeys.stories import Story, shown, with_level

pytestmark = pytest.mark.journey
AT_ONCE = 64


def opened_at_once(site: Site, cookies: list[dict[str, str]], stories: list[Story]) -> set[str]:
    """The stories that so many requests at one moment opened, spread over the devices and the stories."""
    barrier = Barrier(AT_ONCE)

    def ask(number: int) -> tuple[str, bool]:
        story, sent = stories[number % len(stories)], cookies[number % len(cookies)]
        barrier.wait(300)
        response = requests.get(site.url + story.path, cookies=sent, timeout=300)
        assert response.status_code == 200
        return story.path, shown(story, page_text(response.text))[1] > 0

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return {path for path, is_open in threads.map(ask, range(AT_ONCE)) if is_open}


def page_text(html: str) -> str:
    from bs4 import BeautifulSoup

    return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)


def test_64_requests_for_the_last_free_story_of_a_device_open_one(site: Site) -> None:
    stories = with_level("metered")
    for _ in range(10):
        device = Reader(site)
        for story in stories[:2]:
            assert shown(story, device.get(story.path).text)[1]
        cookies = [device.session.cookies.get_dict()]
        assert len(opened_at_once(site, cookies, stories[2:])) == 1


def test_64_requests_of_one_reader_on_two_devices_open_one(site: Site) -> None:
    stories = with_level("metered")
    devices = [Reader(site).sign_in("two.devices@example.org") for _ in range(2)]
    for story in stories[:5]:
        assert shown(story, devices[0].get(story.path).text)[1]
    assert "5 of 6" not in devices[1].get(stories[0].path).text
    cookies = [device.session.cookies.get_dict() for device in devices]
    assert len(opened_at_once(site, cookies, stories[5:])) == 1


def test_a_story_is_given_away_read_and_taken_back(site: Site) -> None:
    given, other = with_level("subscribers")[:2]
    giver = Reader(site).sign_in("wilma.drost@reader.example")
    giver.get(given.path).follow("Give this story to somebody").send("Make a link")
    field = giver.page.select_one("#gift-link")
    assert field is not None
    link = str(field["value"])
    friend = Reader(site).get(link)
    assert friend.response.url == site.url + given.path
    assert shown(given, friend.text) == (len(given.opening), len(given.below))
    assert "A subscriber gave you this story." in friend.text
    assert friend.response.headers["X-Robots-Tag"] == "noindex"
    assert friend.response.headers["Cache-Control"] == "private, no-store"
    assert shown(other, friend.get(other.path).text)[1] == 0
    assert shown(given, Reader(site).get(given.path).text)[1] == 0
    told = site.command("explain", given.path, "--gift", link)
    assert "gift: valid for this story" in told.stdout
    giver.get("/account/").send("Take it back")
    assert shown(given, friend.get(given.path).text)[1] == 0
    assert shown(given, Reader(site).get(link).text)[1] == 0


def test_the_command_line_says_why_and_what_the_archive_resolves_to(site: Site) -> None:
    story = with_level("subscribers")[0]
    told = site.command("explain", site.url + story.path, "--from-network", "192.0.2.7")
    assert told.returncode == 0, told.stderr
    assert "level: subscribers, by the story's own level" in told.stdout
    assert "network: 192.0.2.7 is in no group's network" in told.stdout
    assert "a wall, subscribers only" in told.stdout
    report = site.command("access", "report").stdout.splitlines()
    assert any(line.startswith(f"{story.path}  subscribers (the story's own level)") for line in report)
    table = site.command("access", "report", "--csv").stdout.splitlines()
    assert len(table) == len(report) + 1
    assert table[0].startswith("address,level,given by")
