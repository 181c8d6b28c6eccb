"""A renewal that comes late because nobody was at work: it is reported, and it is no fault of the reader's."""

from datetime import datetime, timedelta

from django.db import transaction

from newsstand.office.billing.actions import notices
from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.kit import audit, clock
from newsstand.office.kit.queries import publication
from newsstand.rules.billing.periods import due_at

LATE = timedelta(days=1)


def report_late(*, subscription: Subscription, invoice: Invoice, by: str, now: datetime) -> bool:
    """Leave a row, and a mail to staff once a day, when a period is first tried more than a day after it was due.

    Nothing else follows: its grace counts from the first try (`dunning.grace_starts_on`). False for what is in time.
    """
    due = clock.from_unix(due_at(invoice.period, publication().zone, subscription.ref))
    if now - due <= LATE or invoice.attempts.exists():
        return False
    with transaction.atomic():
        after = {"invoice": invoice.ref, "due_at": due.isoformat()}
        audit.record(by=by, verb="late_renewal", subject=subscription.log_subject, after=after, now=now)
        notices.tell_staff_of_late_renewals(now)
    return True
