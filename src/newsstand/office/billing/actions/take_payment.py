"""One charge from beginning to end: written down, sent, written down again. No transaction spans the call."""

from datetime import datetime

from newsstand.office.billing.actions.begin_attempt import Refusal, begin_attempt
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.gateways import base
from newsstand.office.billing.models import Attempt, Invoice, PaymentMethod
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication


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
    charge = base.NewCharge(
        ref=invoice.ref,
        amount=invoice.money,
        customer=payment_method.customer,
        descriptor=publication().name,
        metadata={invoice.sale.kind: invoice.sale.ref, "seq": str(invoice.seq)},
    )
    charge_ref = gateway(payment_method.gateway).open_charge(charge=charge, now=clock.to_unix(now))
    begun = begin_attempt(
        invoice=invoice,
        payment_method=payment_method,
        charge_ref=charge_ref,
        initiator=initiator,
        return_url=return_url,
        by=by,
        now=now,
    )
    return begun if isinstance(begun, Refusal) else send_attempt(attempt=begun, by=by, now=now)


def send_attempt(*, attempt: Attempt, by: str, now: datetime) -> Attempt:
    """Send a begun attempt with its key, the first time or again, and write down what is answered."""
    used, moment = gateway(attempt.payment_method.gateway), clock.to_unix(now)
    answer = used.attempt(
        charge_ref=attempt.invoice.charge_ref,
        payment_method=attempt.payment_method.token,
        key=attempt.key.hex,
        initiator=base.Initiator(attempt.initiator),
        return_url=attempt.return_url,
        now=moment,
    )
    if isinstance(answer, base.AlreadySucceeded):
        return _find_success(attempt, by=by, now=now)
    return record_attempt(attempt=attempt, outcome=answer, via="answer", by=by, now=now)


def _find_success(attempt: Attempt, *, by: str, now: datetime) -> Attempt:
    """The charge has its success by another try: what was taken is looked up and counted once."""
    found = gateway(attempt.payment_method.gateway).lookup_charge(
        ref=attempt.invoice.ref, now=clock.to_unix(now)
    )
    if not isinstance(found, base.Succeeded):
        found = base.Unknown("the gateway says that it took the money, and does not find it")
    return record_attempt(attempt=attempt, outcome=found, via="lookup", by=by, now=now)
