"""The audit log: every change of state leaves a row."""

from datetime import datetime
from typing import Any

from newsstand.office.kit.models import AuditRow


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
    AuditRow.objects.create(at=now, by=by, verb=verb, subject=subject, before=before, after=after, why=why)
