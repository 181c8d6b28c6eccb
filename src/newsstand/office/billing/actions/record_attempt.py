"""The second half of a charge: what the gateway answered is written down once, whoever learns of it first.

An answer, a webhook and a lookup may all bring the same news at the same moment; each goes through a
compare-and-set on the attempt and a unique key in the ledger, so that it counts once.
"""

from datetime import datetime, timedelta

from django.db import transaction

from newsstand.office.billing.actions.book import book
from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.keep_event import keep_event
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.actions.parking import park
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.billing.queries import wording
from newsstand.office.kit import audit, clock
from newsstand.rules.billing import ledger, lifecycle
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State

ASK_AGAIN = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
NO_ANSWER = "the gateway does not say what became of a charge"


def record_attempt(
    *, attempt: Attempt, outcome: base.Outcome | base.Canceled, via: str, by: str, now: datetime
) -> Attempt:
    """Write down what became of an attempt, and what follows; returns the attempt as it then stands.

    `via` is answer or lookup. News about an attempt that is settled already changes nothing.
    """
    match outcome:
        case base.Succeeded():
            settle_success(invoice=attempt.invoice, paid=outcome, via=via, by=by, now=now, attempt=attempt)
        case base.Declined():
            _record_decline(attempt, outcome, via=via, by=by, now=now)
        case base.ActionRequired():
            _record_action(attempt, outcome, by=by, now=now)
        case base.Canceled():
            _record_called_off(attempt, now)
        case base.Processing() | base.Unknown():
            _record_unknown(attempt, by=by, now=now)
    return Attempt.objects.select_related("invoice__subscription", "invoice__purchase", "payment_method").get(
        pk=attempt.pk
    )


def settle_success(
    *,
    invoice: Invoice,
    paid: base.Succeeded,
    via: str,
    by: str,
    now: datetime,
    attempt: Attempt | None = None,
) -> bool:
    """The money of an invoice is taken: ledger, receipt, access; False if that was known before.

    Money that nobody wanted any more, since the reader cancelled or the sale ended, goes back in full.
    """
    with transaction.atomic():
        sale = locked_sale(invoice)
        invoice = Invoice.objects.select_related("consent").get(pk=invoice.pk)
        invoice.sale = sale
        at = clock.from_unix(paid.at)
        product = sale.product_code
        charge = ledger.charge(invoice.gateway, paid.charge_ref, product, paid.amount)
        is_news = book(charge, reference=invoice.ref, at=at)
        if paid.fee is not None:
            book(ledger.fee(invoice.gateway, paid.charge_ref, paid.fee), reference=invoice.ref, at=at)
        if not is_news:
            return False
        keep_event(
            event=_event(invoice, paid.charge_ref, Kind.CHARGE_SUCCEEDED, paid.at, paid), via=via, now=now
        )
        winner = _mark_success(invoice, attempt, now)
        is_wanted = invoice.status == Invoice.Status.OPEN and not sale.is_cancelled
        if is_wanted:
            invoice.status, invoice.paid_at = Invoice.Status.PAID, now
            invoice.earn_on = ledger.next_earning(invoice.period, invoice.starts_on)
            invoice.save(update_fields=["status", "paid_at", "earn_on"])
            if sale.state == State.PENDING:
                sale.payment_method = winner.payment_method
        else:
            if invoice.status == Invoice.Status.OPEN:
                invoice.status, invoice.void_reason = Invoice.Status.VOID, CANCELLED
            invoice.earn_on = wording.day_of(now)
            invoice.save(update_fields=["status", "void_reason", "earn_on"])
        event = lifecycle.Paid(wanted=is_wanted)
        follow(sale=sale, event=event, by=by, now=now, invoice=invoice, attempt=winner)
        _audit(winner, by=by, now=now)
        return True


def _mark_success(invoice: Invoice, attempt: Attempt | None, now: datetime) -> Attempt:
    """The attempt that took the money: the one that was asked about, else the newest that is not settled."""
    attempts = invoice.attempts.select_related("payment_method")
    winner = attempt or attempts.filter(status__in=UNSETTLED).last() or attempts.last()
    if winner is None:
        raise LookupError(f"invoice {invoice.ref} was paid without an attempt of ours")
    others = invoice.attempts.filter(status__in=UNSETTLED).exclude(pk=winner.pk)
    others.update(status=Attempt.Status.CANCELED, settled_at=now)
    Attempt.objects.filter(pk=winner.pk).update(
        status=Attempt.Status.SUCCEEDED, settled_at=now, lease_until=None, cause="", code=""
    )
    winner.refresh_from_db()
    return winner


def _record_decline(attempt: Attempt, declined: base.Declined, *, via: str, by: str, now: datetime) -> None:
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        is_news = _set(
            attempt,
            now,
            status=Attempt.Status.DECLINED,
            settled_at=now,
            cause=declined.cause.value,
            code=declined.code,
        )
        if not is_news:
            return
        invoice = _invoice_of(attempt, sale)
        moment = clock.to_unix(now)
        told = _event(invoice, declined.charge_ref, Kind.CHARGE_FAILED, moment, declined)
        keep_event(event=told, via=via, now=now)
        if declined.cause is DeclineClass.HARD:
            refused = PaymentMethod.objects.filter(pk=attempt.payment_method_id)
            refused.update(status=PaymentMethod.Status.REFUSED)
        attempt.refresh_from_db()
        _follow_decline(sale, invoice, attempt, declined.cause, declined.not_before, by=by, now=now)
        _audit(attempt, by=by, now=now)


def _record_action(attempt: Attempt, wanted: base.ActionRequired, *, by: str, now: datetime) -> None:
    """The bank asks the reader. The worker looks again when the time to answer is over.

    Asked about a renewal the reader is not there: they get a mail, as after a decline.
    """
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        expires_at = clock.from_unix(wanted.expires_at)
        is_news = _set(
            attempt, now, status=Attempt.Status.ACTION, action_url=wanted.url, lease_until=expires_at
        )
        if not is_news or not sale.is_live:
            return
        sale.next_action_at = expires_at
        sale.save(update_fields=["next_action_at"])
        if attempt.initiator == base.Initiator.MERCHANT and sale.state == State.ACTIVE:
            attempt.refresh_from_db()
            invoice = _invoice_of(attempt, sale)
            _follow_decline(sale, invoice, attempt, DeclineClass.AUTH, None, by=by, now=now)


def _record_called_off(attempt: Attempt, now: datetime) -> None:
    """Nothing will be taken by this charge. If the reader wants to stay after all, the period gets another one."""
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        is_news = _set(attempt, now, status=Attempt.Status.CANCELED, settled_at=now)
        if is_news and sale.state == State.ACTIVE and not sale.is_cancelled:
            open_ones = Invoice.objects.filter(pk=attempt.invoice_id, status=Invoice.Status.OPEN)
            open_ones.update(status=Invoice.Status.VOID, void_reason=CANCELLED)


def _record_unknown(attempt: Attempt, *, by: str, now: datetime) -> None:
    """No answer: asked again after 5 minutes, an hour and a day; then a person must look."""
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        attempt.refresh_from_db(fields=["sends"])
        may_ask = attempt.sends <= len(ASK_AGAIN)
        again_at = now + ASK_AGAIN[min(attempt.sends, len(ASK_AGAIN)) - 1]
        if not _set(attempt, now, status=Attempt.Status.UNKNOWN, lease_until=again_at):
            return
        sale.next_action_at = again_at
        sale.save(update_fields=["next_action_at"])
        if not may_ask:
            park(sale=sale, why=NO_ANSWER, by=by, now=now)


def _follow_decline(
    sale: Subscription | Purchase,
    invoice: Invoice,
    attempt: Attempt,
    cause: DeclineClass,
    not_before: int | None,
    *,
    by: str,
    now: datetime,
) -> None:
    first = invoice.attempts.order_by("n").first()
    declined = lifecycle.Declined(
        cause=cause,
        attempts_made=invoice.attempts.exclude(status=Attempt.Status.CANCELED).count(),
        first_attempt_at=clock.to_unix(first.begun_at if first is not None else attempt.begun_at),
        not_before=not_before,
    )
    if not sale.is_cancelled:
        follow(sale=sale, event=declined, by=by, now=now, invoice=invoice, attempt=attempt)


def _set(attempt: Attempt, now: datetime, **values: object) -> bool:
    """The compare-and-set: only an attempt whose end is not known is changed."""
    unsettled = Attempt.objects.filter(pk=attempt.pk, status__in=UNSETTLED)
    return unsettled.update(**{"lease_until": None, **values}) == 1


def _invoice_of(attempt: Attempt, sale: Subscription | Purchase) -> Invoice:
    invoice = Invoice.objects.get(pk=attempt.invoice_id)
    invoice.sale = sale
    return invoice


def _event(
    invoice: Invoice, charge_ref: str, kind: Kind, at: int, told: base.Succeeded | base.Declined
) -> GatewayEvent:
    declined = told if isinstance(told, base.Declined) else None
    return GatewayEvent(
        gateway=invoice.gateway,
        object_id=charge_ref,
        kind=kind,
        at=at,
        charge_id=charge_ref,
        ref=invoice.ref,
        amount=told.amount if isinstance(told, base.Succeeded) else None,
        code=declined.code if declined is not None else "",
        cause=declined.cause if declined is not None else None,
    )


def _audit(attempt: Attempt, *, by: str, now: datetime) -> None:
    audit.record(
        by=by,
        verb="record_attempt",
        subject=attempt.invoice.sale.log_subject,
        after={
            "invoice": attempt.invoice.ref,
            "n": attempt.n,
            "status": attempt.status,
            "code": attempt.code,
        },
        now=now,
    )
