"""A change shows on every web worker within a second after its commit, without any restart."""

import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from tests.journeys.site import Site, running
from tests.journeys.stories import plain, with_level

pytestmark = pytest.mark.journey

LIMIT = 1.0  # seconds between the commit and the last question that was answered by the old page
PATIENCE = 300.0
ROOT = Path(__file__).parents[2]
CODE = (
    "import django; django.setup(); from newsstand.wiring.connect import connect; connect(); "
    "from tests.journeys.changing import main; main()"
)


class Changer:
    """The process that makes the changes."""

    def __init__(self, site: Site) -> None:
        environment = site.environment | {"DJANGO_SETTINGS_MODULE": "newsstand.wiring.settings"}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE], env=environment, text=True, cwd=ROOT, **pipes
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    def make(self, name: str, path: str = "/") -> tuple[float, str]:
        """The moment of its commit, and what it said."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name} {path}\n")
        self._process.stdin.flush()
        moment, said = self._process.stdout.readline().split()
        return float(moment), said

    def close(self) -> None:
        self._process.communicate()
        assert self._process.returncode == 0


@pytest.fixture(scope="module")
def changing_site(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, since its rules and its menu are changed."""
    with running(made_demo, tmp_path_factory.mktemp("changing"), web_workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def changer(changing_site: Site) -> Iterator[Changer]:
    made = Changer(changing_site)
    yield made
    made.close()


@pytest.fixture(scope="module")
def lines(changing_site: Site) -> Iterator[list[HTTPConnection]]:
    """A connection to each of the web workers."""
    port = urlsplit(changing_site.url).port
    assert port is not None
    workers = [
        one
        for one in psutil.process_iter(["cmdline"])
        if "newsstand.wiring.web_worker" in (words := one.info["cmdline"] or []) and str(port) in words
    ]
    assert len(workers) == 2
    found: dict[int, HTTPConnection] = {}
    limit = time.monotonic() + PATIENCE
    while len(found) < len(workers):
        assert time.monotonic() < limit
        line = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        line.request("GET", "/robots.txt")
        line.getresponse().read()
        ours = line.sock.getsockname()[1]
        for worker in workers:
            if any(one.raddr and one.raddr.port == ours for one in worker.net_connections()):
                found.setdefault(worker.pid, line)
        if line not in found.values():
            line.close()
    yield list(found.values())
    for line in found.values():
        line.close()


def ask(line: HTTPConnection, path: str, cookie: str = "") -> str:
    line.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = line.getresponse()
    return f"{answer.status} {plain(answer.read().decode())}"


def seconds_until(
    lines: list[HTTPConnection], committed_at: float, path: str, words: str, *, shows: bool, cookie: str = ""
) -> float:
    """After how many seconds the last question was asked that was answered by the old page."""
    last_old, answered_new = committed_at, set[int]()
    while len(answered_new) < len(lines):
        for number, line in enumerate(lines):
            asked_at = time.monotonic()
            if (words in ask(line, path, cookie)) is shows:
                answered_new.add(number)
            else:
                last_old = asked_at
                answered_new.discard(number)
        assert time.monotonic() < committed_at + PATIENCE
    return last_old - committed_at


METERED = [story.path for story in with_level("metered")[:4]]
BELOW = {story.path: plain(story.below[0]) for story in with_level("metered")}
WALLED = with_level("subscribers")[0].path
CHANGES = [
    ("correct", METERED[0], METERED[0], f"Put right at {METERED[0]}", True),
    ("correct", METERED[1], "/", f"Put right at {METERED[1]}", True),
    ("level", METERED[1], METERED[1], BELOW[METERED[1]], False),
    ("take_down", METERED[2], METERED[2], "404 ", True),
    ("offer", "/", WALLED, "A mug from the harbour shop", True),
    ("menu", "/", "/", "Renamed in a hurry", True),
    ("ad", "/", "/", "Our fair", True),
    ("rule", "/", METERED[3], BELOW[METERED[3]], False),
]


def test_each_change_shows_on_every_worker_within_a_second(
    changing_site: Site, changer: Changer, lines: list[HTTPConnection]
) -> None:
    """One after the other, since each begins where the others have left the site."""
    took = {}
    for name, changed, path, words, shows in CHANGES:
        for line in lines:
            assert (words in ask(line, path)) is not shows, name
        committed_at, _said = changer.make(name, changed)
        took[f"{name} {path}"] = seconds_until(lines, committed_at, path, words, shows=shows)
    print(took)
    assert max(took.values()) <= LIMIT, took


def test_a_closed_pass_opens_nothing_on_any_worker_within_a_second(
    changing_site: Site, changer: Changer, lines: list[HTTPConnection]
) -> None:
    story = with_level("subscribers")[1]
    _moment, carried = changer.make("carry")
    cookie, words = f"newsstand_pass={carried}", plain(story.below[0])
    for line in lines:
        assert words in ask(line, story.path, cookie)
    committed_at, _said = changer.make("closed_pass")
    took = seconds_until(lines, committed_at, story.path, words, shows=False, cookie=cookie)
    print(took)
    assert took <= LIMIT
