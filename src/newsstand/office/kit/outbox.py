"""What must follow a commit is a row of the same transaction; the worker does the rows.

A row names what changed; its handler reads the present state, so that doing a row twice, or late, is harmless.
"""

import logging
import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from newsstand.office.kit import clock, queries
from newsstand.office.kit.models import OutboxRow
from newsstand.office.kit.registry import registry
from newsstand.shelf.store import ShelfFull

log = logging.getLogger(__name__)

TRIES = 8
LONGEST_WAIT = 60
TURN = 0x6E657773  # any number: the name of a lock that nobody else takes
# After a failure the row waits 1, 2, 4 … seconds; after the last try it is parked for a person to look at.
# A full disk is no fault of the row's: it is tried every minute until there is room.


class OutsideTransaction(RuntimeError):
    """An outbox row was added outside a transaction, so that it would not share the fate of its change."""


def add(topic: str, payload: dict[str, Any], *, key: str = "") -> int:
    """Add a row to the caller's transaction and return its id. A waiting row of the same key serves for both."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(topic)
    waiting = _waiting(topic, key)
    if waiting is not None:
        return waiting
    now = clock.real_now()
    row = OutboxRow(topic=topic, key=key, payload=payload, created_at=now, not_before=now)
    try:
        with transaction.atomic():
            row.save()
    except (
        IntegrityError
    ):  # another transaction has added the same key and committed while this one waited for it
        waiting = _waiting(topic, key)
        if waiting is not None:
            return waiting
        row.save()
    return row.pk


def take_turn() -> None:
    """Within a transaction that adds rows of many keys, before the first: others that do so wait until it has ended.

    Two that named the same keys in another order would wait for each other, and PostgreSQL would end one of them.
    SQLite has one writer at a time.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])


def add_new(topic: str, payloads: Mapping[str, dict[str, Any]]) -> None:
    """Add rows whose keys, the mapping's, nobody has used before, all at once to the caller's transaction."""
    if not connection.in_atomic_block:
        raise OutsideTransaction(topic)
    now = clock.real_now()
    OutboxRow.objects.bulk_create(
        (
            OutboxRow(topic=topic, key=key, payload=payload, created_at=now, not_before=now)
            for key, payload in payloads.items()
        ),
        ignore_conflicts=True,
    )


def _waiting(topic: str, key: str) -> int | None:
    """The row of this key that was not started yet, locked: it is not started before the caller's commit."""
    if not key:
        return None
    rows = OutboxRow.objects.select_for_update().filter(topic=topic, key=key, started_at__isnull=True)
    return rows.values_list("pk", flat=True).first()


def wait_for(row_ids: list[int]) -> bool:
    """Wait, shortly, until these rows are done, so that a redirect shows their effect; False if they are not.

    Where the worker is busy or away they are done here: a row may be done twice, and in any order.
    """
    if watch(row_ids):
        return True
    for row in queries.open_rows(row_ids):
        do_row(row)
    return not queries.rows_open(row_ids)


def watch(row_ids: list[int]) -> bool:
    """Wait, shortly, whether the worker does these rows; False if it has not done all of them by then."""
    limit = clock.monotonic() + settings.OUTBOX_WAIT
    while queries.open_rows(row_ids):
        if clock.monotonic() >= limit:
            return False
        time.sleep(0.02)
    return True


def is_open(topic: str, key: str) -> bool:
    """Whether a row of a topic and key is still to be done, as far as that is committed."""
    return bool(queries.rows_of(topic, key))


def is_waiting(topic: str, key: str) -> bool:
    """Whether a row of a topic and key waits that nobody has begun: for a change since the last that was begun."""
    return queries.rows_wait(topic, key)


def begin(topic: str, key: str) -> list[int]:
    """Mark the open rows of a topic and key as started, and return them: the caller reads the present state now.

    A change after this moment makes a row of its own. What is not closed then is left to the worker.
    """
    rows = [row.pk for row in queries.rows_of(topic, key)]
    if rows:
        OutboxRow.objects.filter(pk__in=rows, started_at__isnull=True).update(started_at=clock.real_now())
    return rows


def close(row_ids: list[int]) -> None:
    """These rows, which the caller began, have been done by somebody who was here before the worker."""
    OutboxRow.objects.filter(pk__in=row_ids, done_at__isnull=True).update(
        done_at=clock.real_now(), last_error=""
    )


def drain(limit: int = 1_000, *, among: Collection[str] | None = None, but: Collection[str] = ()) -> int:
    """Do what is open, of these topics or of any but those, oldest first; returns how many rows were tried."""
    for done in range(limit):
        row = queries.next_row(clock.real_now(), among=among, but=but)
        if row is None:
            return done
        do_row(row)
    return limit


def do_row(row: OutboxRow) -> None:
    """Do one row. It is marked as started first: a change after this moment makes a row of its own."""
    OutboxRow.objects.filter(pk=row.pk).update(started_at=clock.real_now(), tries=row.tries + 1)
    try:
        registry.handler(row.topic)(row.payload, clock.now())
    except Exception as error:  # noqa: BLE001 -- a handler may fail in any way; the row is kept, tried again, then parked
        _failed(row, error)
    else:
        OutboxRow.objects.filter(pk=row.pk).update(done_at=clock.real_now(), last_error="")


def _failed(row: OutboxRow, error: Exception) -> None:
    tries, now = row.tries + 1, clock.real_now()
    parked_at = now if tries >= TRIES and not isinstance(error, ShelfFull) else None
    log.exception(
        "outbox_row_failed topic=%s row=%s tries=%s parked=%s", row.topic, row.pk, tries, bool(parked_at)
    )
    OutboxRow.objects.filter(pk=row.pk).update(
        last_error=f"{type(error).__name__}: {error}"[:2000],
        not_before=now + timedelta(seconds=min(2 ** min(tries - 1, TRIES), LONGEST_WAIT)),
        parked_at=parked_at,
    )


def resume(topics: Collection[str], *, parked_before: datetime) -> int:
    """Take up again the rows of these topics that were parked before a moment of real time; returns how many."""
    rows = OutboxRow.objects.filter(topic__in=topics, done_at__isnull=True, parked_at__lte=parked_before)
    return rows.update(parked_at=None, tries=0, not_before=clock.real_now())


def prune() -> None:
    """Forget rows that were done more than seven days ago."""
    with transaction.atomic():
        OutboxRow.objects.filter(done_at__lt=clock.real_now() - timedelta(days=7)).delete()
