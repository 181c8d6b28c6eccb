"""A backup of the night is restored: what the bank did this morning is found there, and nobody is charged again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.models import Invoice, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.books import sign_of
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


class _Restored(Exception):
    """The books are as they were."""


@contextmanager
def forgotten() -> Iterator[None]:
    """What is written inside is gone afterwards; the bank's own database remembers it."""
    try:
        with transaction.atomic():
            yield
            raise _Restored
    except _Restored:
        return


def taken() -> int:
    paid = bank.Attempt.objects.filter(state="succeeded").select_related("charge")
    given_back = sum(refund.amount for refund in bank.Refund.objects.all())
    return sum(row.charge.amount for row in paid) - given_back


def booked() -> int:
    return sum(sign_of(key) * amount for key, amount in Transfer.objects.values_list("key", "amount"))


def pays(subscription: Subscription) -> None:
    actions.serve_due(now=clock.now())


def is_declined(subscription: Subscription) -> None:
    bank.Method.objects.update(sim="decline", sim_count=2)
    actions.serve_due(now=clock.now())
    bank.Method.objects.update(sim="")


def cancels_during_the_charge(subscription: Subscription, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SandboxGateway.attempt

    def cancelled_first(self: SandboxGateway, **given: object) -> object:
        actions.cancel_subscription(subscription=subscription, by="reader:ada", now=clock.now())
        return real(self, **given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "attempt", cancelled_first)
        actions.serve_due(now=clock.now())


@pytest.fixture
def due(ada: Account, offer: Offer, time: Time) -> Subscription:
    """A subscription whose second period is to be charged now."""
    subscription = subscribe(ada, offer)
    time.settle()
    subscription.refresh_from_db()
    assert subscription.next_action_at is not None
    time.to(subscription.next_action_at)
    return subscription


def reconciled() -> list[str]:
    now = clock.now()
    since = now.replace(hour=0, minute=0, second=0)
    actions.reconcile(since=since, apply=True, now=now)
    again = actions.reconcile(since=since, apply=False, now=now)
    return [row.kind for row in again]


@pytest.mark.parametrize("morning", [pays, is_declined])
def test_a_charge_of_the_lost_hours_is_written_again(
    due: Subscription, time: Time, morning: Callable[[Subscription], None]
) -> None:
    with forgotten():
        morning(due)
        time.settle()
        before = Subscription.objects.get(pk=due.pk)
    assert Invoice.objects.filter(seq=1).count() == 0
    assert reconciled() == []
    due.refresh_from_db()
    assert (due.state, due.next_seq) == (before.state, before.next_seq)
    assert due.next_action_at == before.next_action_at
    assert booked() == taken()
    time.pass_by(days=12)
    assert booked() == taken() == 2 * 199
    assert audit_books(now=clock.now()).violations == ()


def test_money_that_went_back_in_the_lost_hours_is_booked_and_a_person_is_asked(
    due: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten():
        cancels_during_the_charge(due, monkeypatch)
        time.settle()
        assert taken() == 199
    assert reconciled() == []
    due.refresh_from_db()
    assert due.parked_reason
    time.pass_by(days=40)
    assert booked() == taken() == 199
    assert audit_books(now=clock.now()).violations == ()


def test_a_charge_that_was_called_off_in_the_lost_hours_is_not_tried_again(
    due: Subscription, time: Time
) -> None:
    with forgotten():
        bank.Method.objects.update(sim="timeout")
        actions.serve_due(now=clock.now())
        actions.cancel_subscription(subscription=due, by="reader:ada", now=clock.now())
        time.settle()
        assert bank.Charge.objects.filter(canceled_at__isnull=False).count() == 1
    bank.Method.objects.update(sim="")
    assert reconciled() == []
    due.refresh_from_db()
    assert due.parked_reason
    assert list(Invoice.objects.filter(seq=1).values_list("status", flat=True)) == ["void"]
    time.pass_by(days=40)
    assert booked() == taken() == 199
    assert audit_books(now=clock.now()).violations == ()


def test_a_worker_that_runs_before_anybody_reconciles_charges_nobody_again(
    due: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten():
        cancels_during_the_charge(due, monkeypatch)
        time.settle()
    time.settle()
    assert taken() == 199
    assert reconciled() == []
    assert booked() == taken()
    assert audit_books(now=clock.now()).violations == ()
