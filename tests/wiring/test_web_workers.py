"""The web workers as processes: replaced when they die, gone with their parent, and nothing lost on a clean stop."""

import asyncio
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from bench.crowd import Crowd, gather
from newsstand.kiosk.answer import House
from newsstand.rules.gate.facts import Level
from newsstand.shelf import open_shelf
from newsstand.wiring.web_workers import WebWorkers
from tests.journeys.site import free_port
from tests.kiosk.site import POLICY, RING, Site

SETTINGS = 'secret_key = "only for tests"\npass_keys = ["only for tests, and long enough for it"]\n'


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An installation as a kiosk sees it: settings, and a shelf with one free and one metered story."""
    (tmp_path / "settings.toml").write_text(SETTINGS)
    shelf = open_shelf(tmp_path / "shelf")
    shelf.board.set_policy(POLICY)
    site = Site(shelf, House(shelf, RING, secure=False))
    site.print_story(1, Level.FREE)
    site.print_story(2, Level.METERED)
    shelf.close()
    return tmp_path


@contextmanager
def kiosk(data: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """`newsstand kiosk` with two workers, once it has said that it is ready."""
    environment = {**os.environ, "NEWSSTAND_DATA": str(data), "NEWSSTAND_WEB_WORKERS": "2"}
    words = [sys.executable, "-m", "newsstand.wiring.cli", "kiosk", "--port", str(port)]
    process = subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert "is ready" in process.stdout.readline()
        yield process
    finally:
        process.kill()
        process.communicate()


def workers_of(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return psutil.Process(process.pid).children()


def listening(process: "subprocess.Popen[str]") -> list[psutil.Process]:
    return [
        worker
        for worker in workers_of(process)
        if any(each.status == psutil.CONN_LISTEN for each in worker.net_connections("tcp"))
    ]


def until(is_so: Callable[[], bool], seconds: float = 300) -> None:
    limit = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < limit
        time.sleep(0.05)


def load(port: int, visitors: int, story: int = 1) -> Crowd:
    return asyncio.run(gather(port, f"/harbour/story-{story}/", visitors=visitors, connections=32))


def test_nothing_counted_is_lost_when_the_kiosk_is_told_to_stop_under_load(data: Path) -> None:
    port = free_port()
    with kiosk(data, port) as process:
        crowd = Crowd()

        async def stop_in_the_middle() -> None:
            path = "/harbour/story-1/"
            gone = asyncio.create_task(gather(port, path, visitors=1_000_000, connections=32, crowd=crowd))
            await asyncio.to_thread(until, lambda: len(crowd.spans) > 100 or gone.done())
            process.send_signal(signal.SIGTERM)
            await gone

        asyncio.run(stop_in_the_middle())
        assert process.wait(300) == 0
    answered = sum(crowd.answers.values())
    shelf = open_shelf(data / "shelf")
    counted = Counter[str]()
    for reading, number in shelf.tally.drain().items():
        counted[reading.reason] += number
    shelf.close()
    assert answered > 100
    assert {seen.status for seen in crowd.answers} == {200}
    assert counted == {"free": answered}


def test_a_worker_that_is_killed_is_replaced_and_the_other_goes_on(data: Path) -> None:
    port = free_port()
    with kiosk(data, port) as process:
        until(lambda: len(listening(process)) == 2)
        first, second = workers_of(process)
        first.kill()
        first.wait(300)  # what was on its way to it is lost, and nothing after it
        assert load(port, 200).lost == 0
        until(lambda: len(set(workers_of(process)) - {first}) == 2)
        assert second in workers_of(process)
        until(lambda: load(port, 200).lost == 0)
        process.terminate()
        assert process.wait(300) == 0
        assert process.stderr is not None
        assert "A web worker ended with code -9; it is started again." in process.stderr.read()


def test_workers_do_not_outlive_a_parent_that_is_killed(data: Path) -> None:
    with kiosk(data, free_port()) as process:
        until(lambda: len(workers_of(process)) == 2)
        workers = workers_of(process)
        process.kill()
        process.wait()
        until(lambda: not any(worker.is_running() for worker in workers))


def test_nobody_is_let_in_before_the_word_is_said(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSTAND_DATA", str(data))
    stopping = threading.Event()
    port = free_port()
    workers = WebWorkers("newsstand.wiring.kiosk_alone:application", "127.0.0.1", port, 1)
    workers.load_first()
    time.sleep(1)
    assert load(port, 1).lost == 1
    running = threading.Thread(target=workers.run, args=(stopping,))
    running.start()
    until(lambda: load(port, 1).lost == 0)
    stopping.set()
    running.join()


def test_a_start_that_must_fail_ends_at_once(data: Path) -> None:
    (data / "settings.toml").write_text(SETTINGS + 'office_url = "nowhere"\n')
    environment = {**os.environ, "NEWSSTAND_DATA": str(data)}
    words = [sys.executable, "-m", "newsstand.wiring.cli", "kiosk", "--port", str(free_port())]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode not in (0, None)
    assert "office's address begins with http://" in done.stderr
    assert "started again" not in done.stderr
