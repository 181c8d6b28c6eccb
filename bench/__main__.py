"""Measures `newsstand kiosk` and `newsstand serve` against nginx with the same bytes as files."""

import argparse
import gzip
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from bench import report, servers, site, tools, wrk
from bench.rows import ROWS, Desk, Row, fetch
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf import open_shelf
from newsstand.wiring.env import Environment

HOME = Path("var/bench")


@dataclass(slots=True)
class Bench:
    """One run: the servers, and what the rounds reached."""

    desk: Desk
    running: dict[str, servers.Running]
    seconds: int
    loads: dict[str, dict[str, list[wrk.Load]]] = field(default_factory=dict)
    failed: set[tuple[str, str]] = field(default_factory=set)

    def round(self, row: Row) -> None:
        """Every server once with this row, one after the other."""
        for server, running in self.running.items():
            if (server, row.name) in self.failed:
                continue
            kind = "nginx" if server == "nginx" else "newsstand"
            try:
                load = wrk.run(running, self.desk.ask(row, kind, running.port), kind, self.seconds)
            except wrk.FailedRow as failure:
                print(f"{server} failed {row.name}: {failure}", file=sys.stderr)
                self.failed.add((server, row.name))
                self.loads.get(server, {}).pop(row.name, None)
                continue
            self.loads.setdefault(server, {}).setdefault(row.name, []).append(load)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if a row failed, or a ratio is below what must be reached."""
    asked = _parser().parse_args(arguments)
    tools.need()
    home = asked.home.absolute()
    data, has_office = installation(home)
    # What was counted in an earlier run is forgotten, and so is the room that it took.
    shutil.rmtree(data / "shelf/visits", ignore_errors=True)
    keys = tuple(key.encode() for key in Environment(data).required("pass_keys"))
    desk = Desk(
        KeyRing(keys), home, lambda: int(time.time()), asked.stories, asked.seconds, asked.most_a_second
    )
    rows = [row for row in ROWS if not asked.rows or row.name in asked.rows]
    with ExitStack() as running:
        started = {"nginx": running.enter_context(servers.nginx(home / "nginx"))}
        if has_office and not asked.kiosk_only:
            # Its start puts its own rules onto the board and takes away what is no page of its database.
            _clear(data)
            started["serve"] = running.enter_context(servers.newsstand("serve", data))
        _fill(data, asked.stories)
        started["kiosk"] = running.enter_context(servers.newsstand("kiosk", data))
        ports = {server: one.port for server, one in started.items()}
        sizes = _lay_files(home / "nginx/www", desk, rows, ports, asked.stories)
        bench = Bench(desk, started, asked.seconds)
        for number in range(asked.rounds):
            for row in rows:
                bench.round(row)
            print(f"round {number + 1} of {asked.rounds} done", file=sys.stderr)
    print(report.table(bench.loads, sizes))
    for server in ("serve", "kiosk"):
        if server in ports:
            print(report.line(bench.loads, server))
    return 1 if bench.failed else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds; medians are printed (default 5)")
    parser.add_argument("--seconds", type=int, default=5, help="of each server in each row (default 5)")
    parser.add_argument("--stories", type=int, default=100_000, help="in the archive (default 100,000)")
    parser.add_argument("--rows", nargs="*", help="only these rows")
    parser.add_argument("--kiosk-only", action="store_true", help="leave `newsstand serve` out")
    parser.add_argument("--most-a-second", type=int, default=120_000, help="cookies prepared for a second")
    parser.add_argument("--home", type=Path, default=HOME, help="where all is laid (default var/bench)")
    return parser


def installation(home: Path) -> tuple[Path, bool]:
    """An installation as `newsstand init` makes it; without an office where that can't be done."""
    data = home / "installation"
    if (data / "settings.toml").exists():
        return data, (data / "newsstand.sqlite3").exists()
    home.mkdir(parents=True, exist_ok=True)
    words = ["init", "--name", "The Bench", "--support", "help@bench.example"]
    done = subprocess.run(
        [sys.executable, "-m", "newsstand.wiring.cli", *words],
        env=servers.installation_environment(data),
        check=False,
        stdout=subprocess.DEVNULL,
    )
    if done.returncode == 0:
        return data, True
    print("`newsstand init` failed; `newsstand serve` is left out.", file=sys.stderr)
    data.mkdir(parents=True, exist_ok=True)
    (data / "settings.toml").write_text(
        f'secret_key = "{os.urandom(32).hex()}"\npass_keys = ["{os.urandom(16).hex()}"]\n'
    )
    return data, False


def _clear(data: Path) -> None:
    """Take an earlier run's archive away, which would be dropped story by story."""
    with closing(open_shelf(data / "shelf")) as shelf:
        shelf.entries.clear()


def _fill(data: Path, stories: int) -> None:
    """Lay the rules, the stories and, if it does not lie there from an earlier run, the archive onto the shelf."""
    with closing(open_shelf(data / "shelf")) as shelf:
        site.lay_stories(shelf)
        last = shelf.entries.get(f"/archive/{stories - 1}/")
        if last is None or last.generation != shelf.board.read().generation:
            print(f"laying {stories} stories onto the shelf …", file=sys.stderr)
            site.lay_archive(shelf, stories)


def _lay_files(
    root: Path, desk: Desk, rows: Sequence[Row], ports: dict[str, int], stories: int
) -> dict[str, int]:
    """Lay the very bytes that Newsstand hands out before nginx; returns each row's size.

    Raises RuntimeError where an answer is not the one that the row is about.
    """
    sizes = {}
    for row in rows:
        answers = {server: desk.sample(row, port) for server, port in ports.items() if server != "nginx"}
        for server, (status, body) in answers.items():
            text = _plain(body) if body else ""
            if status != row.status or (site.PAID_MARK in text) != row.is_paid:
                raise RuntimeError(f"{server} answers {row.name} with {status} and {len(body)} bytes")
        bodies = {body for _status, body in answers.values()}
        if len(bodies) != 1:
            raise RuntimeError(f"the servers hand out different bytes for {row.name}")
        body = bodies.pop()
        if row.story == "archive":
            _lay_archive(root / "archive", body, stories)
        elif not body:
            _, body = fetch(ports["kiosk"], site.path_of(row.story), {"Accept-Encoding": "gzip"})
            _lay(root / f"{row.name}.html.gz", body)
        else:
            _lay(root / f"{row.name}.html.gz", body)
        sizes[row.name] = len(body)
    return sizes


def _plain(body: bytes) -> str:
    return gzip.decompress(body).decode()


def _lay(file: Path, body: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def _lay_archive(root: Path, body: bytes, stories: int) -> None:
    """One file for each story, in a hundred folders."""
    last = root / f"{(stories - 1) % 100}" / f"{stories - 1}.html.gz"
    if last.exists() and last.read_bytes() == body:
        return
    print(f"laying {stories} files before nginx …", file=sys.stderr)
    for number in range(stories):
        _lay(root / f"{number % 100}" / f"{number}.html.gz", body)


if __name__ == "__main__":
    sys.exit(main())
