"""Free first periods, and one plan in several currencies."""

from typing import Any

import pytest

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions.finish_card import NothingToPay
from newsstand.office.billing.actions.found_offer import PlanDiffers
from newsstand.office.billing.gateways.sandbox.models import Charge
from newsstand.office.billing.models import Attempt, Invoice, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.offer import OfferStep
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def put_on_sale(code: str, price: Money, *, free: int = 0, **more: Any) -> Offer:
    given: dict[str, Any] = {"rhythm": Rhythm("day", 28), "product_code": "news", **more}
    return actions.found_offer(
        code=code,
        plan_name="Full access",
        rights=["read"],
        price=price,
        intro=(OfferStep(Money(0, price.currency), free),) if free else (),
        benefits=[],
        by="system",
        now=clock.now(),
        **given,
    )


@pytest.fixture
def trial(time: Time) -> Offer:
    return put_on_sale("trial", Money(199, "USD"), free=2)


def begin(ada: Account, trial: Offer) -> Subscription:
    ref = order(ada, trial)
    type_card(ref)
    finished = come_back(ref)
    assert isinstance(finished, NothingToPay)
    assert finished.sale.is_running
    return Subscription.objects.get()


def violations() -> list[str]:
    return [f"{row.number}: {row.found}" for row in actions.audit_books(now=clock.now()).violations]


def test_a_free_period_is_served_without_a_charge_and_without_an_attempt(
    ada: Account, trial: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = begin(ada, trial)
    following = queries.next_charge(subscription)
    assert following is not None
    assert (following.on.isoformat(), following.money) == ("2027-01-17", Money(199, "USD"))
    time.pass_by(days=50)
    assert not Attempt.objects.exists()
    assert not Charge.objects.exists()
    assert not Transfer.objects.exists()
    assert [row.status for row in Invoice.objects.order_by("seq")] == ["paid", "paid"]
    assert [mail.subject for mail in mails] == [
        "Your subscription: Full access",
        "Your introduction ends: your price from Sunday, 17 January 2027 on",
    ]
    assert "Free for the first 8 weeks: nothing is charged today." in mails[0].body
    assert "First charge: Sunday, 17 January 2027." in mails[0].body
    assert violations() == []
    time.pass_by(days=10)
    assert [(row.n, row.status, row.invoice.amount) for row in Attempt.objects.all()] == [
        (1, "succeeded", 199)
    ]
    assert violations() == []


def test_a_trial_that_is_cancelled_is_read_to_its_end_and_never_charged(
    ada: Account, trial: Offer, time: Time
) -> None:
    subscription = begin(ada, trial)
    assert actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    grant = Grant.objects.get()
    assert grant.until is not None
    assert grant.until.date().isoformat() == "2026-12-21"
    time.pass_by(days=120)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "cancelled")
    assert not Charge.objects.filter(canceled_at__isnull=True).exists()
    assert violations() == []


def test_a_card_that_declines_after_the_trial_is_met_like_any_other(
    ada: Account, trial: Offer, time: Time
) -> None:
    ref = order(ada, trial)
    type_card(ref, "4000000000000341")
    come_back(ref)
    time.pass_by(days=57)
    assert Subscription.objects.get().state == "past_due"
    time.pass_by(days=20)
    assert Subscription.objects.get().end_reason == "payment_failed"
    assert not Transfer.objects.exists()
    assert violations() == []


def test_one_plan_in_two_currencies_is_two_offers_and_each_ledger_adds_up(ada: Account, time: Time) -> None:
    dollars = put_on_sale("usd", Money(199, "USD"), plan_code="full")
    euros = put_on_sale("eur", Money(179, "EUR"), plan_code="full")
    yen = put_on_sale("jpy", Money(300, "JPY"), plan_code="full")
    assert dollars.plan == euros.plan == yen.plan
    subscribe(ada, dollars)
    subscribe(Account.objects.create_user("bo@example.org"), euros)
    subscribe(Account.objects.create_user("cy@example.org"), yen)
    time.pass_by(days=30)
    booked = Transfer.objects.filter(key__startswith="charge:").order_by("pk")
    assert sorted((row.amount, row.currency) for row in booked) == [
        (179, "EUR"),
        (179, "EUR"),
        (199, "USD"),
        (199, "USD"),
        (300, "JPY"),
        (300, "JPY"),
    ]
    assert violations() == []


def test_a_plan_is_not_sold_at_two_rhythms(time: Time) -> None:
    put_on_sale("usd", Money(199, "USD"), plan_code="full")
    with pytest.raises(PlanDiffers):
        put_on_sale("eur", Money(179, "EUR"), plan_code="full", rhythm=Rhythm("month", 1))
    assert Offer.objects.count() == 1
