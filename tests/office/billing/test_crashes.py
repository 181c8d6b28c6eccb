"""A process dies at the worst moments, and afterwards nobody was charged twice and nothing is missing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions import record_attempt, settle_success, take_payment
from newsstand.office.billing.actions.begin_attempt import LEASE
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.base import Unknown
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Attempt as BankAttempt
from newsstand.office.billing.gateways.sandbox.models import Refund as BankRefund
from newsstand.office.billing.models import Attempt, Invoice, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.dunning import DeclineClass
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time
from tests.office.billing.test_renewals import booked, may_read, receipts, taken

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


class Killed(BaseException):
    """The process is gone: nothing after this line runs."""


def _die(*args: Any, **kwargs: Any) -> Any:
    raise Killed


def _die_after(real: Callable[..., Any]) -> Callable[..., Any]:
    """Do it, and die before anyone hears of it."""

    def done(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        raise Killed

    return done


def die_before_the_call(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxGateway, "attempt", _die)


def die_when_the_answer_is_lost(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(SandboxGateway, "attempt", _die_after(SandboxGateway.attempt))


def die_before_it_is_recorded(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(take_payment, "record_answers", _die)


def die_inside_the_record(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(settle_success, "follow_all", _die)


def die_before_the_attempt_is_written(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(take_payment, "begin_attempts", _die)


Point = Callable[[pytest.MonkeyPatch], None]


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, point: Point) -> Iterator[None]:
    """What is done inside dies at this point; afterwards the code is whole again."""
    with monkeypatch.context() as patch:
        point(patch)
        with pytest.raises(Killed):
            yield


POINTS = [
    die_before_the_attempt_is_written,
    die_before_the_call,
    die_when_the_answer_is_lost,
    die_before_it_is_recorded,
    die_inside_the_record,
]


@pytest.mark.parametrize("point", POINTS)
def test_a_renewal_survives_a_death(
    ada: Account,
    offer: Offer,
    time: Time,
    mails: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    point: Point,
) -> None:
    subscribe(ada, offer)
    time.settle()
    due = queries.next_due(clock.now())
    assert due is not None
    time.to(due)
    with dying(monkeypatch, point):
        actions.serve_due(now=clock.now())
    time.settle()
    time.on(seconds=LEASE.total_seconds() + 1)
    time.settle()
    assert [row.status for row in Invoice.objects.order_by("seq")] == ["paid", "paid"]
    assert BankAttempt.objects.filter(state="succeeded").count() == 2
    assert taken() == booked() == 2 * 199
    assert len(receipts(mails)) == 2
    time.pass_by(days=28)
    assert taken() == booked() == 3 * 199


@pytest.mark.parametrize("point", POINTS)
def test_a_first_payment_survives_a_death(
    ada: Account,
    offer: Offer,
    time: Time,
    mails: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    point: Point,
) -> None:
    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, point):
        come_back(ref)
    time.on(seconds=LEASE.total_seconds() + 1)
    come_back(ref)
    time.settle()
    assert Subscription.objects.get().state == "active"
    assert may_read(ada)
    assert taken() == booked() == 199
    assert len(receipts(mails)) == 1


@pytest.mark.parametrize("point", POINTS[1:])
def test_the_worker_finishes_what_a_dead_checkout_began(
    ada: Account,
    offer: Offer,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    point: Point,
) -> None:
    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, point):
        come_back(ref)
    time.pass_by(hours=1)
    assert Subscription.objects.get().state == "active"
    assert taken() == booked() == 199


def test_a_sender_that_wakes_after_its_lease_changes_nothing(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}

    def freeze(**given: Any) -> None:
        kept.update(given)
        raise Killed

    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, lambda patch: patch.setattr(take_payment, "record_answers", freeze)):
        come_back(ref)
    time.on(seconds=LEASE.total_seconds() + 1)
    time.settle()
    before = list(Transfer.objects.values_list("key", flat=True))
    record_attempt.record_answers(**{**kept, "now": clock.now()})
    assert list(Transfer.objects.values_list("key", flat=True)) == before
    assert taken() == booked() == 199


def test_a_lost_answer_is_asked_for_and_not_charged_again(ada: Account, offer: Offer, time: Time) -> None:
    ref = order(ada, offer)
    type_card(ref, name="SIM TIMEOUT SUCCESS")
    finished = come_back(ref)
    assert isinstance(finished, Attempt)
    assert finished.status == "unknown"
    time.pass_by(minutes=10)
    assert Subscription.objects.get().state == "active"
    assert taken() == booked() == 199
    assert Attempt.objects.count() == 1


def test_a_gateway_that_never_answers_is_asked_three_times_and_then_a_person(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer)
    card = BankAttempt.objects.get().method
    card.sim = "timeout"
    card.save()
    time.pass_by(days=32)
    subscription.refresh_from_db()
    assert subscription.parked_reason
    assert Attempt.objects.get(invoice__seq=1).sends == 4
    assert [mail.to for mail in mails if "needs a look" in mail.subject] == [["help@tidemark.example"]]
    assert taken() == booked() == 199
    assert may_read(ada)


def test_cancelling_while_a_renewal_is_on_its_way_gives_the_money_back(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer)
    due = queries.next_due(clock.now())
    assert due is not None
    time.to(due)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        actions.serve_due(now=clock.now())
    assert actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(hours=1)
    assert taken() == booked() == 2 * 199
    assert [row.amount for row in BankRefund.objects.all()] == [199]
    assert [row.amount for row in Transfer.objects.filter(key__startswith="refund:")] == [199]
    assert [mail for mail in mails if "way back" in mail.subject]
    time.pass_by(days=60)
    assert BankAttempt.objects.filter(state="succeeded").count() == 2
    subscription.refresh_from_db()
    assert subscription.end_reason == "cancelled"


def test_cancelling_before_the_gateway_heard_of_it_calls_it_off(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = subscribe(ada, offer)
    due = queries.next_due(clock.now())
    assert due is not None
    time.to(due)
    with dying(monkeypatch, die_before_the_call):
        actions.serve_due(now=clock.now())
    assert actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=60)
    assert taken() == booked() == 199
    assert Invoice.objects.get(seq=1).status == "void"
    assert Attempt.objects.get(invoice__seq=1).status == "canceled"


def test_an_answer_of_unknown_is_never_a_decline(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer)
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "attempt", lambda self, **call: Unknown("timeout"))
        time.pass_by(days=28, minutes=1)
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert not [mail for mail in mails if "did not go through" in mail.subject]
    time.pass_by(days=2)
    assert taken() == booked() == 2 * 199


@pytest.mark.parametrize("end", ["succeeded", "declined", "canceled"])
def test_an_attempt_never_ends_before_it_began(ada: Account, offer: Offer, time: Time, end: str) -> None:
    """Who learns of its end may have looked at the clock before somebody else began it."""
    ref = order(ada, offer)
    type_card(ref, name="SIM TIMEOUT SUCCESS")
    attempt = come_back(ref)
    assert isinstance(attempt, Attempt)
    charge = attempt.invoice.charge_ref
    outcomes: dict[str, base.Outcome | base.Canceled] = {
        "succeeded": base.Succeeded(charge, attempt.invoice.money, clock.unix()),
        "declined": base.Declined(charge, "lost", DeclineClass.HARD),
        "canceled": base.Canceled(charge),
    }
    early = attempt.begun_at - timedelta(days=1)
    stands = record_attempt.record_attempt(
        attempt=attempt, outcome=outcomes[end], via="lookup", by="system", now=early
    )
    assert (stands.status, stands.settled_at) == (end, attempt.begun_at)
