"""Renewals a second through the database, with the sandbox bank answering at once and one worker.

`python -m bench.renewals` on SQLite, `python tests/postgres.py -- python -m bench.renewals` on PostgreSQL. Beside the
subscriptions that are due lie others that are not, to show that their number does not matter.
"""

import argparse
import logging
import os
import sys
import tempfile
from importlib import import_module
from pathlib import Path


def main() -> int:
    """Prints the plan of the query for due work, and a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.renewals", description=__doc__)
    parser.add_argument("--due", type=int, default=1_000, help="subscriptions to be charged in each row")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 100_000], help="subscriptions in all")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="newsstand-renewals-") as place:
        os.environ["NEWSSTAND_DATA"] = place
        (Path(place) / "settings.toml").write_text(
            'secret_key = "only for the bench, and long enough"\npass_keys = ["only for the bench"]\n'
            "demo = true\nallow_sandbox_payments = true\n"
        )
        os.environ["DJANGO_SETTINGS_MODULE"] = "newsstand.wiring.settings"
        import_module("django").setup()
        logging.disable(logging.CRITICAL)
        databases = import_module("tests.databases")
        with databases.copied(Path(place) / "databases"):
            import_module("bench.renewing").measure(asked.due, sorted(asked.sizes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
