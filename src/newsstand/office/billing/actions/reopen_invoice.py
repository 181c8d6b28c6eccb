"""Writing again what a restored backup has forgotten: the invoice and the attempt of a charge that a gateway knows."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from newsstand.office.billing.actions.finish_card import keep_card
from newsstand.office.billing.actions.locking import locked_again, locked_sale
from newsstand.office.billing.actions.open_invoice import open_period
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, CardSetup, Invoice, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries.lost import LostInvoice
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind


def reopen_invoice(
    *, event: GatewayEvent, lost: LostInvoice | None, by: str, now: datetime
) -> Attempt | None:
    """An attempt without an answer for the charge that the event is about, so that the event has one to settle.

    None where nothing was forgotten: our rows know the charge, or it is none of ours. Nothing is sent by this.
    """
    method = None if lost is None else _card(lost.sale, by=by, now=now)
    with transaction.atomic():
        invoice = _lost_invoice(event, lost, by=by, now=now) if lost is not None else _known_invoice(event)
        if invoice is None or not _may_be_news(invoice, event):
            return None
        if lost is None and invoice.attempts.exists():
            return None
        invoice.gateway, invoice.charge_ref = event.gateway, event.charge_id
        invoice.save(update_fields=["gateway", "charge_ref"])
        return note_attempt(invoice=invoice, begun_at=clock.from_unix(event.at), now=now, card=method)


def note_attempt(
    *, invoice: Invoice, begun_at: datetime, now: datetime, card: PaymentMethod | None = None
) -> Attempt | None:
    """An attempt without an answer, for an invoice that has none of which the end is not known."""
    card = card or invoice.sale.payment_method
    attempts = invoice.attempts.all()
    waits = attempts.filter(status__in=[*UNSETTLED, Attempt.Status.SUCCEEDED])
    if card is None or waits.exists():
        return None
    return Attempt.objects.create(
        invoice=invoice,
        n=(attempts.aggregate(last=Max("n"))["last"] or 0) + 1,
        payment_method=card,
        initiator=base.Initiator.MERCHANT.value,
        status=Attempt.Status.UNKNOWN,
        begun_at=begun_at,
        lease_until=now,
    )


def _may_be_news(invoice: Invoice, event: GatewayEvent) -> bool:
    """Money can also have been taken for what was called off here since, and then goes back."""
    is_called_off = invoice.status == Invoice.Status.VOID and event.kind is Kind.CHARGE_SUCCEEDED
    return invoice.status == Invoice.Status.OPEN or is_called_off


def _card(sale: Subscription | Purchase, *, by: str, now: datetime) -> PaymentMethod | None:
    """The card of a sale; of an order, the one that the gateway has for the reader's visit to its card page."""
    if sale.payment_method is not None:
        return sale.payment_method
    for setup in CardSetup.objects.filter(**{sale.kind: sale}).order_by("-pk"):
        try:
            return setup.payment_method or keep_card(setup=setup, by=by, now=now)
        except base.SetupIncomplete:
            continue
    return None


def _lost_invoice(event: GatewayEvent, lost: LostInvoice, *, by: str, now: datetime) -> Invoice | None:
    """The lost invoice; None where it would get another id, or be over another amount."""
    sale = locked_again(lost.sale)
    due = sale.period(lost.seq)
    invoice = open_period(sale=sale, due=due, by=by, now=clock.from_unix(event.at))
    is_same = invoice.ref == event.ref and event.amount in (None, invoice.money)
    return invoice if is_same else None


def _known_invoice(event: GatewayEvent) -> Invoice | None:
    """The invoice that the backup has, from the moment before its first attempt."""
    found = Invoice.objects.filter(public_id=UUID(hex=event.ref)).first() if event.ref else None
    if found is not None:
        found.sale = locked_sale(found)
    return found
