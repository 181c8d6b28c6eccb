"""The surge: new visitors over many connections on a story that was published that second.

Every answer must be the whole story with the note that a first article brings, a cookie and the same bytes; the story
must be printed once, each variant once. The same crowd then asks nginx for those bytes as a file. How long a visitor
may have waited after the first printing is measured by nginx's worst in the same run.
"""

import argparse
import asyncio
import gzip
import secrets
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench import servers, tools
from bench.__main__ import HOME, installation
from bench.crowd import Crowd, gather
from newsstand.shelf import open_shelf
from newsstand.shelf.store import Store

OPEN_MARK = "Above the line stands what everybody may read."
PAID_MARK = "Below the line stands what this crowd came for."
_LOOK_SECONDS = 0.001


@dataclass(slots=True)
class Watch:
    """Looks at one path of the shelf all the time: which printings lay there, and when which variant came."""

    entries: Store
    path: str
    stamps: set[int] = field(default_factory=set)
    variants: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Until `stop`."""
        while not self._stop.wait(_LOOK_SECONDS):
            entry = self.entries.get(self.path)
            if entry is not None:
                self.stamps.add(entry.stamp)
                self.variants += [name for name in entry.etags if name not in self.variants]

    def stop(self) -> None:
        """Look once more, and no more."""
        self._stop.set()


def _make_section(data: Path, file: Path) -> None:
    """A story that was there before: the first of a section changes the menu, and with it every page."""
    write_story(file, "before-the-surge")
    publish(file, servers.installation_environment(data))


def write_story(file: Path, slug: str) -> str:
    """A metered story in a file; returns the path that it will have."""
    words = (
        "The quay was full before the ferry came in, and nobody could say what they were waiting for. " * 12
    )
    published = (datetime.now(UTC) - timedelta(minutes=1)).isoformat(timespec="seconds")
    file.write_text(
        f"---\ntitle: The surge\nslug: {slug}\nsection: Harbour\nlevel: metered\npublished: {published}\n---\n\n"
        f"{OPEN_MARK} {words}\n\n<!-- paywall -->\n\n{PAID_MARK} {words}\n",
        "utf-8",
    )
    return f"/harbour/{slug}/"


def publish(file: Path, environment: dict[str, str]) -> None:
    """Publish the story, and return the moment it is public, whatever the command still has to do."""
    words = [sys.executable, "-u", "-m", "newsstand.wiring.cli", "publish", str(file)]
    command = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True)
    assert command.stdout is not None
    line = command.stdout.readline()
    if not line:
        raise RuntimeError(f"nothing was published: {command.wait()}")
    threading.Thread(target=command.communicate, daemon=True).start()


def wrong_answers(crowd: Crowd) -> int:
    """How many visitors did not get what a first visitor must get; of different bytes all but the most are wrong."""
    right = 0
    for seen, number in crowd.answers.items():
        text = gzip.decompress(seen.body).decode() if seen.body[:2] == b"\x1f\x8b" else seen.body.decode()
        if seen.status == 200 and seen.has_cookie and OPEN_MARK in text and PAID_MARK in text:
            right = max(right, number)
    return sum(crowd.answers.values()) - right + crowd.lost


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if an answer was wrong or lost, or the story was printed twice."""
    parser = argparse.ArgumentParser(prog="python -m bench.surge", description=__doc__)
    parser.add_argument("--visitors", type=int, default=10_000)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--home", type=Path, default=HOME, help="where all is laid (default var/bench)")
    asked = parser.parse_args(arguments)
    tools.need()
    home = asked.home.absolute()
    data, has_office = installation(home)
    if not has_office:
        sys.exit("the surge needs an installation with an office")
    _make_section(data, home / "before.md")
    with servers.newsstand("serve", data) as running:
        crowd, watch = surge(data, running.port, home / "surge.md", asked.visitors, asked.connections)
    with servers.nginx(home / "nginx") as running:
        right = max(crowd.answers, key=lambda seen: crowd.answers[seen])
        (home / "nginx/www").mkdir(exist_ok=True)
        (home / "nginx/www/surge.html.gz").write_bytes(right.body)
        files = asyncio.run(
            gather(running.port, "/surge.html", visitors=asked.visitors, connections=asked.connections)
        )
    return report(crowd, files, watch)


def surge(
    data: Path,
    port: int,
    file: Path,
    visitors: int,
    connections: int,
    environment: dict[str, str] | None = None,
) -> tuple[Crowd, Watch]:
    """Publish a story, in the environment of this installation, and let the crowd in that moment."""
    path = write_story(file, f"surge-{secrets.token_hex(4)}")
    shelf = open_shelf(data / "shelf")
    watch = Watch(shelf.entries, path)
    looking = threading.Thread(target=watch.run, daemon=True)
    looking.start()
    try:
        publish(file, environment or servers.installation_environment(data))
        crowd = asyncio.run(gather(port, path, visitors=visitors, connections=connections))
    finally:
        watch.stop()
        looking.join()
        shelf.close()
    return crowd, watch


def report(crowd: Crowd, files: Crowd, watch: Watch) -> int:
    """Print how it went; the exit code."""
    wrong = wrong_answers(crowd)
    for name, one in (("serve", crowd), ("nginx", files)):
        figures = " ".join(f"{label} {one.quantile(share) * 1000:.0f}" for label, share in _SHARES)
        after = f"after the first answer {one.worst_after_the_first() * 1000:.0f}"
        print(f"{name}: {len(one.spans)} answers, {one.lost} lost, ms: {figures}, {after}")
    print(f"printings {len(watch.stamps)}, variants {len(watch.variants)}: {', '.join(watch.variants)}")
    late = crowd.worst_after_the_first() / files.quantile(1.0)
    print(
        f"surge: wrong {wrong} printings {len(watch.stamps)} p99.9 {crowd.quantile(0.999) * 1000:.0f} ms "
        f"worst after the printing/nginx {late:.2f}"
    )
    return 1 if wrong or len(watch.stamps) != 1 else 0


_SHARES = (("p50", 0.5), ("p99", 0.99), ("p99.9", 0.999), ("worst", 1.0))

if __name__ == "__main__":
    sys.exit(main())
