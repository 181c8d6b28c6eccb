"""One row for each kind of request, and how it is asked of each server."""

import http.client
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from bench import site
from newsstand.rules.gate.signing import KeyRing

ACCEPT = "Accept-Encoding: gzip\n"


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of one server in one round: the environment of the load script."""

    path: str = "/"
    headers: str = ACCEPT
    files: dict[str, Path] = field(default_factory=dict)

    def environment(self, server: str) -> dict[str, str]:
        """The variables that load.lua reads."""
        named = {name: str(path) for name, path in self.files.items()}
        return {"BENCH_SERVER": server, "BENCH_PATH": self.path, "BENCH_HEADERS": self.headers, **named}


@dataclass(frozen=True, slots=True)
class Row:
    """A kind of request. `must` and `aim` are shares of nginx's requests a second."""

    name: str
    must: float
    aim: float
    story: str
    status: int
    is_paid: bool


ROWS = (
    Row("subscriber", 0.65, 0.9, "metered", 200, is_paid=True),
    Row("wall", 0.65, 1.0, "paid", 200, is_paid=False),
    Row("metered", 0.55, 0.8, "metered", 200, is_paid=True),
    Row("later", 0.4, 0.7, "metered", 200, is_paid=True),
    Row("revalidate", 0.6, 0.9, "free", 304, is_paid=False),
    Row("zipf", 0.6, 0.8, "archive", 200, is_paid=True),
    Row("uniform", 0.45, 0.7, "archive", 200, is_paid=True),
)


@dataclass(slots=True)
class Desk:
    """Writes for each round what the load script needs. `now` is called for every pass and cookie."""

    ring: KeyRing
    home: Path
    now: Callable[[], int]
    stories: int
    seconds: int
    most_a_second: int
    draw: random.Random = field(default_factory=lambda: random.Random(11))

    def ask(self, row: Row, server: str, port: int) -> Ask:
        """The request of this row for this server; nginx gets the same headers as Newsstand."""
        path = site.path_of(row.story) if server == "newsstand" else f"/{row.name}.html"
        if row.name == "subscriber":
            return Ask(path, f"{ACCEPT}Cookie: {site.subscriber_cookie(self.ring, self.now())}\n")
        if row.name == "later":
            return Ask(path, ACCEPT, {"BENCH_COOKIES": self._cookies()})
        if row.name == "revalidate":
            return Ask(path, f"{ACCEPT}If-None-Match: {etag(port, path)}\n")
        if row.story == "archive":
            headers = f"{ACCEPT}Cookie: {site.subscriber_cookie(self.ring, self.now())}\n"
            return Ask("/", headers, {"BENCH_DRAWS": self._draws(row)})
        return Ask(path)

    def sample(self, row: Row, port: int) -> tuple[int, bytes]:
        """One answer of Newsstand to this row's request, to be compared and laid before nginx."""
        ask = self.ask(row, "newsstand", port)
        path = "/archive/0/" if row.story == "archive" else ask.path
        headers = dict(line.split(": ", 1) for line in ask.headers.splitlines())
        if row.name == "later":
            headers["Cookie"] = ask.files["BENCH_COOKIES"].read_text().splitlines()[-1]
        return fetch(port, path, headers)

    def _cookies(self) -> Path:
        file = self.home / "cookies"
        count = 1000 if self.seconds == 0 else (self.seconds + 1) * self.most_a_second
        site.write_visit_cookies(file, count, self.ring, self.now())
        return file

    def _draws(self, row: Row) -> Path:
        file = self.home / "draws"
        is_zipf = row.name == "zipf"
        site.write_draws(file, self.stories, 2 * self.stories, is_zipf=is_zipf, draw=self.draw)
        return file


def fetch(port: int, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    """One answer: its status and its bytes as they came."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def etag(port: int, path: str) -> str:
    """The ETag that this server gives the page in gzip."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        return answer.headers["ETag"]
    finally:
        connection.close()
