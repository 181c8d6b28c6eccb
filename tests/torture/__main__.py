"""`make torture`: on PostgreSQL with 4 workers, beside a server of its own; on SQLite with 1."""

import argparse
import os
import sys
import tempfile
from pathlib import Path


def main() -> int:
    """Exit code 1 if anything was charged twice or lost, an invariant is broken, or a point was never tried."""
    parser = argparse.ArgumentParser(prog="make torture", description=__doc__)
    parser.add_argument("--periods", type=int, default=1200, help="in all (default 1200)")
    parser.add_argument("--workers", type=int, default=0, help="default 4 on PostgreSQL, 1 on SQLite")
    parser.add_argument("--per-mille", type=int, default=20, help="deaths at each point (default 20)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--bug", action="store_true", help="plant a fault that must be found")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsstand-torture-") as place:
        os.environ["NEWSSTAND_DATA"] = place
        (Path(place) / "settings.toml").write_text(
            'secret_key = "only for torture, and long enough"\npass_keys = ["only for torture"]\n'
            "demo = true\nallow_sandbox_payments = true\n"
        )
        return _run(asked, Path(place))


def _run(asked: argparse.Namespace, place: Path) -> int:
    import logging

    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "newsstand.wiring.settings"
    django.setup()
    from tests import databases
    from tests.torture.points import DEATHS, OTHERS
    from tests.torture.run import Plan, torture
    from tests.torture.verdict import post

    logging.disable(logging.CRITICAL)  # rows that fail because their process was shot are expected
    on_sqlite = databases.on_sqlite()
    workers = asked.workers or (1 if on_sqlite else 4)
    plan = Plan(
        asked.periods // 6,
        6,
        workers,
        asked.per_mille,
        seed=asked.seed,
        has_bug=asked.bug,
        restores=not asked.bug,
        server_dies=not on_sqlite,
    )
    with databases.copied(place / "databases" if on_sqlite else place):
        result = torture(plan, place)
    every = sorted([*DEATHS, *OTHERS], key=lambda name: int(name.split()[0]))
    for point in every:
        print(f"{result.hit[point]:5}  {point}")
    never = [point for point in every if not result.hit[point]]
    for found in result.verdict.violations[:20]:
        print(f"BROKEN {found}")
    print(f"{workers} workers, {result.verdict.periods} periods, {result.seconds:.0f} s")
    print(result.verdict.standing)
    print(post())
    if never and not asked.bug:
        print(f"NOT TRIED, run it longer: {'; '.join(never)}")
    print(f"kills: {result.kills}, charges: {result.verdict.charges}")
    print(result.verdict.line)
    return 0 if result.verdict.is_right and (asked.bug or not never) else 1


if __name__ == "__main__":
    sys.exit(main())
