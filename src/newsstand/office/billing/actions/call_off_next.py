"""A cancellation is kept at the gateway too: the charge of the period that would come next is called off there.

So no backup of ours can lose it. A charge that is called off takes no money any more, whoever asks for it; and its
reference follows from the period, so that a restored backup that has not heard of the cancellation asks for just this
one.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q

from newsstand.office.billing.actions.open_invoice import new_invoice, void_unserved
from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries.due import present_period
from newsstand.office.kit import audit
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.price_notices import planned_price


def call_off_next(*, subscription: Subscription, after: int = -1, by: str, now: datetime) -> Invoice | None:
    """Write the invoice of the next period after number `after`, void from its beginning; None where nothing would be
    charged. The caller holds the subscription's row and has the charge called off at the gateway.

    Should the reader want to stay, the period gets another invoice. Periods without a price before it go with it.
    """
    if subscription.engine != Engine.OWN or subscription.payment_method_id is None:
        return None
    start = max(subscription.next_seq, after + 1)
    first = _next_seq(subscription, start, now)
    for seq in range(start, first):
        void_unserved(subscription, seq, by=by, now=now)
    invoice = None
    for seq in range(first, _charged_seq(subscription, first) + 1):
        invoice = call_off_another(subscription, seq, by=by, now=now)
    return invoice


def call_off_another(subscription: Subscription, seq: int, *, by: str, now: datetime) -> Invoice:
    """Write one more invoice of a period, void from its beginning; the next one will have another id.

    It is over the price that a worker would ask for who knows of no cancellation, and reminds the reader in time.
    """
    count = subscription.invoices.filter(seq=seq).count()
    consent = subscription.consents.latest("at")
    invoice = new_invoice(subscription, subscription.period(seq), consent, count, now)
    invoice.price = subscription.row_of(planned_price(subscription.terms, subscription.told, seq))
    invoice.amount = invoice.price.amount
    invoice.status, invoice.void_reason = Invoice.Status.VOID, CANCELLED
    invoice.save()
    after = {"invoice": invoice.ref, "seq": seq}
    audit.record(by=by, verb="call_off_period", subject=subscription.log_subject, after=after, now=now)
    return invoice


def called_off_after(subscription: Subscription, seq: int) -> bool:
    """Whether a period after this one was called off already."""
    return subscription.invoices.filter(seq__gt=seq, void_reason=CANCELLED).exists()


def called_off_ahead(subscription: Subscription) -> Iterator[Invoice]:
    """The invoices of periods not paid yet that a cancellation has called off, or may be calling off just now."""
    rows = subscription.invoices.filter(
        Q(void_reason=CANCELLED) | Q(status=Invoice.Status.OPEN),
        seq__gte=subscription.next_seq,
        amount__gt=0,
    )
    for invoice in rows.order_by("pk"):
        invoice.sale = subscription
        yield invoice


def _next_seq(subscription: Subscription, start: int, now: datetime) -> int:
    """The period that is served next: not one that is over, nor one whose invoice says that it is not served."""
    seq = max(start, present_period(subscription, now).seq)
    rows = subscription.invoices.filter(status=Invoice.Status.VOID).exclude(void_reason=CANCELLED)
    while rows.filter(seq=seq).exists():
        seq += 1
    return seq


def _charged_seq(subscription: Subscription, seq: int) -> int:
    return subscription.offer.terms(subscription.rhythm).next_charged(seq)
