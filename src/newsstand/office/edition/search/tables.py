"""The two tables of words, in the full-text search of the database: `opening` of every story, and `full`.

They hold folded words alone. What a reader is shown is cut from the story, never from here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.db import connection, transaction

Table = Literal["opening", "full"]
NAMES: Final[dict[Table, str]] = {"opening": "edition_search_opening", "full": "edition_search_full"}

_PUT: Final = """INSERT INTO {table} ({key}story, product, title, standfirst, text)
    VALUES ({place}%s, %s, %s, %s, %s)"""
_FORGET: Final = "DELETE FROM {table} WHERE {key} = %s"
_COUNT: Final = "SELECT count(*) FROM {table}"
_FIND_SQLITE: Final = """SELECT story FROM {table} WHERE {table} MATCH %s {only}
    ORDER BY bm25({table}, 0, 0, 10, 4, 1), rowid LIMIT %s"""
_FIND_POSTGRESQL: Final = """SELECT story FROM {table}, to_tsquery('simple', %s) asked WHERE words @@ asked {only}
    ORDER BY ts_rank(words, asked) DESC, story LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of a story's words. `story` is its public id."""

    story: str
    product: str
    title: str
    standfirst: str
    text: str


@transaction.atomic
def put(table: Table, row: Row) -> None:
    """Keep the words of a story, in place of those kept before."""
    values = (row.story, row.product, row.title, row.standfirst, row.text)
    _forget(table, row.story)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            statement = _PUT.format(table=NAMES[table], key="rowid, ", place="%s, ")
            cursor.execute(statement, (_number(row.story), *values))
        else:
            cursor.execute(_PUT.format(table=NAMES[table], key="", place=""), values)


def forget(story: str) -> None:
    """Take the words of a story out of both tables."""
    with transaction.atomic():
        for table in NAMES:
            _forget(table, story)


def find(
    table: Table, terms: Sequence[str], limit: int, *, products: Iterable[str] | None = None
) -> list[str]:
    """The public ids of the stories in which words begin with each of the terms, the best first.

    With `products` only stories of these are looked at. `full` is asked for those who may read it and for nobody else.
    """
    if not terms:
        return []
    wanted = None if products is None else sorted(products)
    only = "" if wanted is None else f"AND product IN ({', '.join(['%s'] * len(wanted)) or 'NULL'})"
    if connection.vendor == "sqlite":
        statement, question = _FIND_SQLITE, " ".join(f'"{term}"*' for term in terms)
    else:
        statement, question = _FIND_POSTGRESQL, " & ".join(f"{term}:*" for term in terms)
    with connection.cursor() as cursor:
        cursor.execute(statement.format(table=NAMES[table], only=only), [question, *(wanted or ()), limit])
        return [str(story) for (story,) in cursor.fetchall()]


def size() -> int:
    """For how many stories words are kept."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(table=NAMES["opening"]))
        return int(cursor.fetchone()[0])


def _forget(table: Table, story: str) -> None:
    is_sqlite = connection.vendor == "sqlite"
    statement = _FORGET.format(table=NAMES[table], key="rowid" if is_sqlite else "story")
    with connection.cursor() as cursor:
        cursor.execute(statement, [_number(story) if is_sqlite else story])


def _number(story: str) -> int:
    """SQLite finds rows of a full-text table by a number: the first 60 bits of the public id, which is random."""
    return int(story[:15], 16)
