"""Backups of the books alone: the bank keeps what it has done since."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connections

from tests.databases import on_sqlite, on_the_server

BOOKS = "default"
SETTLE = "CHECKPOINT"
"""After a copy: the numbers that a copied sequence gives away are otherwise forgotten when the server dies."""


def back_up(place: Path) -> None:
    """Keep the books as they are now, in a file or in a database beside them."""
    connections.close_all()
    name = _name()
    if on_sqlite():
        _copy(name, place)
    else:
        on_the_server(BOOKS, f'DROP DATABASE IF EXISTS "{name}_kept"', *_copied(f"{name}_kept", name))


def restore(place: Path) -> None:
    """Put the kept books in the place of those that there are."""
    connections.close_all()
    name = _name()
    if on_sqlite():
        _copy(place, name)
    else:
        on_the_server(BOOKS, f'DROP DATABASE "{name}" WITH (FORCE)', *_copied(name, f"{name}_kept"))


def forget() -> None:
    """Remove what was kept on the server."""
    if not on_sqlite():
        on_the_server(BOOKS, f'DROP DATABASE IF EXISTS "{_name()}_kept"')


def _name() -> str:
    return str(connections[BOOKS].settings_dict["NAME"])


def _copied(new: str, old: str) -> tuple[str, str]:
    return f'CREATE DATABASE "{new}" TEMPLATE "{old}"', SETTLE


def _copy(source: str | Path, target: str | Path) -> None:
    """SQLite's own way, which takes the write-ahead log along."""
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.backup(written)
