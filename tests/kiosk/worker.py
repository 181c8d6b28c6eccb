"""A web worker for tests: a process of its own over a shelf on disk. Reads what to ask as lines of JSON.

One line asks for many requests at one moment, all of them at once; the answer is one line, too: for each request its
status and whether it shows the paid text.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

from newsstand.kiosk.answer import Answer, House, Renewal, Request, answer
from newsstand.shelf import open_shelf
from tests.kiosk.site import RING, shows_paid_text


def work(directory: Path) -> None:
    """Until there is nothing more to read."""
    house = House(open_shelf(directory), RING, secure=True)
    with ThreadPoolExecutor(64) as threads:
        for line in sys.stdin:
            asked = json.loads(line)
            barrier = Barrier(len(asked["paths"]))
            told = threads.map(lambda path, at=barrier, it=asked: one(house, path, at, it), asked["paths"])
            print(json.dumps(list(told)), flush=True)


def one(house: House, path: str, barrier: Barrier, asked: dict[str, Any]) -> tuple[int, bool]:
    """One request, at the same moment as all others of its line."""
    barrier.wait(300)
    request = Request("GET", path, b"", {"cookie": asked["cookie"]} if asked["cookie"] else {})
    found = answer(request, house, asked["now"], Renewal("failed"))
    return (found.status, shows_paid_text(found)) if isinstance(found, Answer) else (0, False)


if __name__ == "__main__":
    work(Path(sys.argv[1]))
