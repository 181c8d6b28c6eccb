"""Bought once: a day pass, one article. The same attempts, settlement, refund and ledger as a subscription's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.billing import actions
from newsstand.office.billing.actions.begin_attempt import Refusal, Wanted, begin_attempts
from newsstand.office.billing.actions.finish_card import NothingToPay
from newsstand.office.billing.actions.start_checkout import AlreadyHeld, Thing
from newsstand.office.billing.gateways.base import Initiator
from newsstand.office.billing.gateways.sandbox.models import Attempt as BankAttempt
from newsstand.office.billing.models import (
    Attempt,
    Consent,
    Invoice,
    Offer,
    Purchase,
    Transfer,
)
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.terms import terms_shown
from newsstand.office.kit import clock
from newsstand.rules.billing.lifecycle import EndedByStaff
from newsstand.rules.money import Money
from tests.office.billing.buying import DECLINED_AT_CHARGE, buy, come_back, start, subscribe, type_card, visit
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def taken() -> int:
    paid = BankAttempt.objects.filter(state="succeeded").select_related("charge")
    return sum(attempt.charge.amount for attempt in paid)


def booked() -> int:
    return sum(row.amount for row in Transfer.objects.filter(key__startswith="charge:"))


def violations() -> list[str]:
    return [f"{row.number}: {row.found}" for row in actions.audit_books(now=clock.now()).violations]


def test_a_day_pass_is_charged_once_opens_for_a_day_and_is_never_renewed(
    ada: Account, day_pass: Offer, time: Time, mails: list[Any]
) -> None:
    before = clock.now()
    purchase = buy(ada, day_pass)
    after = clock.now()
    grant = Grant.objects.get(source="purchase", source_ref=purchase.ref)
    assert (grant.subject, grant.rights, grant.grace_until) == ("product:news", ["read"], None)
    assert grant.until is not None
    assert before <= grant.until - timedelta(days=1) <= after
    assert Consent.objects.get(purchase=purchase).text.splitlines()[1] == (
        "$0.99 today, once, for 1 day. It ends by itself, and nothing else is charged."
    )
    time.settle()
    assert [mail.subject for mail in mails] == ["Your purchase: Day pass", "Your receipt: $0.99"]
    assert "/subscription/cancel/" not in "".join(mail.body for mail in mails)
    time.pass_by(days=60)
    assert taken() == booked() == 99
    invoice = Invoice.objects.get()
    assert (invoice.purchase, invoice.subscription, invoice.status) == (purchase, None, "paid")
    assert violations() == []


def test_pressed_twice_and_come_back_twice_it_is_one_charge(ada: Account, day_pass: Offer) -> None:
    start(ada, day_pass)
    first = visit()
    start(ada, day_pass)
    second = visit()
    for ref in (first, second):
        type_card(ref)
    for ref in (first, first, second, second):
        come_back(ref)
    assert Purchase.objects.count() == Attempt.objects.count() == 1
    assert taken() == booked() == 99
    bought = start(ada, day_pass)
    assert isinstance(bought, AlreadyHeld)
    assert violations() == []


def test_when_its_time_is_over_it_can_be_bought_again(ada: Account, day_pass: Offer, time: Time) -> None:
    buy(ada, day_pass)
    time.pass_by(hours=25)
    buy(ada, day_pass)
    assert taken() == booked() == 2 * 99
    assert Grant.objects.filter(source="purchase").count() == 2
    assert violations() == []


def test_a_lost_answer_is_looked_up_and_opens(ada: Account, day_pass: Offer, time: Time) -> None:
    purchase = buy(ada, day_pass, name="SIM TIMEOUT SUCCESS")
    assert purchase.state == "pending"
    time.pass_by(minutes=6)
    purchase.refresh_from_db()
    assert purchase.state == "active"
    assert taken() == booked() == 99
    assert violations() == []


def test_an_order_that_is_not_paid_expires_and_a_card_that_declines_opens_nothing(
    ada: Account, day_pass: Offer, time: Time
) -> None:
    start(ada, day_pass)
    ref = visit()
    type_card(ref, DECLINED_AT_CHARGE)
    finished = come_back(ref)
    assert isinstance(finished, Attempt)
    assert finished.status == "declined"
    assert not Grant.objects.exists()
    time.pass_by(days=2)
    purchase = Purchase.objects.get()
    assert (purchase.state, purchase.end_reason) == ("ended", "checkout_abandoned")
    assert Invoice.objects.get().status == "void"
    assert come_back(ref) == NothingToPay(purchase)
    assert taken() == 0
    assert violations() == []


def test_money_that_comes_after_the_order_expired_goes_back_in_full(
    ada: Account, day_pass: Offer, time: Time
) -> None:
    start(ada, day_pass)
    ref = visit()
    type_card(ref, name="SIM TIMEOUT SUCCESS")
    come_back(ref)
    purchase = Purchase.objects.get()
    actions.end_sale(sale=purchase, event=EndedByStaff(), by="staff:a", why="a minor", now=clock.now())
    time.settle()
    assert taken() == booked() == 99
    assert sum(row.amount for row in Transfer.objects.filter(key__startswith="refund:")) == 99
    assert not Grant.objects.exists()
    assert violations() == []


def test_a_refund_is_capped_and_staff_can_end_a_purchase(ada: Account, day_pass: Offer, time: Time) -> None:
    purchase = buy(ada, day_pass)
    invoice = Invoice.objects.get()
    given: dict[str, Any] = {"by": "staff:a", "why": "hardship", "now": clock.now()}
    assert actions.refund_invoice(
        invoice=invoice, money=Money(100, "USD"), key="1", **given
    ) == actions.RefundRefused("more_than_left")
    actions.refund_invoice(invoice=invoice, money=Money(99, "USD"), key="2", **given)
    assert actions.end_sale(sale=purchase, event=EndedByStaff(), **given)
    time.settle()
    assert sum(row.amount for row in Transfer.objects.filter(key__startswith="refund:")) == 99
    grant = Grant.objects.get()
    assert grant.until is not None
    assert grant.until <= clock.now()
    assert violations() == []


def test_one_article_beside_a_subscription(ada: Account, offer: Offer, day_pass: Offer, time: Time) -> None:
    subscribe(ada, offer)
    buy(ada, day_pass, subject="article:17")
    time.pass_by(days=30)
    assert taken() == booked() == 2 * 199 + 99
    assert Grant.objects.get(source="purchase").subject == "article:17"
    assert violations() == []


def test_an_invoice_belongs_to_one_sale_and_a_purchase_has_one_period(
    ada: Account, offer: Offer, day_pass: Offer
) -> None:
    subscription = subscribe(ada, offer)
    purchase = buy(ada, day_pass)
    paid = Invoice.objects.get(purchase=purchase)
    row: dict[str, Any] = {
        field: getattr(paid, field)
        for field in ("starts_on", "ends_on", "price", "amount", "currency", "consent", "opened_at")
    }
    wrong: list[dict[str, Any]] = [
        {"seq": 0},
        {"seq": 0, "purchase": purchase, "subscription": subscription},
        {"seq": 0, "purchase": purchase},
        {"seq": 1, "purchase": purchase},
    ]
    for owner in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice.objects.create(**row, **owner)


def test_what_is_bought_once_is_not_subscribed_to_nor_the_other_way_round(
    ada: Account, offer: Offer, day_pass: Offer
) -> None:
    now = clock.now()
    given: dict[str, Any] = {
        "account": ada,
        "next_path": "/",
        "return_url": "/",
        "by": ada.actor,
        "now": now,
    }
    terms = terms_shown(day_pass, wording.day_of(now))
    with pytest.raises(ValueError, match="bought once"):
        actions.start_checkout(offer=day_pass, terms=terms, **given)
    with pytest.raises(ValueError, match="subscribed to"):
        actions.start_checkout(offer=offer, terms=terms, thing=Thing("site", "x"), **given)
    assert not Purchase.objects.exists()


def test_a_paid_purchase_is_not_tried_again(ada: Account, day_pass: Offer) -> None:
    purchase = buy(ada, day_pass)
    method, moment = purchase.payment_method, datetime.fromisoformat("2026-11-23T12:00:00+00:00")
    assert method is not None
    refused = begin_attempts(
        wanted=[Wanted(Invoice.objects.get(), method, "x")],
        initiator=Initiator.READER,
        return_url="",
        by="system",
        now=moment,
    )[0]
    assert refused == Refusal("paid")
