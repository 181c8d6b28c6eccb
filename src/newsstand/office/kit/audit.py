"""The audit log: every change of state leaves a row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from newsstand.office.kit.models import AuditRow


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of the log: who did what to what. `by` is `reader:<id>`, `staff:<id>`, `importer` or `system`."""

    by: str
    verb: str
    subject: str
    now: datetime
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    why: str = ""


def record(
    *,
    by: str,
    verb: str,
    subject: str,
    now: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    why: str = "",
) -> None:
    """Write who did what to what. `by` is `reader:<id>`, `staff:<id>`, `importer` or `system`."""
    record_all([Deed(by, verb, subject, now, before, after, why)])


def record_all(deeds: Iterable[Deed]) -> None:
    """Write several lines at once."""
    AuditRow.objects.bulk_create(
        AuditRow(
            at=deed.now,
            by=deed.by,
            verb=deed.verb,
            subject=deed.subject,
            before=deed.before,
            after=deed.after,
            why=deed.why,
        )
        for deed in deeds
    )
