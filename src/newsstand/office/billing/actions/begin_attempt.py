"""The first half of a charge: the attempt is written and committed before the gateway hears of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import Max

from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.gateways.base import Initiator
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.models.invoices import IN_FLIGHT
from newsstand.office.billing.queries.upkeep import charging_stopped
from newsstand.rules.billing.dunning import MOST_ATTEMPTS

LEASE = timedelta(minutes=5)
MOST_PER_INVOICE = 12  # with however many cards; the card schemes allow 15 tries of one charge in 30 days


@dataclass(frozen=True, slots=True)
class Refusal:
    """No attempt was made: free, paid, void, ended, cancelled, parked, stopped, in_flight, refused_card or too_many."""

    why: str


def begin_attempt(
    *,
    invoice: Invoice,
    payment_method: PaymentMethod,
    charge_ref: str,
    initiator: Initiator,
    return_url: str,
    by: str,
    now: datetime,
) -> Attempt | Refusal:
    """Write the attempt that is about to be sent; its key goes with the call. `by` is who wants the charge.

    Whatever forbids a charge is looked at here, under the sale's lock: of two at the same moment one
    gets the attempt, and the other is told that it is in flight.
    """
    try:
        with transaction.atomic():
            sale = locked_sale(invoice)
            current = Invoice.objects.get(pk=invoice.pk)
            why = _forbids(sale, current, payment_method)
            if why:
                return Refusal(why)
            current.gateway, current.charge_ref = payment_method.gateway, charge_ref
            current.save(update_fields=["gateway", "charge_ref"])
            attempt = Attempt.objects.create(
                key=uuid4(),
                invoice=current,
                n=(current.attempts.aggregate(last=Max("n"))["last"] or 0) + 1,
                payment_method=payment_method,
                initiator=initiator.value,
                return_url=return_url,
                begun_at=now,
                lease_until=now + LEASE,
            )
            sale.next_action_at = now + LEASE
            sale.save(update_fields=["next_action_at"])
    except IntegrityError:  # the database's own word, should the lock ever not hold: one attempt in flight
        return Refusal("in_flight")
    return attempt


def _forbids(sale: Subscription | Purchase, invoice: Invoice, payment_method: PaymentMethod) -> str:
    if invoice.amount == 0:
        return "free"
    if invoice.status != Invoice.Status.OPEN:
        return "paid" if invoice.status == Invoice.Status.PAID else "void"
    if not sale.is_live:
        return "ended"
    if sale.is_cancelled:
        return "cancelled"
    if sale.parked_reason:
        return "parked"
    if charging_stopped() is not None:
        return "stopped"
    if invoice.attempts.filter(status__in=IN_FLIGHT).exists():
        return "in_flight"
    if payment_method.status != PaymentMethod.Status.LIVE:
        return "refused_card"
    if invoice.attempts.filter(payment_method=payment_method).count() >= MOST_ATTEMPTS:
        return "too_many"
    return "too_many" if invoice.attempts.count() >= MOST_PER_INVOICE else ""
