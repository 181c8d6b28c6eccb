"""Microseconds of answer() for each kind of request: where a slow-down lies, without a server.

`python -m bench.answer` makes a small shelf in a temporary directory and prints a table.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench import site
from newsstand.kiosk.answer import Answer, House, Request, answer
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf import open_shelf

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
BATCH = 2000


def main() -> None:
    """Print the best and the median of so many batches."""
    parser = argparse.ArgumentParser(prog="python -m bench.answer", description=__doc__)
    parser.add_argument("--batches", type=int, default=15)
    batches = parser.parse_args().batches
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        shelf = open_shelf(directory / "shelf")
        site.lay_stories(shelf)
        site.lay_archive(shelf, 2 * BATCH)
        house = House(shelf, KeyRing((b"a key of the bench, and of no site",)), secure=True)
        print(f"{'answer() for':<34}{'best µs':>9}{'median µs':>11}")
        for kind, make in _kinds(house, directory).items():
            requests = make()
            taken = sorted(_batch(house, requests) for _ in range(batches))
            print(f"{kind:<34}{taken[0]:>9.1f}{taken[len(taken) // 2]:>11.1f}")
        shelf.close()


def _batch(house: House, requests: list[Request]) -> float:
    """Microseconds of processor time for one answer, looked at the shelf once in each batch."""
    seen, now = house.look(), int(time.time())
    began = time.process_time_ns()
    for request in requests:
        result = answer(request, house, now, None, seen)
    taken = (time.process_time_ns() - began) / 1000 / len(requests)
    if not isinstance(result, Answer):
        raise RuntimeError(f"no answer, but {result!r}")
    return taken


def _kinds(house: House, directory: Path) -> dict[str, Callable[[], list[Request]]]:
    """For each kind of request a batch of them."""
    now = int(time.time())
    reader = site.subscriber_cookie(house.ring, now)
    draw = random.Random(3)

    def same(story: str, **headers: str) -> Callable[[], list[Request]]:
        return lambda: [_request(site.path_of(story), **headers)] * BATCH

    def devices() -> list[Request]:
        file = directory / "cookies"
        site.write_visit_cookies(file, BATCH, house.ring, now, draw)
        return [_request(site.path_of("metered"), cookie=line) for line in file.read_text().splitlines()]

    def archive() -> list[Request]:
        return [_request(f"/archive/{number}/", cookie=reader) for number in range(2 * BATCH)]

    return {
        "a subscriber, full text": same("metered", cookie=reader),
        "nobody, the wall": same("paid"),
        "nobody, first metered story": same("metered"),
        "a device, a later metered story": devices,
        "nobody, a free story": same("free"),
        "nobody, a free story again (304)": same("free", **{"if-none-match": "*"}),
        "a subscriber, not kept in memory": archive,
    }


def _request(path: str, **headers: str) -> Request:
    return Request("GET", path, b"", {"accept-encoding": "gzip", "user-agent": AGENT, **headers})


if __name__ == "__main__":
    main()
