"""One charge from beginning to end: written down, sent, written down again. No transaction spans the call."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from newsstand.office.billing.actions.begin_attempt import LEASE, Refusal, Wanted, begin_attempts
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.record_attempt import (
    Answer,
    as_it_stands,
    record_answers,
    record_attempt,
)
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication

RECORD_AFTER = 1.0  # seconds for which an answer waits for others to be written down with it
SEND_WITHIN = LEASE.total_seconds() / 2  # what was not sent by then is left to the sweep

Taken = Attempt | Refusal | base.GatewayError
Ticking = Callable[[], datetime]
"""Says what time it has become: a hundred calls take their time, and what is written says when it was."""


def take_payment(
    *,
    invoice: Invoice,
    payment_method: PaymentMethod,
    initiator: base.Initiator,
    return_url: str,
    by: str,
    now: datetime,
) -> Attempt | Refusal:
    """Try once to take an invoice's money with a card; a Refusal where that may not be tried."""
    wanted = [Wanted(invoice, payment_method)]
    taken = take_payments(wanted=wanted, initiator=initiator, return_url=return_url, by=by, now=now)[0]
    if isinstance(taken, base.GatewayError):
        raise taken
    return as_it_stands(taken) if isinstance(taken, Attempt) else taken


def take_payments(
    *,
    wanted: Sequence[Wanted],
    initiator: base.Initiator,
    return_url: str,
    by: str,
    now: datetime,
    ticking: Ticking | None = None,
) -> list[Taken]:
    """Try once to take the money of several invoices, each of another sale; what came of it in their order.

    `ticking` is asked before each call; where there is none, no time goes by.

    All attempts are committed before the first call. Answers are written down together, none of them later than a
    second after it came and the call that followed. What the gateway refuses to understand is a value here, so that
    it ends nothing but itself.
    """
    at = ticking or (lambda: now)
    taken: dict[int, Taken] = {}
    opened = []
    for row in wanted:
        try:
            opened.append(replace(row, charge_ref=open_charge(row.invoice, row.payment_method, at())))
        except base.GatewayError as error:
            taken[row.invoice.pk] = error
    if opened:
        begun = begin_attempts(wanted=opened, initiator=initiator, return_url=return_url, by=by, now=at())
        for row, result in zip(opened, begun, strict=True):
            taken[row.invoice.pk] = result
        taken |= _send_all([attempt for attempt in begun if isinstance(attempt, Attempt)], by=by, at=at)
    return [taken[row.invoice.pk] for row in wanted]


def open_charge(invoice: Invoice, card: PaymentMethod, now: datetime, ref: str = "") -> str:
    """The reference of the invoice's one charge at the card's gateway, opened if there is none. Takes nothing.

    `ref` is given for a charge beside that one.
    """
    charge = base.NewCharge(
        ref=ref or invoice.ref,
        amount=invoice.money,
        customer=card.customer,
        descriptor=publication().name,
        metadata={invoice.sale.kind: invoice.sale.ref, "seq": str(invoice.seq)},
    )
    return gateway(card.gateway).open_charge(charge=charge, now=clock.to_unix(now))


def _send_all(begun: Sequence[Attempt], *, by: str, at: Ticking) -> dict[int, base.GatewayError]:
    """Send them one after the other; returns what the gateway did not understand, by invoice."""
    started = recorded = clock.monotonic()
    heard: list[Answer] = []
    failed: dict[int, base.GatewayError] = {}
    for attempt in begun:
        if clock.monotonic() - started > SEND_WITHIN:
            break
        try:
            heard.append(ask(attempt, at()))
        except base.GatewayError as error:
            failed[attempt.invoice_id] = error
        if heard and clock.monotonic() - recorded > RECORD_AFTER:
            record_answers(answers=heard, by=by, now=at())
            heard, recorded = [], clock.monotonic()
    if heard:
        record_answers(answers=heard, by=by, now=at())
    return failed


def send_attempt(*, attempt: Attempt, by: str, now: datetime) -> Attempt:
    """Send a begun attempt with its key once more, and write down what is answered."""
    answer = ask(attempt, now)
    return record_attempt(attempt=attempt, outcome=answer.outcome, via=answer.via, by=by, now=now)


def ask(attempt: Attempt, now: datetime) -> Answer:
    """The call. Where the charge has its success by another try, what was taken is looked up and counted once."""
    used, moment = gateway(attempt.payment_method.gateway), clock.to_unix(now)
    answer = used.attempt(
        charge_ref=attempt.invoice.charge_ref,
        payment_method=attempt.payment_method.token,
        key=attempt.key.hex,
        initiator=base.Initiator(attempt.initiator),
        return_url=attempt.return_url,
        now=moment,
    )
    if not isinstance(answer, base.AlreadySucceeded):
        return Answer(attempt, answer)
    found = used.lookup_charge(ref=attempt.invoice.ref, now=moment)
    if not isinstance(found, base.Succeeded):
        found = base.Unknown("the gateway says that it took the money, and does not find it")
    return Answer(attempt, found, via="lookup")
