"""The switch that stops all new attempts, thrown by a person or by a brake."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.models import ChargingStop
from newsstand.office.kit import audit

SUBJECT = "billing"


def stop_charging(*, why: str, by: str, now: datetime) -> bool:
    """Let no attempt begin any more; what is on its way is still settled. False if it was stopped before."""
    with transaction.atomic():
        row, is_new = ChargingStop.objects.get_or_create(
            pk=1, defaults={"why": why[:200], "by": by, "at": now}
        )
        if is_new:
            audit.record(by=by, verb="stop_charging", subject=SUBJECT, why=why, now=now)
            notices.tell_staff_of_stop(row.why, now)
        return is_new


def go_on_charging(*, why: str, by: str, now: datetime) -> bool:
    """Let attempts begin again. False if nothing was stopped."""
    with transaction.atomic():
        gone, _ = ChargingStop.objects.all().delete()
        if gone:
            audit.record(by=by, verb="go_on_charging", subject=SUBJECT, why=why, now=now)
        return bool(gone)
