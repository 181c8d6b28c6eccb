"""A period that costs nothing is served without a charge, and without an attempt at one."""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.models import Invoice, PaymentMethod
from newsstand.office.kit import audit
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.lifecycle import State


def serve_free(*, invoice: Invoice, payment_method: PaymentMethod | None, by: str, now: datetime) -> bool:
    """Let the free period of an open invoice begin; False, and nothing changed, where nobody wants it any more.

    `payment_method` is the card that an order was made with: the first period that costs something is charged to it.
    """
    with transaction.atomic():
        sale = locked_sale(invoice)
        invoice = Invoice.objects.select_related("consent").get(pk=invoice.pk)
        is_wanted = invoice.status == Invoice.Status.OPEN and sale.is_live and not sale.is_cancelled
        if invoice.amount or not is_wanted:
            return False
        invoice.sale = sale
        invoice.status, invoice.paid_at = Invoice.Status.PAID, now
        invoice.save(update_fields=["status", "paid_at"])
        if sale.state == State.PENDING:
            sale.payment_method = payment_method
        after = {"invoice": invoice.ref, "seq": invoice.seq}
        audit.record(by=by, verb="serve_free", subject=sale.log_subject, after=after, now=now)
        return follow(sale=sale, event=lifecycle.FreeBegun(), by=by, now=now, invoice=invoice).applies
