"""Finding out what became of an attempt whose answer never came."""

from datetime import datetime

from django.db.models import F

from newsstand.office.billing.actions.begin_attempt import LEASE
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.actions.take_payment import send_attempt
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice
from newsstand.office.billing.models.invoices import IN_FLIGHT
from newsstand.office.kit import clock


def sweep_attempt(*, attempt: Attempt, by: str, now: datetime) -> Attempt:
    """Look the charge up; where the gateway knows no end of it, send the same attempt again with the same key.

    An attempt that is being sent and whose lease holds is left to whoever sends it. Of a parked sale nothing is sent:
    what the gateway says of itself is all that is taken in.
    """
    if (
        attempt.status == Attempt.Status.SENDING
        and attempt.lease_until is not None
        and attempt.lease_until > now
    ):
        return attempt
    used = gateway(attempt.payment_method.gateway)
    found = used.lookup_charge(ref=attempt.invoice.ref, now=clock.to_unix(now))
    match found:
        case base.Succeeded() | base.ActionRequired() | base.Canceled() | base.Processing():
            return record_attempt(attempt=attempt, outcome=found, via="lookup", by=by, now=now)
        case base.Declined() if attempt.status == Attempt.Status.ACTION:
            return record_attempt(attempt=attempt, outcome=found, via="lookup", by=by, now=now)
        case base.Open() | base.NotFound() if attempt.status == Attempt.Status.ACTION:
            called_off = base.Canceled(attempt.invoice.charge_ref)
            return record_attempt(attempt=attempt, outcome=called_off, via="lookup", by=by, now=now)
        case base.Unknown() if attempt.status == Attempt.Status.ACTION:
            return attempt
    if not _is_wanted(attempt):
        return call_off(attempt=attempt, by=by, now=now)
    if attempt.invoice.sale.parked_reason:
        return attempt
    return _send_again(attempt, by=by, now=now)


def call_off(*, attempt: Attempt, by: str, now: datetime) -> Attempt:
    """See to it that nothing is taken for an attempt nobody wants; a success that came first is settled."""
    used, moment = gateway(attempt.payment_method.gateway), clock.to_unix(now)
    outcome: base.Outcome | base.Canceled
    answer = used.cancel_charge(charge_ref=attempt.invoice.charge_ref, now=moment)
    if isinstance(answer, base.Canceled):
        outcome = answer
    else:
        found = used.lookup_charge(ref=attempt.invoice.ref, now=moment)
        outcome = found if isinstance(found, base.Succeeded) else base.Unknown("taken, and not found")
    return record_attempt(attempt=attempt, outcome=outcome, via="lookup", by=by, now=now)


def _is_wanted(attempt: Attempt) -> bool:
    sale = attempt.invoice.sale
    is_open = attempt.invoice.status == Invoice.Status.OPEN
    return is_open and sale.is_live and not sale.is_cancelled


def _send_again(attempt: Attempt, *, by: str, now: datetime) -> Attempt:
    """Of two that want to send it again, one does: the number of sends is the compare-and-set."""
    same = Attempt.objects.filter(pk=attempt.pk, sends=attempt.sends, status__in=IN_FLIGHT)
    taken = same.update(sends=F("sends") + 1, status=Attempt.Status.SENDING, lease_until=now + LEASE)
    attempt.refresh_from_db()
    return send_attempt(attempt=attempt, by=by, now=now) if taken else attempt
