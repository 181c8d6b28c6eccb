"""A second worker: refused on SQLite, and a helper with renewals on PostgreSQL."""

import argparse
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from newsstand.office.kit.one_worker import WorkerRuns
from newsstand.wiring.commands import work


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    """The command listens to signals; afterwards they are as they were."""
    before = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    yield
    for number, handler in zip((signal.SIGTERM, signal.SIGINT), before, strict=True):
        signal.signal(number, handler)


@contextmanager
def taken(directory: Path) -> Iterator[None]:
    raise WorkerRuns("a worker already runs")
    yield


def run_beside_another(monkeypatch: pytest.MonkeyPatch, vendor: str) -> tuple[int, list[Any]]:
    """What a second worker does: its exit code, and the moments at which it served what is due."""
    served: list[Any] = []

    def serve_due(*, now: Any, ticking: Any) -> int:
        served.append(now)
        signal.raise_signal(signal.SIGTERM)
        return 3

    monkeypatch.setattr(work, "only_worker", taken)
    monkeypatch.setattr(work, "connection", SimpleNamespace(vendor=vendor))
    monkeypatch.setattr(work, "_say", lambda what: None)
    monkeypatch.setattr(work, "close_old_connections", lambda: None)
    monkeypatch.setattr(work.clock, "now", lambda: "now")
    monkeypatch.setattr(work.actions, "serve_due", serve_due)
    monkeypatch.setattr(work.actions, "serve_purchases", lambda now: 1)
    monkeypatch.setattr(work.actions, "earn_revenue", lambda now: 0)
    return work.run(argparse.Namespace(parent=0)), served


def test_a_second_worker_on_sqlite_says_that_one_is_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_beside_another(monkeypatch, "sqlite") == (1, [])
    assert "on SQLite one is enough" in capsys.readouterr().err


def test_a_second_worker_on_postgresql_helps_until_it_is_told_to_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_beside_another(monkeypatch, "postgresql") == (0, ["now"])
    said = capsys.readouterr().out
    assert "served 3 subscriptions, 1 purchases\n" in said
    assert "what it had begun is finished" in said
