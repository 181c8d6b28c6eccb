"""A backup of the night is restored: what the bank did this morning is found there, and nobody is charged again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.actions.follow import CALL_OFF
from newsstand.office.billing.gateways.base import Unknown
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.models import Invoice, Offer, Purchase, Subscription, Transfer
from newsstand.office.billing.queries import links
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import OutboxRow
from newsstand.rules.billing.books import sign_of
from newsstand.rules.billing.lifecycle import EndedByStaff
from newsstand.rules.billing.offer import OfferStep
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money
from tests.office.billing.buying import (
    DECLINED_AT_CHARGE,
    PAYS,
    come_back,
    order,
    start,
    subscribe,
    type_card,
    visit,
)
from tests.office.billing.conftest import Time
from tests.office.billing.test_renewals import may_read

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


def test_money_that_went_back_in_the_lost_hours_is_booked_and_nothing_is_charged_again(
    due: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten():
        cancels_during_the_charge(due, monkeypatch)
        time.settle()
        assert taken() == 199
    assert reconciled() == []
    due.refresh_from_db()
    assert due.is_cancelled
    assert not due.parked_reason
    time.pass_by(days=60)
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
    assert due.is_cancelled
    assert set(Invoice.objects.filter(seq=1).values_list("status", flat=True)) == {"void"}
    time.pass_by(days=40)
    assert booked() == taken() == 199
    assert audit_books(now=clock.now()).violations == ()


def test_a_worker_that_runs_before_anybody_reconciles_charges_nobody_again(
    due: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten():
        cancels_during_the_charge(due, monkeypatch)
        time.settle()
    time.pass_by(days=60)
    assert taken() == 199
    actions.reconcile(since=clock.now() - timedelta(days=70), apply=True, now=clock.now())
    assert booked() == taken()
    time.pass_by(days=60)
    assert taken() == 199
    assert audit_books(now=clock.now()).violations == ()


# --- a cancellation that only the gateway remembers ---


@pytest.fixture
def reads_on(ada: Account, offer: Offer, time: Time) -> Subscription:
    """A subscription in the middle of its first period."""
    subscribe(ada, offer)
    time.pass_by(days=10)
    return Subscription.objects.select_related("account").get()


def cancels(subscription: Subscription) -> None:
    assert actions.cancel_subscription(subscription=subscription, by="reader:ada", now=clock.now())


def cancels_and_stays(subscription: Subscription) -> None:
    cancels(subscription)
    assert actions.undo_cancel(subscription=subscription, by="reader:ada", now=clock.now())


def stays_and_cancels_again(subscription: Subscription) -> None:
    cancels_and_stays(subscription)
    cancels(subscription)


def withdraws(subscription: Subscription) -> None:
    assert actions.withdraw(sale=subscription, by="reader:ada", now=clock.now())


def is_ended(subscription: Subscription) -> None:
    staff = EndedByStaff()
    assert actions.end_sale(sale=subscription, event=staff, by="staff:1", why="a death", now=clock.now())


Deed = Callable[[Subscription], None]


@pytest.mark.parametrize("deed", [cancels, stays_and_cancels_again, withdraws, is_ended])
def test_what_was_cancelled_in_the_lost_hours_is_cancelled_again(
    reads_on: Subscription, time: Time, mails: list[Any], deed: Deed
) -> None:
    with forgotten():
        deed(reads_on)
        time.settle()
    before = taken()
    mails.clear()
    assert reconciled() == []
    reads_on.refresh_from_db()
    assert reads_on.is_cancelled
    assert not reads_on.parked_reason
    time.settle()
    assert "help@tidemark.example" in [mail.to[0] for mail in mails if "needs a look" in mail.subject]
    time.pass_by(days=60)
    assert booked() == taken() == before
    reads_on.refresh_from_db()
    assert (reads_on.state, reads_on.end_reason) == ("ended", "cancelled")
    assert reconciled() == []
    assert audit_books(now=clock.now()).violations == ()


@pytest.mark.parametrize("deed", [cancels, withdraws])
def test_nobody_is_charged_after_a_lost_cancellation_even_if_nobody_reconciles(
    reads_on: Subscription, time: Time, deed: Deed
) -> None:
    with forgotten():
        deed(reads_on)
        time.settle()
    before = taken()
    time.pass_by(days=60)
    assert taken() == before
    reads_on.refresh_from_db()
    assert reads_on.waits_for_reconcile
    assert audit_books(now=clock.now()).violations == ()
    actions.reconcile(since=clock.now() - timedelta(days=70), apply=True, now=clock.now())
    reads_on.refresh_from_db()
    assert reads_on.is_cancelled
    time.pass_by(days=3)
    reads_on.refresh_from_db()
    assert reads_on.state == "ended"
    assert booked() == taken() == before
    assert audit_books(now=clock.now()).violations == ()


@pytest.mark.parametrize("worker_first", [False, True])
def test_who_took_the_cancellation_back_stays_and_pays_once(
    reads_on: Subscription, time: Time, worker_first: bool
) -> None:
    with forgotten():
        cancels_and_stays(reads_on)
        time.settle()
    if worker_first:
        time.pass_by(days=20)
        reads_on.refresh_from_db()
        assert reads_on.waits_for_reconcile
    actions.reconcile(since=clock.now() - timedelta(days=30), apply=True, now=clock.now())
    reads_on.refresh_from_db()
    assert not reads_on.is_cancelled
    assert not reads_on.parked_reason
    time.pass_by(days=20)
    assert booked() == taken() == 2 * 199
    assert [row.status for row in Invoice.objects.filter(seq=1).order_by("pk")] == ["void", "paid"]
    assert audit_books(now=clock.now()).violations == ()


def test_a_gateway_that_does_not_say_whether_the_reader_stays_leaves_it_to_a_person(
    reads_on: Subscription, time: Time, mails: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with forgotten():
        cancels_and_stays(reads_on)
        time.settle()
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "lookup_charge", _no_answer)
        actions.reconcile(since=clock.now() - timedelta(days=30), apply=True, now=clock.now())
    reads_on.refresh_from_db()
    assert (reads_on.is_cancelled, reads_on.waits_for_reconcile) == (False, True)
    time.pass_by(days=30)
    assert taken() == 199
    actions.reconcile(since=clock.now() - timedelta(days=40), apply=True, now=clock.now())
    time.settle()
    assert booked() == taken() == 2 * 199
    assert audit_books(now=clock.now()).violations == ()


def test_a_price_told_after_a_cancellation_was_taken_back_is_what_is_charged(
    ada: Account, time: Time
) -> None:
    yearly = actions.found_offer(**plan("yearly", Rhythm("month", 12)), by="staff:1", now=clock.now())
    subscribe(ada, yearly)
    subscription = Subscription.objects.select_related("account").get()
    cancels_and_stays(subscription)
    time.settle()
    raised = Money(249, "USD")
    assert actions.change_price(offer=yearly, money=raised, by="staff:1", now=clock.now()) == 1
    time.pass_by(days=370)
    subscription.refresh_from_db()
    assert not subscription.parked_reason
    assert booked() == taken() == 199 + 249
    assert audit_books(now=clock.now()).violations == ()


def test_a_trial_cancelled_in_the_lost_hours_is_never_charged(ada: Account, time: Time) -> None:
    free = [OfferStep(Money(0, "USD"), 3)]
    trial = actions.found_offer(**plan("trial", Rhythm("day", 7)), intro=free, by="staff:1", now=clock.now())
    type_card(order(ada, trial))
    come_back(visit())
    subscription = Subscription.objects.get()
    with forgotten():
        cancels(subscription)
        time.settle()
    time.pass_by(days=60)
    assert taken() == 0
    subscription.refresh_from_db()
    assert subscription.waits_for_reconcile
    assert audit_books(now=clock.now()).violations == ()


def test_a_gateway_that_is_away_hears_of_the_cancellation_later(
    reads_on: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "cancel_charge", _away)
        cancels(reads_on)
        outbox.drain(among=[CALL_OFF])
    assert not bank.Charge.objects.filter(canceled_at__isnull=False).exists()
    row = OutboxRow.objects.get(topic=CALL_OFF)
    assert row.done_at is None
    OutboxRow.objects.filter(pk=row.pk).update(not_before=clock.real_now())
    time.settle()
    assert bank.Charge.objects.filter(canceled_at__isnull=False).count() == 1


def test_who_reads_that_it_is_cancelled_reads_it_after_the_gateway_did(
    reads_on: Subscription, client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTBOX_WAIT = 300  # the worker works between two looks
    monkeypatch.setattr(outbox, "time", SimpleNamespace(sleep=lambda seconds: outbox.drain()))
    form = {"link": links.cancel_token(reads_on)}
    assert client.post("/account/subscription/cancel/", form).status_code == 302
    assert bank.Charge.objects.filter(canceled_at__isnull=False).count() == 1


def test_a_gateway_that_is_away_lets_nobody_wait_who_cancels(
    reads_on: Subscription, client: Client, time: Time, mails: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def away(*given: object, **call: object) -> object:
        asked.append(len(mails))
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "cancel_charge", away)
        assert client.post("/account/subscription/cancel/", {"link": links.cancel_token(reads_on)})
        reads_on.refresh_from_db()
        assert reads_on.is_cancelled
        assert asked == [], "the worker does that, and the reader has their answer"
        mails.clear()
        outbox.drain()
    assert (asked, [mail.subject for mail in mails]) == ([0], ["Your subscription is cancelled"])


def plan(code: str, rhythm: Rhythm) -> dict[str, Any]:
    return {
        "code": code,
        "plan_name": "All of it",
        "product_code": "news",
        "rights": ["read"],
        "price": Money(199, "USD"),
        "rhythm": rhythm,
        "benefits": [],
    }


def _no_answer(*given: object, **call: object) -> Unknown:
    return Unknown("timeout")


def _away(*given: object, **call: object) -> object:
    raise ConnectionError


# --- purchases ---


@pytest.mark.parametrize("number", [PAYS, DECLINED_AT_CHARGE])
def test_a_purchase_that_was_paid_in_the_lost_hours_is_written_again(
    ada: Account, day_pass: Offer, time: Time, number: str
) -> None:
    start(ada, day_pass)
    with forgotten():
        type_card(visit(), number)
        come_back(visit())
        time.settle()
        before = Purchase.objects.get()
    assert not Invoice.objects.exists()
    assert reconciled() == []
    purchase = Purchase.objects.get()
    assert purchase.state == before.state
    assert Invoice.objects.get().attempts.count() == 1
    time.settle()
    assert booked() == taken() == (99 if number == PAYS else 0)
    assert may_read(ada) == (number == PAYS)
    assert audit_books(now=clock.now()).violations == ()


def test_a_purchase_that_was_given_back_in_the_lost_hours_is_shown_to_a_person(
    ada: Account, day_pass: Offer, time: Time
) -> None:
    start(ada, day_pass)
    with forgotten():
        type_card(visit())
        come_back(visit())
        paid = Invoice.objects.get()
        actions.refund_invoice(
            invoice=paid, money=paid.money, key="1", ends_sale=True, by="staff:1", why="x", now=clock.now()
        )
        time.settle()
    assert reconciled() == []
    assert booked() == taken() == 0
    assert Purchase.objects.get().waits_for_reconcile
    assert audit_books(now=clock.now()).violations == ()
