"""Whether a large database behind the office changes what the kiosk reaches: two sites that differ in nothing else.

Both run as `newsstand serve`, and are asked in turn within one run. The large one has 1,000,000 readers and 100,000
grants more.
"""

import argparse
import shutil
import sqlite3
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from bench import report, servers, site, tools
from bench.__main__ import HOME, Bench, installation
from bench.rows import ROWS, Desk
from newsstand.rules.gate.signing import KeyRing
from newsstand.shelf import open_shelf
from newsstand.wiring.env import Environment

READERS = 1_000_000
GRANTS = 100_000
MOST_SLOWER = 0.9

_INSERT_READERS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
    INSERT INTO accounts_account
        (password, is_superuser, email, name, public_id, is_staff, is_active, created_at)
    SELECT '!', 0, 'reader' || i || '@bench.example', '', printf('%032x', i), 0, 1, '2026-01-01 00:00:00' FROM n
"""
_INSERT_GRANTS = """
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)
    INSERT INTO accounts_grant (subject, rights, from_at, source, source_ref, account_id)
    SELECT 'product:news', '["read"]', '2026-01-01 00:00:00', 'import', 'bench:' || i, a.id FROM n
    JOIN accounts_account a ON a.public_id = printf('%032x', i * 10)
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 1 if a row failed, or one is more than a tenth slower with the large database."""
    parser = argparse.ArgumentParser(prog="python -m bench.large", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds; medians are printed (default 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of each site in each row (default 3)")
    parser.add_argument("--home", type=Path, default=HOME, help="where all is laid (default var/bench)")
    asked = parser.parse_args(arguments)
    tools.need()
    home = asked.home.absolute()
    small, has_office = installation(home)
    if not has_office:
        sys.exit("this needs an installation with an office")
    sites = {"small": small, "large": _large(small, home / "large")}
    keys = tuple(key.encode() for key in Environment(small).required("pass_keys"))
    desk = Desk(KeyRing(keys), home, lambda: int(time.time()), 1, asked.seconds, 120_000)
    rows = [row for row in ROWS if row.story != "archive"]
    with ExitStack() as running:
        started = {}
        for name, data in sites.items():
            started[name] = running.enter_context(servers.newsstand("serve", data))
            with closing(open_shelf(data / "shelf")) as shelf:
                site.lay_stories(shelf)
        bench = Bench(desk, started, asked.seconds)
        for number in range(asked.rounds):
            # Who comes first changes, so that neither is always the one that begins with a cold cache.
            bench.running = dict(reversed(bench.running.items()))
            for row in rows:
                bench.round(row)
            print(f"round {number + 1} of {asked.rounds} done", file=sys.stderr)
    return _told(bench)


def _told(bench: Bench) -> int:
    ratios = {}
    for name, loads in bench.loads["large"].items():
        small, large = report.rate(bench.loads["small"][name]), report.rate(loads)
        ratios[name] = large / small
        print(f"{name:<11}{small:>9.0f} requests a second, with the large database {large:>9.0f}")
    print("large/small: " + " ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()))
    return 1 if bench.failed or min(ratios.values()) < MOST_SLOWER else 0


def _large(small: Path, place: Path) -> Path:
    """A copy of the installation with so many readers and grants more; made once."""
    if place.exists():
        return place
    making = place.with_name("large.unfinished")
    shutil.rmtree(making, ignore_errors=True)
    shutil.copytree(small, making, ignore=shutil.ignore_patterns("shelf"))
    with closing(sqlite3.connect(making / "newsstand.sqlite3")) as rows, rows:
        rows.execute(_INSERT_READERS, {"most": READERS})
        rows.execute(_INSERT_GRANTS, {"most": GRANTS})
    return making.rename(place)


if __name__ == "__main__":
    sys.exit(main())
