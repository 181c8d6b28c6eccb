"""The greeting says that the site is there, so it must not come before."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from newsstand.wiring import supervise
from tests.journeys.site import free_port


class Missing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *words: object) -> None:
        """Nothing on the test's output."""


@contextmanager
def answering(port: int) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", port), Missing)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def greeting(port: int, said: list[str]) -> Iterator[threading.Thread]:
    stopping = threading.Event()

    def greet(url: str) -> str:
        said.append(url)
        return f"ready: {url}"

    thread = threading.Thread(target=supervise.greet, args=("127.0.0.1", port, greet, stopping), daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        stopping.set()
        thread.join(300)


def test_the_greeting_waits_until_the_site_answers_even_with_an_error() -> None:
    port, said = free_port(), list[str]()
    with greeting(port, said) as thread:
        thread.join(0.4)
        assert said == []
        with answering(port):
            thread.join(300)
            assert said == [f"http://127.0.0.1:{port}/"]


def test_a_slow_start_is_told_and_a_stop_before_the_answer_greets_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervise, "SLOW_START", 0.05)
    port, said = free_port(), list[str]()
    told = ""
    with greeting(port, said) as thread:
        while "Still starting" not in told and thread.is_alive():
            told += capsys.readouterr().err
            thread.join(0.05)
        thread.join(0.3)  # time enough to say it twice
    assert not thread.is_alive()
    assert said == []
    printed = capsys.readouterr()
    assert (told + printed.err).count("Still starting") == 1
    assert "ready" not in printed.out


STUBBORN = (
    "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('at work', flush=True); input()"
)


def test_a_worker_that_needs_long_for_what_it_has_begun_is_left_to_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(supervise, "WORKER_STOPS_WITHIN", 0.1)
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", STUBBORN], **pipes) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"at work\n"
        supervise._stop(worker)
        assert worker.poll() is None
        assert "it stops by itself" in capsys.readouterr().err
        worker.communicate(b"\n")
    assert worker.returncode == 0
