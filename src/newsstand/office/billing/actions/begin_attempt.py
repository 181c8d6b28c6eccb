"""The first half of a charge: the attempt is written and committed before the gateway hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import IntegrityError, transaction

from newsstand.office.billing.actions.locking import all_locked
from newsstand.office.billing.gateways.base import Initiator
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.models.invoices import IN_FLIGHT
from newsstand.office.billing.queries.upkeep import charging_stopped
from newsstand.office.kit.rows import update_each
from newsstand.rules.billing.dunning import MOST_ATTEMPTS

LEASE = timedelta(minutes=5)
MOST_PER_INVOICE = 12  # with however many cards; the card schemes allow 15 tries of one charge in 30 days


@dataclass(frozen=True, slots=True)
class Refusal:
    """No attempt was made: free, paid, void, ended, cancelled, parked, stopped, in_flight, refused_card or too_many."""

    why: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invoice that is to be charged with a card; `charge_ref` is its charge at the gateway, once there is one."""

    invoice: Invoice
    payment_method: PaymentMethod
    charge_ref: str = ""


def begin_attempts(
    *, wanted: Sequence[Wanted], initiator: Initiator, return_url: str, by: str, now: datetime
) -> list[Attempt | Refusal]:
    """Write the attempts that are about to be sent, each of another sale; their keys go with the calls. `by` is who
    wants the charges.

    Whatever forbids a charge is looked at here, under the sale's lock: of two at the same moment one
    gets the attempt, and the other is told that it is in flight.
    """
    try:
        with transaction.atomic():
            return _begin(wanted, initiator, return_url, now)
    except IntegrityError:  # the database's own word, should the lock ever not hold: one attempt in flight
        if len(wanted) == 1:
            return [Refusal("in_flight")]
    return [
        begun
        for row in wanted
        for begun in begin_attempts(wanted=[row], initiator=initiator, return_url=return_url, by=by, now=now)
    ]


def _begin(
    wanted: Sequence[Wanted], initiator: Initiator, return_url: str, now: datetime
) -> list[Attempt | Refusal]:
    sales = all_locked([row.invoice for row in wanted], with_all=False)
    invoices = Invoice.objects.in_bulk([row.invoice.pk for row in wanted])
    tried: dict[int, list[Attempt]] = {}
    for attempt in Attempt.objects.filter(invoice__in=list(invoices)).order_by("n"):
        tried.setdefault(attempt.invoice_id, []).append(attempt)
    is_stopped, found, begun = charging_stopped() is not None, list[Attempt | Refusal](), list[Attempt]()
    for row, sale in zip(wanted, sales, strict=True):
        invoice = invoices[row.invoice.pk]
        invoice.sale = sale
        attempts = tried.get(invoice.pk, [])
        why = _forbids(invoice, attempts, row.payment_method, is_stopped=is_stopped)
        if why:
            found.append(Refusal(why))
            continue
        invoice.gateway, invoice.charge_ref = row.payment_method.gateway, row.charge_ref
        attempt = _new(invoice, row.payment_method, attempts, now)
        attempt.initiator, attempt.return_url = initiator.value, return_url
        found.append(attempt)
        begun.append(attempt)
    _write(begun, now)
    return found


def _new(invoice: Invoice, card: PaymentMethod, attempts: Sequence[Attempt], now: datetime) -> Attempt:
    n = (attempts[-1].n if attempts else 0) + 1
    return Attempt(
        key=uuid4(), invoice=invoice, n=n, payment_method=card, begun_at=now, lease_until=now + LEASE
    )


def _write(begun: Sequence[Attempt], now: datetime) -> None:
    if not begun:
        return
    invoices = [attempt.invoice for attempt in begun]
    update_each(invoices, ["gateway", "charge_ref"])
    Attempt.objects.bulk_create(begun)
    for model in (Subscription, Purchase):
        ids = [invoice.sale.pk for invoice in invoices if isinstance(invoice.sale, model)]
        if ids:
            model.objects.filter(pk__in=ids).update(next_action_at=now + LEASE)


def _forbids(
    invoice: Invoice, attempts: Sequence[Attempt], payment_method: PaymentMethod, *, is_stopped: bool
) -> str:
    sale = invoice.sale
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
    if is_stopped:
        return "stopped"
    if any(attempt.status in IN_FLIGHT for attempt in attempts):
        return "in_flight"
    if payment_method.status != PaymentMethod.Status.LIVE:
        return "refused_card"
    if sum(attempt.payment_method_id == payment_method.pk for attempt in attempts) >= MOST_ATTEMPTS:
        return "too_many"
    return "too_many" if len(attempts) >= MOST_PER_INVOICE else ""
