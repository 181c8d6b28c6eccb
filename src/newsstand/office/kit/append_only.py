"""A migration operation that makes a table append-only, by triggers, on SQLite and on PostgreSQL."""

from typing import Any

from django.db import migrations

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$
"""
_POSTGRES = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_append_only()
"""


class AppendOnly(migrations.RunPython):
    """Refuse every UPDATE and DELETE on the table, whoever asks."""

    def __init__(self, table: str) -> None:
        self.table = table
        super().__init__(self._forwards, self._backwards)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table], {})

    def _forwards(self, apps: Any, schema_editor: Any) -> None:
        is_sqlite = schema_editor.connection.vendor == "sqlite"
        if not is_sqlite:
            schema_editor.execute(_POSTGRES_FUNCTION.format(table=self.table))
        for verb in ("UPDATE", "DELETE"):
            statement = _SQLITE if is_sqlite else _POSTGRES
            schema_editor.execute(statement.format(table=self.table, verb=verb))

    def _backwards(self, apps: Any, schema_editor: Any) -> None:
        on_table = "" if schema_editor.connection.vendor == "sqlite" else f" ON {self.table}"
        for verb in ("UPDATE", "DELETE"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {self.table}_no_{verb}{on_table}")


class AppendOnlyAgain(AppendOnly):
    """After a change of the table: SQLite makes it anew, and its triggers go with the old one."""

    def _forwards(self, apps: Any, schema_editor: Any) -> None:
        self._backwards(apps, schema_editor)
        super()._forwards(apps, schema_editor)
