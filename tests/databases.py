"""Migrated databases for the tests, made once and then copied.

Wagtail's migrations take twenty seconds. Under SQLite their result is kept in `.pytest_cache`, under a name that
is made from the migrations and the locked versions, and every run starts with a copy of it. Under PostgreSQL
Django makes its test databases, and a test that commits gets a copy by `CREATE DATABASE … TEMPLATE`.
"""

import fcntl
import hashlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".pytest_cache" / "databases"


def on_sqlite() -> bool:
    """Whether the suite runs on SQLite, its default."""
    return connections["default"].vendor == "sqlite"


@contextmanager
def migrated() -> Iterator[None]:
    """The databases of the tests' installation, migrated, for one run of the suite."""
    if on_sqlite():
        copy_to(Path(connections["default"].settings_dict["NAME"]).parent)
        yield
        connections.close_all()
        return
    made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    yield
    teardown_databases(made, verbosity=0)


def copy_to(directory: Path) -> None:
    """Put migrated SQLite databases into an installation's directory, so that `migrate` has nothing to do there."""
    directory.mkdir(parents=True, exist_ok=True)
    for kept in _templates():
        shutil.copyfile(kept, directory / kept.name)


def _templates() -> list[Path]:
    """The kept files, one for each database; made by the first process that asks."""
    KEPT.mkdir(parents=True, exist_ok=True)
    place = KEPT / _key()
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            for old in KEPT.glob("*/"):
                shutil.rmtree(old)
            _migrate_into(place)
    return [place / Path(connections[alias].settings_dict["NAME"]).name for alias in connections]


def _key() -> str:
    sources = sorted((ROOT / "src").glob("**/migrations/*.py"))
    sources += [ROOT / "requirements" / "run.txt", ROOT / "src/newsstand/wiring/settings.py"]
    sources += sorted((ROOT / "src").glob("**/router.py"))
    digest = hashlib.sha256()
    for source in sources:
        digest.update(f"{source.relative_to(ROOT)}\0".encode() + source.read_bytes())
    return digest.hexdigest()[:16]


def _migrate_into(place: Path) -> None:
    making = Path(tempfile.mkdtemp(prefix="making-", dir=KEPT))
    for alias in connections:
        call_command("migrate", database=alias, verbosity=0)
        call_command("createcachetable", database=alias, verbosity=0)
        connection = connections[alias]
        connection.ensure_connection()
        name = Path(connection.settings_dict["NAME"]).name
        with closing(sqlite3.connect(making / name)) as target:
            connection.connection.backup(target)
        connection.close()
        for leftover in Path(connection.settings_dict["NAME"]).parent.glob(f"{name}*"):
            leftover.unlink()
    making.rename(place)


@contextmanager
def copied(directory: Path) -> Iterator[None]:
    """For one test: databases of its own in which commits are real. Nothing is flushed; the copies are dropped."""
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    connections.close_all()
    if on_sqlite():
        copy_to(directory)
    for alias, name in before.items():
        if on_sqlite():
            own = str(directory / Path(name).name)
        else:
            own = f"{name}_copy"
            _on_the_server(
                alias, f'DROP DATABASE IF EXISTS "{own}"', f'CREATE DATABASE "{own}" TEMPLATE "{name}"'
            )
        connections[alias].settings_dict["NAME"] = own
    try:
        yield
    finally:
        connections.close_all()
        for alias, name in before.items():
            if not on_sqlite():
                own = connections[alias].settings_dict["NAME"]
                _on_the_server(alias, f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
            connections[alias].settings_dict["NAME"] = name


def _on_the_server(alias: str, *statements: str) -> None:
    where = connections[alias].settings_dict
    with psycopg.connect(
        host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True
    ) as server:
        for statement in statements:
            server.execute(statement.encode())
