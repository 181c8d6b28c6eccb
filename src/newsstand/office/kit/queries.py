"""Questions about the publication and the outbox."""

import threading
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from newsstand.office.kit import shelf
from newsstand.office.kit.models import AuditRow, OutboxRow, Publication, SentNotice

_cache = threading.local()


class NoPublication(LookupError):
    """The installation has no publication yet: `newsstand init` makes it."""


def publication() -> Publication:
    """The publication; read again when the board has changed, which every change of it sees to."""
    version = shelf.handle().board.version()
    if getattr(_cache, "version", None) != version or getattr(_cache, "row", None) is None:
        row = Publication.objects.first()
        if row is None:
            raise NoPublication("this installation has no publication yet")
        _cache.row, _cache.version = row, version
    found: Publication = _cache.row
    return found


def hold_publication() -> None:
    """Within a transaction: what holds for all pages was changed before this, or is changed after it, not meanwhile.

    SQLite has one writer at a time; PostgreSQL locks the row that every installation has once.
    """
    Publication.objects.select_for_update().values_list("pk", flat=True).first()


def forget_publication() -> None:
    """Read the publication again at the next question."""
    _cache.row = None


OPEN = Q(done_at__isnull=True, parked_at__isnull=True)


def rows_open(row_ids: list[int] | None = None) -> bool:
    """Whether outbox rows (these, or any) are still to be done."""
    rows = OutboxRow.objects.filter(OPEN)
    return (rows if row_ids is None else rows.filter(pk__in=row_ids)).exists()


def open_rows(row_ids: list[int]) -> list[OutboxRow]:
    """Those of these outbox rows that are still to be done, oldest first."""
    return list(OutboxRow.objects.filter(OPEN, pk__in=row_ids).order_by("pk"))


def payloads_open(topics: list[str]) -> list[tuple[str, dict[str, Any]]]:
    """Topic and payload of the rows of these topics that are still to be done."""
    return list(OutboxRow.objects.filter(OPEN, topic__in=topics).values_list("topic", "payload"))


def notices_among(keys: list[str]) -> dict[str, datetime]:
    """Which of these mails were written, and when."""
    return dict(SentNotice.objects.filter(key__in=keys).values_list("key", "created_at"))


def deeds_about(subject: str) -> list[dict[str, Any]]:
    """What the audit log holds about a subject, the oldest first."""
    rows = AuditRow.objects.filter(subject=subject).order_by("pk")
    return [dict(row) for row in rows.values("at", "by", "verb", "before", "after", "why")]


def next_row(
    real_now: datetime, *, among: Collection[str] | None = None, but: Collection[str] = ()
) -> OutboxRow | None:
    """The oldest outbox row that may be done now: of these topics, or of any but those."""
    rows = OutboxRow.objects.filter(OPEN, not_before__lte=real_now).exclude(topic__in=but)
    if among is not None:
        rows = rows.filter(topic__in=among)
    return rows.order_by("pk").first()


def history(subject: str) -> QuerySet[AuditRow]:
    """What was done to a subject, the newest first."""
    return AuditRow.objects.filter(subject=subject).order_by("-pk")


def rows_wait(topic: str, key: str) -> bool:
    """Whether an outbox row of a topic and key is still to be begun."""
    return OutboxRow.objects.filter(topic=topic, key=key, started_at__isnull=True).exists()


def rows_of(topic: str, key: str) -> list[OutboxRow]:
    """The outbox rows of a topic and key that are still to be done."""
    return list(OutboxRow.objects.filter(OPEN, topic=topic, key=key))
