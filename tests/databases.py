"""Migrated databases for the tests, made once and then copied.

Wagtail's migrations take twenty seconds and more. Under SQLite their result is kept in `.pytest_cache`, under a name
that is made from the migrations and the locked versions, and every run starts with a copy of it. Under PostgreSQL
it is a database of its own, and a copy is `CREATE DATABASE … TEMPLATE`.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connections, router

ROOT = Path(__file__).parent.parent
KEPT = ROOT / ".pytest_cache" / "databases"


def on_sqlite() -> bool:
    """Whether the suite runs on SQLite, its default."""
    return connections["default"].vendor == "sqlite"


@contextmanager
def migrated() -> Iterator[None]:
    """The databases of one run of the suite, migrated and otherwise empty."""
    place = Path(connections["default"].settings_dict["NAME"]).parent
    with _copies(place, f"test_{os.getpid()}"):
        yield


@contextmanager
def copied(directory: Path) -> Iterator[None]:
    """For one test: databases of its own in which commits are real. Nothing is flushed; the copies are dropped."""
    with _copies(directory, f"copy_{os.getpid()}"):
        yield


@contextmanager
def _copies(directory: Path, suffix: str) -> Iterator[None]:
    """Fresh copies for as long as this lasts: files in a directory, or databases with a suffix on the server."""
    connections.close_all()
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    try:
        if on_sqlite():
            copy_to(directory)
            _use({alias: str(directory / Path(name).name) for alias, name in before.items()})
        else:
            _use(_copiedon_the_server(suffix))
        yield
    finally:
        connections.close_all()
        if not on_sqlite():
            for alias, name in before.items():
                own = connections[alias].settings_dict["NAME"]
                if own != name:
                    on_the_server(alias, f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        _use(before)


def _use(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].settings_dict["NAME"] = name


def _migrate(alias: str) -> None:
    """Migrate what belongs into this database; for a small one, going through all of Wagtail's history is spared."""
    if alias == "default":
        call_command("migrate", verbosity=0)
    else:
        for config in apps.get_app_configs():
            if config.models_module and router.allow_migrate(alias, config.label):
                call_command("migrate", config.label, database=alias, verbosity=0)
    call_command("createcachetable", database=alias, verbosity=0)


# --- SQLite ---


def copy_to(directory: Path) -> None:
    """Put migrated SQLite databases into an installation's directory, so that `migrate` has nothing to do there."""
    directory.mkdir(parents=True, exist_ok=True)
    for kept in _kept_files():
        shutil.copyfile(kept, directory / kept.name)


def _kept_files() -> list[Path]:
    """The kept files, one for each database; made by the first process that asks."""
    place = KEPT / _key()
    with _alone():
        if not place.exists():
            for old in KEPT.glob("*/"):
                shutil.rmtree(old)
            _migrate_into(place)
    return [place / Path(connections[alias].settings_dict["NAME"]).name for alias in connections]


@contextmanager
def _alone() -> Iterator[None]:
    """One process at a time, whoever runs the suite in this clone."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


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
    before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    _use({alias: str(making / Path(name).name) for alias, name in before.items()})
    for alias in before:
        _migrate(alias)
        # The write-ahead log goes into the file, which can then be copied alone.
        connections[alias].close()
        with closing(sqlite3.connect(connections[alias].settings_dict["NAME"])) as database:
            database.execute("PRAGMA journal_mode=DELETE")
    _use(before)
    making.rename(place)


# --- PostgreSQL ---


def _copiedon_the_server(suffix: str) -> dict[str, str]:
    """Copies of the migrated databases, by alias; the first process that asks migrates."""
    names = {}
    with _alone():
        for alias in connections:
            kept = _kepton_the_server(alias)
            names[alias] = f"{kept}_{suffix}"
            on_the_server(
                alias,
                f'DROP DATABASE IF EXISTS "{names[alias]}" WITH (FORCE)',
                f'CREATE DATABASE "{names[alias]}" TEMPLATE "{kept}"',
            )
    return names


def _kepton_the_server(alias: str) -> str:
    before = connections[alias].settings_dict["NAME"]
    kept = f"kept_{alias}_{_key()}"
    if not on_the_server(alias, f"SELECT 1 FROM pg_database WHERE datname = '{kept}'"):
        making = f"making_{alias}"
        on_the_server(
            alias, f'DROP DATABASE IF EXISTS "{making}" WITH (FORCE)', f'CREATE DATABASE "{making}"'
        )
        _use({alias: making})
        try:
            _migrate(alias)
        finally:
            connections[alias].close()
            _use({alias: before})
        on_the_server(alias, f'ALTER DATABASE "{making}" RENAME TO "{kept}"')
    return kept


def on_the_server(alias: str, *statements: str) -> list[Any]:
    """Runs statements outside of our databases; the rows of the last one."""
    where = connections[alias].settings_dict
    with psycopg.connect(
        host=where["HOST"], user=where["USER"], dbname="postgres", autocommit=True
    ) as server:
        for statement in statements:
            cursor = server.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []
