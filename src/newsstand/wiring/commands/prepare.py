"""Makes an installation ready to open its port: tables, files, and all that earlier changes still ask for."""

import argparse
import sys

from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from newsstand.office.kit import clock, demo_clock, language, outbox, shelf, worker
from newsstand.office.kit.one_worker import WorkerRuns, only_worker
from newsstand.office.kit.registry import registry
from newsstand.wiring.versions import of_static_files


def run(arguments: argparse.Namespace) -> int:
    """Bring the tables up to date, put on the board what it must hold, finish old outbox rows."""
    make_tables()
    gather_files()
    try:
        with only_worker(worker.lock_directory()):
            _heal()
    except WorkerRuns:
        if arguments.beside_worker:
            return 0  # the worker does what earlier changes still ask for
        print(
            f"newsstand: another Newsstand already runs on {settings.DATA}; stop it first.", file=sys.stderr
        )
        return 1
    return 0


def make_tables() -> None:
    """Create or change the tables of both databases; quick when there is nothing to do."""
    if _lacks_migrations("default"):
        call_command("migrate", database="default", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
    if _lacks_migrations("sandbox", of="sandbox"):
        # The sandbox's store holds that desk's tables alone; walking through all other migrations takes long.
        call_command("migrate", "sandbox", database="sandbox", interactive=False, verbosity=0)


def _lacks_migrations(database: str, *, of: str = "") -> bool:
    """Whether a migration (of one desk, or any) is still to be applied."""
    executor = MigrationExecutor(connections[database])
    wanted = [node for node in executor.loader.graph.leaf_nodes() if of in {"", node[0]}]
    return bool(executor.migration_plan(wanted))


def gather_files() -> None:
    """Put the static files of the staff's pages where they are handed out; only what is newer is copied."""
    stamp = settings.STATIC_ROOT / ".gathered"
    wanted = of_static_files()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(wanted)


def _heal() -> None:
    demo_clock.restore()
    language.put_on_board()
    _notice_new_address()
    for begin in registry.at_start:
        begin(clock.now())
    outbox.drain()


def _notice_new_address() -> None:
    """Pages hold the site's address; when it has changed, they count as not printed."""
    kept = settings.SHELF_DIR / "site_url"
    if kept.exists() and kept.read_text() != settings.SITE_URL:
        shelf.handle().board.raise_generation()
    kept.write_text(settings.SITE_URL)
