"""What the clock brings: a charge and a receipt for each period, and none after a cancellation."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.accounts.queries import grant_facts
from newsstand.office.billing import actions, queries
from newsstand.office.billing.gateways.sandbox.models import Attempt as BankAttempt
from newsstand.office.billing.gateways.sandbox.models import Charge
from newsstand.office.billing.models import Attempt, Invoice, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.periods import access_until
from newsstand.rules.gate.facts import Right, holds
from tests.office.billing.buying import DECLINED_AT_CHARGE, subscribe
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def taken() -> int:
    """What the bank has taken, in cents."""
    paid = BankAttempt.objects.filter(state="succeeded").select_related("charge")
    return sum(attempt.charge.amount for attempt in paid)


def booked() -> int:
    """What our ledger says was taken, in cents."""
    return sum(row.amount for row in Transfer.objects.filter(key__startswith="charge:"))


def receipts(mails: list[Any]) -> list[Any]:
    return [mail for mail in mails if "receipt" in mail.subject.lower()]


def may_read(account: Account) -> bool:
    grants = [grant_facts(row) for row in Grant.objects.filter(account=account)]
    return any(holds(grant, Right.READ, clock.unix()) for grant in grants)


def test_84_days_are_three_renewals_with_a_receipt_each(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscribe(ada, offer)
    time.settle()
    assert len(receipts(mails)) == 1
    time.pass_by(days=84)
    invoices = list(Invoice.objects.order_by("seq"))
    assert [(row.seq, row.status) for row in invoices] == [(n, "paid") for n in range(4)]
    assert [row.starts_on for row in invoices] == [
        date(2026, 11, 22) + timedelta(days=28 * n) for n in range(4)
    ]
    assert all(row.attempts.count() == 1 for row in invoices)
    assert len(receipts(mails)) == 4
    assert len({mail.body for mail in receipts(mails)}) == 4
    assert taken() == booked() == 4 * 199
    assert may_read(ada)


def test_what_is_written_of_a_charge_says_when_it_was(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer)
    time.settle()
    now, passed = time.on(days=29), count(60, 60)
    actions.serve_due(now=now, ticking=lambda: now + timedelta(seconds=next(passed)))
    attempt = Attempt.objects.get(invoice__seq=1)
    assert attempt.settled_at is not None
    assert now < attempt.begun_at < attempt.settled_at
    charge = BankAttempt.objects.latest("pk")
    assert now < attempt.begun_at < clock.from_unix(charge.at) < attempt.settled_at


def test_no_attempt_ends_before_it_began_whoever_writes_it(ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    rows = Attempt.objects.filter(status="succeeded")
    with pytest.raises(IntegrityError, match="billing_attempt_ends_after_begin"), transaction.atomic():
        rows.update(settled_at=F("begun_at") - timedelta(seconds=1))


def test_an_outage_charges_the_present_period_only(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    time.on(days=100)
    time.settle()
    rows = Invoice.objects.order_by("seq").values_list("seq", "status", "void_reason")
    assert list(rows) == [
        (0, "paid", ""),
        (1, "void", "no_service"),
        (2, "void", "no_service"),
        (3, "paid", ""),
    ]
    assert taken() == booked() == 2 * 199
    subscription.refresh_from_db()
    assert subscription.next_seq == 4


def test_an_outage_ends_no_subscription_and_is_reported(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer, name="SIM PAYS 1")
    time.settle()
    time.on(days=28 + 20)  # ten days longer than a card may be mended
    assert may_read(ada)
    time.settle()
    subscription.refresh_from_db()
    assert subscription.state == "past_due"
    assert may_read(ada)
    failed = next(mail for mail in mails if "did not go through" in mail.subject)
    assert "Tuesday, 19 January 2027" in failed.body
    assert [mail.subject for mail in mails].count("Renewals were charged late") == 1
    time.pass_by(days=8)
    assert Invoice.objects.get(seq=1).attempts.count() == 4
    assert may_read(ada)
    time.pass_by(days=4)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "payment_failed")
    assert not may_read(ada)
    assert actions.audit_books(now=clock.now()).violations == ()


def test_a_cancelled_one_is_never_charged_and_ends_when_paid_time_is_over(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer)
    time.pass_by(days=3)
    assert actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.settle()
    assert "cancelled" in mails[-1].subject
    assert "Sunday, 20 December 2026" in mails[-1].body
    assert queries.reader_state(ada, clock.now()) == "cancelled"
    time.to(clock.from_unix(access_until(date(2026, 12, 20))) - timedelta(seconds=60))
    time.settle()
    assert may_read(ada)
    time.pass_by(days=2)
    assert not may_read(ada)
    time.pass_by(days=200)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "cancelled")
    assert [row.status for row in Invoice.objects.order_by("seq")] == ["paid", "void"]
    assert [row.canceled_at is None for row in Charge.objects.order_by("pk")] == [True, False]
    assert BankAttempt.objects.count() == 1
    assert taken() == 199
    assert queries.reader_state(ada, clock.now()) == "lapsed"


def test_a_cancellation_can_be_taken_back(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    assert actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    assert not actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    assert actions.undo_cancel(subscription=subscription, by=ada.actor, now=clock.now())
    assert not actions.undo_cancel(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=28)
    assert taken() == 2 * 199


@pytest.mark.parametrize("between", [{}, {"hours": 1}, {"days": 3}], ids=["at once", "an hour", "three days"])
def test_who_cancels_stays_and_cancels_again_is_never_charged(
    ada: Account, offer: Offer, time: Time, between: dict[str, float]
) -> None:
    subscription = subscribe(ada, offer)
    for step in (actions.cancel_subscription, actions.undo_cancel, actions.cancel_subscription):
        if between:
            time.pass_by(**between)
        assert step(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=60)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "cancelled")
    assert taken() == 199


def test_no_taking_back_when_the_time_is_over(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=31)
    assert not actions.undo_cancel(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=60)
    assert taken() == 199


def test_a_card_that_stops_paying_is_tried_again_and_then_it_ends(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer, name="SIM PAYS 1")
    time.pass_by(days=28)
    subscription.refresh_from_db()
    assert subscription.state == "past_due"
    assert queries.reader_state(ada, clock.now()) == "payment_failed"
    assert may_read(ada)
    assert "did not go through" in mails[-1].subject
    assert "Wednesday, 30 December 2026" in mails[-1].body
    time.pass_by(days=8)
    assert Invoice.objects.get(seq=1).attempts.count() == 4
    time.pass_by(days=4)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "payment_failed")
    assert Invoice.objects.get(seq=1).status == "void"
    assert not may_read(ada)
    time.pass_by(days=60)
    assert taken() == booked() == 199
    assert Invoice.objects.count() == 2


def test_a_declined_renewal_recovers(ada: Account, offer: Offer, time: Time, mails: list[Any]) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    bank_card = BankAttempt.objects.get().method
    bank_card.scenario = "declined_at_charge"
    bank_card.save()
    time.pass_by(days=29)
    bank_card.scenario = "pays"
    bank_card.save()
    time.pass_by(days=3)
    subscription.refresh_from_db()
    assert subscription.state == "active"
    invoice = Invoice.objects.get(seq=1)
    assert [row.status for row in invoice.attempts.order_by("n")] == ["declined", "succeeded"]
    assert len(receipts(mails)) == 2
    assert taken() == booked() == 2 * 199


def test_an_external_subscription_is_never_charged(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    Subscription.objects.filter(pk=subscription.pk).update(engine="external")
    time.pass_by(days=90)
    assert taken() == 199


def test_a_parked_subscription_is_never_charged(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    Subscription.objects.filter(pk=subscription.pk).update(parked_reason="a person looks at it")
    time.pass_by(days=90)
    assert taken() == 199


def test_the_card_that_attaches_and_then_declines_gives_nothing(
    ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer, DECLINED_AT_CHARGE)
    assert subscription.state == "pending"
    assert not may_read(ada)
    time.pass_by(days=2)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "checkout_abandoned")
    assert taken() == booked() == 0
