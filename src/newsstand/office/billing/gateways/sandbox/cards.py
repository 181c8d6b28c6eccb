"""Saving a card at the sandbox bank: what is kept of it, and when it counts as saved."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from newsstand.office.billing.gateways.base import PaymentMethod
from newsstand.office.billing.gateways.sandbox.models import Approval, CardSetup, Method
from newsstand.office.billing.gateways.sandbox.router import ALIAS
from newsstand.office.billing.gateways.sandbox.scenarios import BY_CODE, Scenario, Sim
from newsstand.office.billing.gateways.sandbox.scenarios import Approval as Wanted

APPROVAL_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Card:
    """What is left of a typed card once the number has told what the card does."""

    scenario: Scenario
    sim: Sim
    last4: str
    exp_month: int
    exp_year: int


def save_card(setup_ref: str, card: Card, now: int) -> Approval | None:
    """Save a card that the bank accepts; the approval that the bank wants first, if it does.

    A second card in the same setup takes the first one's place while that one is not confirmed.
    """
    with transaction.atomic(using=ALIAS):
        setup = CardSetup.objects.select_for_update().get(ref=setup_ref)
        if setup.is_done:
            return None
        expiry = _next_month(now) if card.sim.mood == "expires" else date(card.exp_year, card.exp_month, 1)
        is_asked = card.scenario.approval is not Wanted.NEVER
        setup.method = Method.objects.create(
            customer=setup.customer,
            scenario=card.scenario.code,
            sim=card.sim.mood,
            sim_count=card.sim.count,
            brand=card.scenario.brand,
            last4=card.last4,
            exp_month=expiry.month,
            exp_year=expiry.year,
            mandate_ref=setup.consent_ref,
            status=Method.Status.UNCONFIRMED if is_asked else Method.Status.LIVE,
            created_at=now,
        )
        setup.save(update_fields=["method"])
        if not is_asked:
            return None
        setup.approvals.filter(state=Approval.State.OPEN).update(state=Approval.State.REJECTED)
        return Approval.objects.create(
            setup=setup, return_url=setup.return_url, expires_at=now + APPROVAL_SECONDS
        )


def _next_month(now: int) -> date:
    """The first day of the month after the one of `now`."""
    this = datetime.fromtimestamp(now, UTC).date().replace(day=1)
    return (this + timedelta(days=31)).replace(day=1)


def decide_approval(approval: Approval, *, is_approved: bool, now: int) -> bool:
    """The reader has answered the bank about a card; returns whether the card is saved now."""
    with transaction.atomic(using=ALIAS):
        fresh = _locked(approval)
        if fresh.state == Approval.State.OPEN:
            is_in_time = now < fresh.expires_at
            fresh.state = Approval.State.APPROVED if is_approved and is_in_time else Approval.State.REJECTED
            fresh.save(update_fields=["state"])
            method = fresh.setup.method if fresh.setup else None
            if method is not None and fresh.state == Approval.State.APPROVED:
                method.status = Method.Status.LIVE
                method.save(update_fields=["status"])
        return fresh.state == Approval.State.APPROVED


def _locked(approval: Approval) -> Approval:
    """The approval alone is locked: PostgreSQL locks no row that need not exist."""
    rows = Approval.objects.select_for_update(of=("self",)).select_related("setup__method")
    return rows.get(pk=approval.pk)


def as_payment_method(method: Method) -> PaymentMethod:
    """A saved card in the words that all gateways share. The fingerprint is made from the scenario."""
    return PaymentMethod(
        ref=method.ref,
        brand=method.brand,
        last4=method.last4,
        exp_month=method.exp_month,
        exp_year=method.exp_year,
        fingerprint=hashlib.sha256(BY_CODE[method.scenario].code.encode()).hexdigest()[:16],
        mandate_ref=method.mandate_ref,
    )
