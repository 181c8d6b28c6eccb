"""Moods of the bank's network and cards, and what they come to."""

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.gateways.sandbox.models import Delivery
from newsstand.office.billing.models import Attempt, GatewayEvent, Offer, PaymentMethod, Subscription
from newsstand.office.kit import clock
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time
from tests.office.billing.test_renewals import booked, taken

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def test_a_message_that_overtakes_the_answer_settles_it_once(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer, name="SIM WEBHOOK FIRST")
    assert Delivery.objects.get().delivered_at is not None
    assert GatewayEvent.objects.get(kind="charge.succeeded").via == "webhook"
    time.pass_by(days=28)
    assert taken() == booked() == 2 * 199
    assert audit_books(now=clock.now()).violations == ()


def test_an_answer_after_40_seconds_is_looked_up(ada: Account, offer: Offer, time: Time) -> None:
    ref = order(ada, offer)
    type_card(ref, name="SIM SLOW")
    finished = come_back(ref)
    assert isinstance(finished, Attempt)
    assert finished.status == "unknown"
    time.pass_by(minutes=6)
    assert Subscription.objects.get().state == "active"
    assert taken() == booked() == 199


def test_a_card_that_expires_is_declined_from_then_on(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer, name="SIM EXPIRES")
    card = PaymentMethod.objects.get()
    assert (card.exp_month, card.exp_year) == (12, 2026)
    time.pass_by(days=29)
    assert taken() == 2 * 199
    time.pass_by(days=28)
    subscription.refresh_from_db()
    assert subscription.state == "past_due"
    assert Attempt.objects.latest("pk").code == "expired_card"
    assert Attempt.objects.filter(status="declined").count() == 1


def test_a_card_that_the_bank_replaces_goes_on_to_pay(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer, name="SIM UPDATED")
    time.pass_by(days=28)
    assert PaymentMethod.objects.get().last4 == "1881"
    assert taken() == booked() == 2 * 199
