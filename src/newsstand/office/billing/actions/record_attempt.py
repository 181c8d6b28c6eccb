"""The second half of a charge: what the gateway answered is written down once, whoever learns of it first.

An answer, a webhook and a lookup may all bring the same news at the same moment; each goes through a
compare-and-set on the attempt and a unique key in the ledger, so that it counts once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from newsstand.office.billing.actions.follow import follow
from newsstand.office.billing.actions.keep_event import keep_event
from newsstand.office.billing.actions.locking import locked_sale
from newsstand.office.billing.actions.parking import park, park_for_reconcile
from newsstand.office.billing.actions.settle_success import Payment, settle_success, settle_together
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod, Purchase, Subscription
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.kit import audit, clock
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.lifecycle import State

ASK_AGAIN = (timedelta(minutes=5), timedelta(hours=1), timedelta(days=1))
NO_ANSWER = "the gateway does not say what became of a charge"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an attempt. `via` is answer or lookup."""

    attempt: Attempt
    outcome: base.Outcome | base.Canceled
    via: str = "answer"


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
            _record_called_off(attempt, by=by, now=now)
        case base.Processing() | base.Unknown():
            _record_unknown(attempt, by=by, now=now)
    return as_it_stands(attempt)


def as_it_stands(attempt: Attempt) -> Attempt:
    """The attempt as it is in the database now."""
    rows = Attempt.objects.select_related("invoice__subscription", "invoice__purchase", "payment_method")
    return rows.get(pk=attempt.pk)


def record_answers(*, answers: Sequence[Answer], by: str, now: datetime) -> None:
    """Write down several answers, each about another sale. The successes go into one transaction."""
    paid: dict[str, list[Payment]] = {}
    for answer in answers:
        if isinstance(answer.outcome, base.Succeeded):
            payment = Payment(answer.attempt.invoice, answer.outcome, answer.attempt)
            paid.setdefault(answer.via, []).append(payment)
    for via, payments in paid.items():
        try:
            settle_together(payments, via=via, by=by, now=now)
        except (
            IntegrityError
        ):  # somebody wrote the same at this moment: each by itself finds what was written
            for payment in payments:
                settle_together([payment], via=via, by=by, now=now)
    for answer in answers:
        if not isinstance(answer.outcome, base.Succeeded):
            record_attempt(attempt=answer.attempt, outcome=answer.outcome, via=answer.via, by=by, now=now)


def _record_decline(attempt: Attempt, declined: base.Declined, *, via: str, by: str, now: datetime) -> None:
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        is_news = _set(
            attempt,
            now,
            status=Attempt.Status.DECLINED,
            settled_at=Attempt.ends_at(now),
            cause=declined.cause.value,
            code=declined.code,
        )
        if not is_news:
            return
        invoice = _invoice_of(attempt, sale)
        moment = clock.to_unix(now)
        keep_event(event=_event(invoice, moment, declined), via=via, now=now)
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


def _record_called_off(attempt: Attempt, *, by: str, now: datetime) -> None:
    """Nothing will be taken by this charge. If the reader wants to stay after all, the period gets another one.

    Where we know of no cancellation that was taken back, the gateway knows more than we do: a restored backup has lost
    one. A person has to look, or reconciling does.
    """
    with transaction.atomic():
        sale = locked_sale(attempt.invoice)
        is_news = _set(attempt, now, status=Attempt.Status.CANCELED, settled_at=Attempt.ends_at(now))
        if is_news and sale.state == State.ACTIVE and not sale.is_cancelled:
            open_ones = Invoice.objects.filter(pk=attempt.invoice_id, status=Invoice.Status.OPEN)
            open_ones.update(status=Invoice.Status.VOID, void_reason=CANCELLED)
            if not was_kept(sale, attempt.invoice):
                park_for_reconcile(sale=sale, by=by, now=now)


def was_kept(sale: Subscription | Purchase, invoice: Invoice) -> bool:
    """Whether the reader has taken back a cancellation since this invoice was written."""
    kept_at = sale.kept_at if isinstance(sale, Subscription) else None
    return kept_at is not None and kept_at >= invoice.opened_at


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


def _event(invoice: Invoice, at: int, declined: base.Declined) -> GatewayEvent:
    return GatewayEvent(
        gateway=invoice.gateway,
        object_id=declined.charge_ref,
        kind=Kind.CHARGE_FAILED,
        at=at,
        charge_id=declined.charge_ref,
        ref=invoice.ref,
        code=declined.code,
        cause=declined.cause,
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
