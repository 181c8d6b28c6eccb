"""`make simulate`: the simulation through the database, in an empty installation of its own, with real commits."""

import os
import sys
import tempfile
import time
from pathlib import Path


def main() -> int:
    """Exit code 1 if an invariant does not hold. The words are those of `newsstand billing simulate`."""
    with tempfile.TemporaryDirectory(prefix="newsstand-simulate-") as place:
        os.environ["NEWSSTAND_DATA"] = place
        (Path(place) / "settings.toml").write_text(
            'secret_key = "only for a simulation, and long enough"\npass_keys = ["only for a simulation"]\n'
            "demo = true\nallow_sandbox_payments = true\n"
        )
        return _run(Path(place))


def _run(place: Path) -> int:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "newsstand.wiring.settings"
    django.setup()
    from newsstand.office.kit import shelf
    from newsstand.office.kit.models import Publication
    from newsstand.shelf.shelf import memory_shelf
    from newsstand.wiring.cli import parser
    from newsstand.wiring.commands import billing_rehearse
    from tests import databases

    aside = memory_shelf()  # a publication that is made tells the shelf of it
    shelf.use(lambda: aside)
    asked = parser().parse_args(["billing", "simulate", "--database", *sys.argv[1:]])
    with databases.copied(place / "databases" if databases.on_sqlite() else place):
        Publication.objects.create(
            pk=1, name="The Tidemark", zone="Europe/Berlin", currency="USD", support_email="h@t.example"
        )
        began, used = time.monotonic(), time.process_time()
        code = billing_rehearse.run(asked)
        where = "SQLite" if databases.on_sqlite() else "PostgreSQL"
        spent = f"{time.monotonic() - began:.0f} s, of which {time.process_time() - used:.0f} s at work"
        print(f"{where}: {spent}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
