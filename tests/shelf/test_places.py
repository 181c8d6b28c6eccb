"""Whoever prints at a path is alone there, over threads and processes."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from newsstand.shelf import Shelf
from newsstand.shelf.places import FilePlaces

HOLD = """
import sys, time
from pathlib import Path
from newsstand.shelf.places import FilePlaces
with FilePlaces(Path(sys.argv[1])).alone("/a/"):
    print("held", flush=True)
    time.sleep(600)
"""


def test_threads_at_one_path_come_one_after_the_other(shelf: Shelf) -> None:
    inside, most = 0, 0
    guard = threading.Lock()

    def enter() -> None:
        nonlocal inside, most
        with shelf.places.alone("/a/"):
            with guard:
                inside += 1
                most = max(most, inside)
            time.sleep(0.005)
            with guard:
                inside -= 1

    with ThreadPoolExecutor(16) as pool:
        for done in [pool.submit(enter) for _ in range(16)]:
            done.result()
    assert most == 1


def test_other_paths_do_not_wait(shelf: Shelf) -> None:
    with shelf.places.alone("/a/"), shelf.places.alone("/b/"):
        pass


def test_an_error_lets_the_place_go(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match="paper jam"), shelf.places.alone("/a/"):
        raise ValueError("paper jam")
    with shelf.places.alone("/a/"):
        pass


def test_another_process_waits_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    file = tmp_path / "places.lock"
    source = str(Path(__file__).parents[2] / "src")
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], env={"PYTHONPATH": source}, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    entered = threading.Event()

    def enter() -> None:
        with FilePlaces(file).alone("/a/"):
            entered.set()

    thread = threading.Thread(target=enter)
    thread.start()
    assert not entered.wait(0.2)
    holder.kill()
    assert entered.wait(300)
    thread.join()
    holder.communicate()
