"""Readers hear of a price before they pay it, and what they did not hear of is not charged."""

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions.tell_price import NoSuchPrice
from newsstand.office.billing.models import Attempt, Invoice, Offer, Price, PriceNotice, Subscription
from newsstand.office.billing.queries.upkeep import preview
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow
from newsstand.rules.money import Money
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time
from tests.office.billing.test_free_periods import begin, put_on_sale, violations
from tests.office.billing.test_upkeep import said

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def amounts() -> list[int]:
    return list(Invoice.objects.order_by("seq").values_list("amount", flat=True))


@pytest.fixture
def trial(time: Time) -> Offer:
    return put_on_sale("trial", Money(199, "USD"), free=1)


def test_a_trial_ends_with_a_reminder_seven_days_before_the_first_charge(
    ada: Account, trial: Offer, time: Time, mails: list[Any]
) -> None:
    begin(ada, trial)
    time.pass_by(days=20)
    assert not PriceNotice.objects.exists()
    rows = list(preview(date(2026, 12, 13)))
    assert [(row.is_charged, row.why) for row in rows] == [
        (False, "the reader is told what the next period costs")
    ]
    assert [row.is_charged for row in preview(date(2026, 12, 20))] == [True]
    time.pass_by(days=2)
    told = PriceNotice.objects.get()
    assert (told.about, told.seq, told.price.amount, f"{told.told_on}") == ("intro_end", 1, 199, "2026-12-13")
    assert mails[-1].subject == "Your introduction ends: your price from Sunday, 20 December 2026 on"
    assert "$1.99 every 4 weeks" in mails[-1].body
    assert "Cancel this subscription" in mails[-1].body
    time.pass_by(days=40)
    assert (PriceNotice.objects.count(), amounts(), violations()) == (1, [0, 199, 199], [])


def test_a_reader_who_was_not_reminded_pays_as_before_until_they_were(
    ada: Account, trial: Offer, time: Time, mails: list[Any]
) -> None:
    begin(ada, trial)
    time.settle()
    time.on(days=25)  # nobody was at work on the day for the reminder
    time.pass_by(days=10)
    assert (amounts(), Attempt.objects.count()) == ([0, 0], 0)
    time.pass_by(days=28)
    assert (amounts(), violations()) == ([0, 0, 199], [])
    assert PriceNotice.objects.get().seq == 2


def test_a_new_price_holds_from_the_first_period_that_begins_thirty_days_later(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    raised = {"offer": offer, "money": Money(249, "USD"), "by": "staff:1"}
    assert actions.change_price(**raised, now=clock.now()) == 1
    assert actions.change_price(**raised, now=clock.now()) == 0
    time.settle()
    assert mails[-1].subject == "Your price from Sunday, 17 January 2027 on"
    assert "$2.49 every 4 weeks" in mails[-1].body
    assert AuditRow.objects.filter(verb="tell_price").count() == 1
    time.pass_by(days=29)
    following = queries.next_charge(Subscription.objects.get(pk=subscription.pk))
    assert following is not None
    assert following.money == Money(249, "USD")
    time.pass_by(days=60)
    assert (amounts(), violations()) == ([199, 199, 249, 249], [])


def test_a_price_that_cannot_be_is_refused_and_nobody_is_told(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer)
    before = Price.objects.count()
    for money in (Money(0, "USD"), Money(-1, "USD"), Money(249, "EUR")):
        with pytest.raises(NoSuchPrice):
            actions.change_price(offer=offer, money=money, by="staff:1", now=clock.now())
    actions.cancel_subscription(subscription=Subscription.objects.get(), by=ada.actor, now=clock.now())
    assert actions.change_price(offer=offer, money=Money(249, "USD"), by="staff:1", now=clock.now()) == 0
    assert (PriceNotice.objects.count(), Price.objects.count()) == (0, before)


def test_what_was_told_is_never_changed_and_an_amount_without_it_is_found(
    ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer)
    actions.change_price(offer=offer, money=Money(249, "USD"), by="staff:1", now=clock.now())
    for change in (lambda rows: rows.update(seq=1), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(PriceNotice.objects.filter(subscription=subscription))
    time.pass_by(days=29)
    assert violations() == []
    Invoice.objects.filter(seq=1).update(amount=249)
    assert any(row.startswith("5:") and "30 days ahead" in row for row in violations())


def test_the_command_tells_all_who_subscribe_by_an_offer(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(ada, offer)
    assert said(capsys, "new-price", "full", "249") == (0, "told of $2.49: 1\n")
    code, out = said(capsys, "new-price", "full", "249", "--json")
    assert (code, json.loads(out)) == (1, {"told": 0})
    assert said(capsys, "new-price", "full", "0")[0] == 1
    assert said(capsys, "new-price", "no-such-offer", "249")[0] == 1
