"""How the sandbox bank gives money back."""

from django.db import transaction

from newsstand.office.billing.gateways.base import (
    DISPUTED,
    GatewayError,
    RefundOutcome,
    RefundRefused,
    RefundState,
)
from newsstand.office.billing.gateways.base import Refund as RefundAnswer
from newsstand.office.billing.gateways.sandbox import scenarios
from newsstand.office.billing.gateways.sandbox.charging import locked
from newsstand.office.billing.gateways.sandbox.events import record
from newsstand.office.billing.gateways.sandbox.models import Attempt, Charge, Refund
from newsstand.office.billing.gateways.sandbox.router import ALIAS
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.money import Money

TURNS_AFTER = 2 * 86_400  # seconds until a slow refund is done, or a good one comes back

_KINDS = {
    RefundState.PENDING: Kind.REFUND_PENDING,
    RefundState.SUCCEEDED: Kind.REFUND_SUCCEEDED,
    RefundState.FAILED: Kind.REFUND_FAILED,
}


def give_back(charge_ref: str, money: Money, key: str, now: int) -> RefundOutcome:
    """Refund a part or all of a charge, never more than was taken; `key` again is the same refund."""
    with transaction.atomic(using=ALIAS):
        charge = locked(charge_ref)
        known = Refund.objects.filter(key=key).first()
        if known is not None:
            return answer(known, now)
        paid = charge.attempts.select_related("method").filter(state=Attempt.State.SUCCEEDED).first()
        if paid is None:
            return RefundRefused("not_charged")
        if money.currency != charge.currency or money.amount < 1:
            raise GatewayError(f"{money} cannot be given back of {charge.money}")
        if _is_disputed(charge, now):
            return RefundRefused(DISPUTED)
        if money.amount > charge.amount - _given_back(charge, now):
            return RefundRefused("more_than_charged")
        refund = _write(charge, money, key, scenarios.BY_CODE[paid.method.scenario].after, now)
        return answer(refund, now)


def answer(refund: Refund, now: int) -> RefundAnswer:
    """What a refund has come to by `now`."""
    charge = refund.charge
    money = Money(refund.amount, charge.currency)
    return RefundAnswer(refund.ref, charge.ref, money, RefundState(refund.state_at(now)))


def _given_back(charge: Charge, now: int) -> int:
    return sum(
        refund.amount for refund in charge.refunds.all() if refund.state_at(now) != RefundState.FAILED.value
    )


def _is_disputed(charge: Charge, now: int) -> bool:
    """Whether the money lies with the reader's bank, since a dispute is open or was lost."""
    told = charge.events.filter(kind__startswith="dispute.", at__lte=now).order_by("at", "id").last()
    return told is not None and told.kind != Kind.DISPUTE_WON.value


def _write(charge: Charge, money: Money, key: str, after: scenarios.After, now: int) -> Refund:
    state, turns_to = RefundState.SUCCEEDED, None
    if after is scenarios.After.REFUND_PENDING:
        state, turns_to = RefundState.PENDING, RefundState.SUCCEEDED
    elif after is scenarios.After.REFUND_FAILS:
        turns_to = RefundState.FAILED
    refund = Refund.objects.create(
        key=key,
        charge=charge,
        amount=money.amount,
        state=state.value,
        turns_at=now + TURNS_AFTER if turns_to else None,
        turns_to=turns_to.value if turns_to else "",
        created_at=now,
    )
    record(_KINDS[state], refund.ref, now, charge=charge, ours=key, money=money)
    if turns_to:
        record(_KINDS[turns_to], refund.ref, now + TURNS_AFTER, charge=charge, ours=key, money=money)
    return refund
