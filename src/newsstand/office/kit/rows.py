"""Many rows of one table, each changed to values of its own."""

from collections.abc import Sequence

from django.db import connections, models, router


def update_each(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of each row, all with one prepared statement. Raises LookupError for a field that is none.

    Django's `bulk_update` asks for the same with a tree of cases, whose making takes longer than the writing.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quoted = connection.ops.quote_name
    written = [field for field in model._meta.concrete_fields if field.name in fields]
    if len(written) != len(set(fields)):
        raise LookupError(f"not all of {sorted(fields)} are fields of {model.__name__}")
    changes = ", ".join(f"{quoted(str(field.column))} = %s" for field in written)
    key = quoted(str(model._meta.pk.column))
    # Names of our own columns; every value is a parameter.
    statement = f"UPDATE {quoted(model._meta.db_table)} SET {changes} WHERE {key} = %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [field.get_db_prep_save(getattr(row, field.attname), connection) for field in written]
                + [row.pk]
                for row in rows
            ],
        )
