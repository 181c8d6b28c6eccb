"""Opening the invoice of the period or the purchase that is to be charged now."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from newsstand.office.billing.actions.locking import all_locked, locked_again
from newsstand.office.billing.models import Consent, Invoice, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries.due import present_period
from newsstand.office.billing.queries.lost import invoice_id
from newsstand.office.kit import audit
from newsstand.rules.billing.books import CANCELLED, NO_SERVICE
from newsstand.rules.billing.periods import Period


def open_invoice(*, sale: Subscription | Purchase, by: str, now: datetime) -> Invoice | None:
    """The open invoice of the period that contains now, made if there is none; None if that period needs none.
    Of a purchase, its one invoice.

    After an outage only this period is charged: earlier ones that were never served become void rows, which
    count for the sequence.
    """
    with transaction.atomic():
        sale = locked_again(sale)
        due = _due_period(sale, now)
        if due is None:
            return None
        invoice = open_period(sale=sale, due=due, by=by, now=now)
        return invoice if invoice.status == Invoice.Status.OPEN else None


def open_invoices(*, subscriptions: Sequence[Subscription], by: str, now: datetime) -> list[Invoice | None]:
    """The same for several subscriptions at once, in their order; those whose next period just begins in one go."""
    with transaction.atomic():
        held = [sale for sale in all_locked(subscriptions) if isinstance(sale, Subscription)]
        dues = {sale.pk: _due_period(sale, now) for sale in held}
        begun = set(
            Invoice.objects.filter(subscription__in=held, seq__gte=F("subscription__next_seq")).values_list(
                "subscription_id", flat=True
            )
        )
        made = _begin(
            [
                (sale, due)
                for sale in held
                if (due := dues[sale.pk]) is not None and due.seq == sale.next_seq and sale.pk not in begun
            ],
            by=by,
            now=now,
        )
        found: list[Invoice | None] = []
        for sale in held:
            due, invoice = dues[sale.pk], made.get(sale.pk)
            if invoice is None and due is not None:
                invoice = open_period(sale=sale, due=due, by=by, now=now)
            found.append(invoice if invoice is not None and invoice.status == Invoice.Status.OPEN else None)
        return found


def _begin(wanted: Sequence[tuple[Subscription, Period]], *, by: str, now: datetime) -> dict[int, Invoice]:
    """The invoices of periods that have none yet, by the subscription."""
    agreed = Consent.objects.filter(subscription__in=[sale for sale, _ in wanted]).order_by("at", "pk")
    consents = {row.subscription_id: row for row in agreed.defer("text")}
    made = {sale.pk: new_invoice(sale, due, consents[sale.pk], 0, now) for sale, due in wanted}
    Invoice.objects.bulk_create(made.values())
    audit.record_all(_opened(invoice, by, now) for invoice in made.values())
    return made


def open_period(*, sale: Subscription | Purchase, due: Period, by: str, now: datetime) -> Invoice:
    """The invoice of a period, made if there is none, and void rows for periods before it that nobody was
    charged for. The caller holds the sale's row."""
    if isinstance(sale, Subscription):
        for seq in range(sale.next_seq, due.seq):
            void_unserved(sale, seq, by=by, now=now)
    invoice, is_new = _invoice(sale, due, now)
    if is_new:
        audit.record_all([_opened(invoice, by, now)])
    return invoice


def _due_period(sale: Subscription | Purchase, now: datetime) -> Period | None:
    """The period in which today lies, if it was not paid; for a new order the first one."""
    if not sale.is_running:
        return sale.period(0) if sale.is_live else None
    if isinstance(sale, Purchase):
        return None
    due = present_period(sale, now)
    return due if due.seq >= sale.next_seq else None


def _invoice(sale: Subscription | Purchase, due: Period, now: datetime) -> tuple[Invoice, bool]:
    rows = sale.invoices.filter(seq=due.seq)
    invoice = rows.exclude(void_reason=CANCELLED).first()
    is_new = invoice is None
    if invoice is None:  # also where one was called off: that is history, and the period gets another
        invoice = new_invoice(sale, due, sale.consents.latest("at"), rows.count(), now)
        invoice.save()
    invoice.sale = sale
    return invoice, is_new


def new_invoice(
    sale: Subscription | Purchase, due: Period, consent: Consent, called_off: int, now: datetime
) -> Invoice:
    """The row of a period. After a restored backup the gateway still knows the charge by its id."""
    price = sale.price_row(due.seq)
    invoice = Invoice(
        public_id=invoice_id(sale.public_id, due.seq, called_off),
        seq=due.seq,
        starts_on=due.starts_on,
        ends_on=due.ends_on,
        price=price,
        amount=price.amount,
        currency=price.currency,
        consent=consent,
        opened_at=now,
    )
    invoice.sale = sale
    return invoice


def _opened(invoice: Invoice, by: str, now: datetime) -> audit.Deed:
    after = {"invoice": invoice.ref, "seq": invoice.seq, "amount": invoice.amount}
    return audit.Deed(by, "open_invoice", invoice.sale.log_subject, now, after=after)


def void_unserved(subscription: Subscription, seq: int, *, by: str, now: datetime) -> None:
    """A period that is over and was never charged: nobody pays for it any more."""
    invoice, _ = _invoice(subscription, subscription.period(seq), now)
    if invoice.status != Invoice.Status.OPEN or invoice.attempts.filter(status__in=UNSETTLED).exists():
        return
    invoice.status, invoice.void_reason = Invoice.Status.VOID, NO_SERVICE
    invoice.save(update_fields=["status", "void_reason"])
    audit.record(
        by=by,
        verb="void_invoice",
        subject=subscription.log_subject,
        after={"invoice": invoice.ref, "seq": seq},
        why=NO_SERVICE,
        now=now,
    )
