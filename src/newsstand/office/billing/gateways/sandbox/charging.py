"""How the sandbox bank takes money: attempts, the reader's approval, and what follows a success.

Every function that decides locks the charge's row first, so that two at the same moment see one another.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.db import transaction
from django.urls import reverse

from newsstand.office.billing.gateways.base import (
    ActionRequired,
    AlreadySucceeded,
    Attempted,
    Canceled,
    Declined,
    Initiator,
    Outcome,
    Succeeded,
)
from newsstand.office.billing.gateways.declines import DECLINES
from newsstand.office.billing.gateways.sandbox import scenarios
from newsstand.office.billing.gateways.sandbox.events import fee_of, record
from newsstand.office.billing.gateways.sandbox.models import Approval, Attempt, Charge, Method, new_ref
from newsstand.office.billing.gateways.sandbox.router import ALIAS
from newsstand.rules.billing.gateway_events import Kind

APPROVAL_SECONDS = 3600
REVERSAL_SECONDS = 10 * 86_400
KEY_SECONDS = 60  # how long a key is remembered for "SIM FORGETS" without a number; otherwise for ever
SUPERSEDED = "superseded"
ASKS = "authentication_required"


def locked(charge_ref: str) -> Charge:
    """The charge, locked until the end of the transaction. Raises Charge.DoesNotExist."""
    return Charge.objects.select_for_update().get(ref=charge_ref)


def take(
    charge_ref: str,
    method: Method,
    key: str,
    initiator: Initiator,
    return_url: str,
    now: int,
    *,
    refusal: Callable[[Method, int], str] | None = None,
) -> Attempted:
    """One try; `key` again gives the same try's outcome again.

    `refusal`, where it is given, says in the card's place with which code a new try is refused, "" for none; it is
    told how many tries there were.
    """
    with transaction.atomic(using=ALIAS):
        charge = locked(charge_ref)
        tried = list(charge.attempts.select_related("method"))
        known = next((attempt for attempt in tried if attempt.key == key), None)
        if known is not None and not _forgets(known, now):
            known.charge = charge
            return outcome(known, now)
        if any(attempt.state == Attempt.State.SUCCEEDED for attempt in tried):
            return AlreadySucceeded(charge.ref)
        if charge.canceled_at is not None:
            return Canceled(charge.ref)
        _drop_open_approval(tried, now)
        attempt = Attempt(key=key, charge=charge, method=method, at=now)
        code = _refusal(method, initiator, now) if refusal is None else refusal(method, len(tried))
        if initiator is Initiator.READER and (code == ASKS if refusal else _wants_approval(method)):
            return _ask(attempt, return_url, now)
        _answer(attempt, code, now)
        return outcome(attempt, now)


def outcome(attempt: Attempt, now: int) -> Outcome:
    """What an attempt has come to by `now`."""
    charge = attempt.charge
    if attempt.state == Attempt.State.SUCCEEDED:
        return Succeeded(charge.ref, charge.money, attempt.at, fee_of(charge.money))
    if attempt.state == Attempt.State.DECLINED:
        return _declined(charge, attempt.code)
    approval = Approval.objects.get(attempt=attempt)
    if approval.expires_at <= now:
        return _declined(charge, "approval_expired")
    return ActionRequired(charge.ref, reverse("sandbox:secure", args=[approval.ref]), approval.expires_at)


def decide_approval(approval: Approval, *, is_approved: bool, now: int) -> None:
    """The reader has answered the bank about an attempt; only the first answer, and in time, counts."""
    with transaction.atomic(using=ALIAS):
        attempt = Attempt.objects.select_related("charge", "method").get(approval=approval)
        locked(attempt.charge.ref)
        attempt.refresh_from_db()
        if attempt.state != Attempt.State.ACTION:
            return
        if approval.expires_at <= now:
            code = "approval_expired"
        elif is_approved:
            code = scenarios.BY_CODE[attempt.method.scenario].refused_at_charge
        else:
            code = "authentication_failed"
        approval.state = Approval.State.APPROVED if is_approved else Approval.State.REJECTED
        approval.save(update_fields=["state"])
        attempt.at = now
        _answer(attempt, code, now)


def cancel(charge_ref: str, now: int) -> Canceled | AlreadySucceeded:
    """Take nothing any more; too late when the money is taken."""
    with transaction.atomic(using=ALIAS):
        charge = locked(charge_ref)
        if charge.attempts.filter(state=Attempt.State.SUCCEEDED).exists():
            return AlreadySucceeded(charge.ref)
        if charge.canceled_at is None:
            _drop_open_approval(charge.attempts.all(), now)
            charge.canceled_at = now
            charge.save(update_fields=["canceled_at"])
            record(Kind.CHARGE_CANCELED, charge.ref, now, charge=charge, ours=charge.ours)
        return Canceled(charge.ref)


def _declined(charge: Charge, code: str) -> Declined:
    known = DECLINES.get(code, DECLINES["authentication_failed"])
    return Declined(charge.ref, code, known.cause)


def _wants_approval(method: Method) -> bool:
    return scenarios.BY_CODE[method.scenario].approval is scenarios.Approval.ALWAYS


def _refusal(method: Method, initiator: Initiator, now: int) -> str:
    """The code with which this card refuses this try, or "" when it pays."""
    if method.status != Method.Status.LIVE:
        return "card_removed"
    if _is_expired(method, now):
        return "expired_card"
    if _wants_approval(method) and initiator is Initiator.MERCHANT:
        return ASKS
    tries = method.attempts.count()
    if method.sim == "decline" and tries < method.sim_count:
        return "insufficient_funds"
    if method.sim == "pays" and _paid_with(method) >= method.sim_count:
        return "insufficient_funds"
    if method.sim == "revoked" and _paid_with(method) > 0:
        return "mandate_revoked"
    return scenarios.BY_CODE[method.scenario].refused_at_charge


def _is_expired(method: Method, now: int) -> bool:
    """Whether the last day of the card's month is over."""
    today = datetime.fromtimestamp(now, UTC).date()
    return (today.year, today.month) > (method.exp_year, method.exp_month)


def _forgets(attempt: Attempt, now: int) -> bool:
    """Whether the bank has forgotten the key by now, as banks do in time. The charge still pays only once."""
    remembers = attempt.method.sim_count or KEY_SECONDS
    if attempt.method.sim != "forgets" or now - attempt.at <= remembers:
        return False
    attempt.key = f"forgotten {attempt.pk}"
    attempt.save(update_fields=["key"])
    return True


def _paid_with(method: Method) -> int:
    return method.attempts.filter(state=Attempt.State.SUCCEEDED).count()


def _ask(attempt: Attempt, return_url: str, now: int) -> Outcome:
    attempt.state = Attempt.State.ACTION
    attempt.save()
    Approval.objects.create(attempt=attempt, return_url=return_url, expires_at=now + APPROVAL_SECONDS)
    charge = attempt.charge
    record(Kind.CHARGE_ACTION_REQUIRED, charge.ref, now, charge=charge, ours=charge.ours)
    return outcome(attempt, now)


def _answer(attempt: Attempt, code: str, now: int) -> None:
    """Write down that the bank paid (no code) or refused, and what will come of it."""
    charge, mood = attempt.charge, attempt.method.sim
    attempt.code = code
    if code:
        attempt.state = Attempt.State.DECLINED
        attempt.save()
        cause = _declined(charge, code).cause.value
        record(
            Kind.CHARGE_FAILED,
            charge.ref,
            now,
            charge=charge,
            ours=charge.ours,
            code=code,
            cause=cause,
            mood=mood,
        )
        return
    attempt.state = Attempt.State.SUCCEEDED
    attempt.save()
    record(
        Kind.CHARGE_SUCCEEDED,
        charge.ref,
        now,
        charge=charge,
        ours=charge.ours,
        money=charge.money,
        mood=mood,
    )
    if mood == "updated" and _paid_with(attempt.method) == 1:
        _replace(attempt.method, now)
    if mood == "revoked":
        record(Kind.MANDATE_REVOKED, attempt.method.ref, now)
    _dispute(charge, attempt.method, now)


def _replace(method: Method, now: int) -> None:
    """The bank sends the reader another card; what was saved goes on to pay with it."""
    method.last4, method.exp_year = "1881", method.exp_year + 3
    method.save(update_fields=["last4", "exp_year"])
    record(Kind.METHOD_UPDATED, method.ref, now, code=method.last4)


def _dispute(charge: Charge, method: Method, now: int) -> None:
    """Cards whose holder complains at the bank: at once and undecided, or after ten days and lost."""
    is_reversal = method.sim == "reversal"
    if not is_reversal and scenarios.BY_CODE[method.scenario].after is not scenarios.After.DISPUTE:
        return
    dispute = new_ref()
    at = now + REVERSAL_SECONDS if is_reversal else now
    record(Kind.DISPUTE_OPENED, dispute, at, charge=charge, ours=charge.ours, money=charge.money)
    if is_reversal:
        record(Kind.DISPUTE_LOST, dispute, at, charge=charge, ours=charge.ours, money=charge.money)


def _drop_open_approval(tried: Iterable[Attempt], now: int) -> None:
    """A newer try or a cancellation takes the place of one that still waits for the reader."""
    for attempt in tried:
        if attempt.state != Attempt.State.ACTION:
            continue
        attempt.state, attempt.code, attempt.at = Attempt.State.DECLINED, SUPERSEDED, now
        attempt.save()
