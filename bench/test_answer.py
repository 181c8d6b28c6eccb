"""Microseconds of answer() for each kind of request: where a slow-down lies, without a server.

`make bench-answer` prints a table. Before each round the shelf is looked at once, as a kiosk does every 20
milliseconds; a round of `later` counts each device's reading for the first time.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from bench import site
from newsstand.kiosk.answer import Answer, House, Request, answer
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf import open_shelf

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
ARCHIVE = 6000
ROUNDS = 4000


@dataclass
class Desk:
    """A house with a full shelf, a reader's pass, and cookies of devices that are used once each."""

    house: House
    reader: str
    devices: Iterator[str]
    archive: Iterator[int]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    directory = tmp_path_factory.mktemp("answer")
    shelf = open_shelf(directory / "shelf")
    site.lay_stories(shelf)
    site.lay_archive(shelf, ARCHIVE)
    house = House(shelf, KeyRing((b"a key of the bench, and of no site",)), secure=True)
    now = int(time.time())
    devices = directory / "cookies"
    site.write_visit_cookies(devices, 2 * ROUNDS, house.ring, now)
    yield Desk(house, site.subscriber_cookie(house.ring, now), _lines(devices), count())
    shelf.close()


def _lines(file: Path) -> Iterator[str]:
    return iter(file.read_text().splitlines())


def measure(benchmark: BenchmarkFixture, desk: Desk, path: str, **headers: str) -> None:
    """One request after another, each made anew by who calls this, or always the same one."""
    asked = {"accept-encoding": "gzip", "user-agent": AGENT, **headers}
    seen, now = desk.house.look(), int(time.time())

    def next_one() -> tuple[tuple[Request], dict[str, object]]:
        each = {"cookie": next(desk.devices)} if asked.get("cookie") == "a device's" else {}
        where = f"/archive/{next(desk.archive) % ARCHIVE}/" if path == "archive" else path
        return (Request("GET", where, b"", {**asked, **each}),), {}

    def ask(request: Request) -> object:
        return answer(request, desk.house, now, None, seen)

    result = benchmark.pedantic(ask, setup=next_one, rounds=ROUNDS, warmup_rounds=20)
    assert isinstance(result, Answer)


def test_a_subscriber_full_text(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("metered"), cookie=desk.reader)


def test_nobody_the_wall(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("paid"))


def test_nobody_a_first_metered_story(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("metered"))


def test_a_device_a_later_metered_story(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("metered"), cookie="a device's")


def test_nobody_a_free_story(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("free"))


def test_nobody_a_free_story_that_is_known_already(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, site.path_of("free"), **{"if-none-match": "*"})


def test_a_subscriber_a_story_that_is_not_kept_in_memory(benchmark: BenchmarkFixture, desk: Desk) -> None:
    measure(benchmark, desk, "archive", cookie=desk.reader)
