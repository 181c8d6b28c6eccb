"""Two web workers over one shelf: no article too many, and every change of time in the same second on both."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from newsstand.kiosk.answer import House
from newsstand.rules.gate.facts import Level, ReaderFacts, Step
from newsstand.rules.gate.passes import pass_for
from newsstand.rules.gate.policy import OpenHouse
from newsstand.shelf import open_shelf
from tests.kiosk.site import NOW, POLICY, RING, WINDOW, Site, article_id, pass_cookie

ROOT = Path(__file__).parents[2]
STORIES = 64
ROUNDS = 10
DAY = 86_400


class Workers:
    """Two processes that are asked at the same moment."""

    def __init__(self, directory: Path) -> None:
        words = [sys.executable, "-m", "tests.kiosk.worker", str(directory)]
        self._processes = [
            subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
            for _ in range(2)
        ]

    def ask(self, *questions: dict[str, object]) -> list[list[tuple[int, bool]]]:
        """One question for each worker, both asked before either is heard."""
        for process, question in zip(self._processes, questions, strict=True):
            assert process.stdin is not None
            process.stdin.write(json.dumps(question) + "\n")
            process.stdin.flush()
        return [json.loads(process.stdout.readline()) for process in self._processes if process.stdout]

    def close(self) -> None:
        for process in self._processes:
            process.communicate()
            assert process.returncode == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on disk with so many metered stories."""
    shelf = open_shelf(tmp_path_factory.mktemp("two") / "shelf")
    shelf.board.set_policy(POLICY)
    made = Site(shelf, House(shelf, RING, secure=True))
    for number in range(STORIES):
        made.print_story(number)
    yield made
    shelf.close()


@pytest.fixture(scope="module")
def workers(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    directory = next(path for path in tmp_path_factory.getbasetemp().glob("two*/shelf"))
    made = Workers(directory)
    yield made
    made.close()


def path(number: int) -> str:
    return f"/harbour/story-{number}/"


def opened(site: Site, workers: Workers, cookies: tuple[str, str], paths: list[str]) -> set[str]:
    """What 64 requests at once opened, half of them with each cookie at each worker."""
    halves = (paths[::2], paths[1::2])
    told = workers.ask(
        *({"paths": half, "cookie": cookie, "now": NOW} for half, cookie in zip(halves, cookies, strict=True))
    )
    assert {status for answers in told for status, _ in answers} == {200}
    return {
        address
        for half, answers in zip(halves, told, strict=True)
        for address, (_, paid) in zip(half, answers, strict=True)
        if paid
    }


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_64_requests_of_one_device_open_its_allowance(site: Site, workers: Workers, round_: int) -> None:
    cookie = site.visit_cookie(article_id(0), article_id(1), device=uuid4().hex)
    found = opened(site, workers, (cookie, cookie), [path(number) for number in range(STORIES)])
    assert found >= {path(0), path(1)}
    assert len(found) == POLICY.device_allowance


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_64_requests_of_one_reader_on_two_devices_open_their_allowance(
    site: Site, workers: Workers, round_: int
) -> None:
    reader = uuid4().hex
    for number in range(POLICY.reader_allowance - 1):
        site.shelf.visits.count(f"reader:{reader}", WINDOW, article_id(number), POLICY.reader_allowance)
    facts = ReaderFacts(reader, is_staff=False, created_at=0, grants=())
    passes = [pass_cookie(pass_for(facts, session * 16, NOW)) for session in "56"]
    cookies = tuple(f"{one}; {site.visit_cookie(device=uuid4().hex)}" for one in passes)
    found = opened(site, workers, cookies, [path(number) for number in range(STORIES)])
    assert len(found) == POLICY.reader_allowance
    counted = site.shelf.visits.read(f"reader:{reader}", WINDOW)
    assert {path(int(name, 16)) for name in counted} == found


def test_64_requests_for_the_last_free_story_open_it_and_count_it_once(site: Site, workers: Workers) -> None:
    device = uuid4().hex
    cookie = site.visit_cookie(article_id(0), article_id(1), device=device)
    assert opened(site, workers, (cookie, cookie), [path(9)] * 64) == {path(9)}
    assert len(site.shelf.visits.read(f"device:{device}", WINDOW)) == POLICY.device_allowance
    assert opened(site, workers, (cookie, cookie), [path(10)] * 64) == set()


# --- time ---------------------------------------------------------------------------------------------------------

FREE_DAY = (Step(0, Level.FREE), Step(NOW + DAY, Level.SUBSCRIBERS))
ARCHIVE = (Step(0, Level.FREE), Step(NOW + 30 * DAY, Level.SUBSCRIBERS))
CLOSED, OPEN, GONE = (200, False), (200, True), (0, False)


@pytest.mark.parametrize(
    ("number", "facts", "at", "before", "after"),
    [
        (101, {"steps": FREE_DAY}, NOW + DAY, OPEN, CLOSED),
        (102, {"steps": ARCHIVE}, NOW + 30 * DAY, OPEN, CLOSED),
        (103, {"steps": FREE_DAY, "embargo_until": NOW + 60}, NOW + 60, GONE, OPEN),
        (104, {"steps": FREE_DAY, "gone_from": NOW + 60}, NOW + 60, OPEN, GONE),
        (105, {"steps": FREE_DAY, "published_at": NOW + 60}, NOW + 60, GONE, OPEN),
    ],
    ids=["free for 24 hours", "the archive after 30 days", "an embargo", "a takedown", "a plan for later"],
)
def test_a_story_changes_at_its_second_on_every_worker(
    site: Site,
    workers: Workers,
    number: int,
    facts: dict[str, object],
    at: int,
    before: tuple[int, bool],
    after: tuple[int, bool],
) -> None:
    address = site.print_story(number, **facts)
    for now, wanted in ((at - 1, before), (at, after), (at - 1, before)):
        question = {"paths": [address], "cookie": "", "now": now}
        assert [tuple(told[0]) for told in workers.ask(question, question)] == [wanted] * 2


def test_an_open_house_ends_at_its_second_on_every_worker(site: Site, workers: Workers) -> None:
    site.shelf.board.set_policy(replace(POLICY, open_house=(OpenHouse("harbour", NOW + 60),)))
    address = site.print_story(106, Level.SUBSCRIBERS)
    for now, wanted in ((NOW + 59, OPEN), (NOW + 60, CLOSED)):
        question = {"paths": [address], "cookie": "", "now": now}
        assert [tuple(told[0]) for told in workers.ask(question, question)] == [wanted] * 2
    site.shelf.board.set_policy(POLICY)
