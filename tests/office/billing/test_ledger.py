"""The ledger as time passes: revenue by whole days, fees, refunds and disputes, and what the gateway pays out."""

from collections import Counter
from typing import Any

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.models import Invoice, Offer, Transfer
from newsstand.office.kit import clock
from newsstand.rules.money import Money
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def balances() -> Counter[str]:
    """What each account holds: debits less credits."""
    found: Counter[str] = Counter()
    for row in Transfer.objects.all():
        found[row.debit] += row.amount
        found[row.credit] -= row.amount
    return found


def earned() -> list[tuple[str, int]]:
    rows = Transfer.objects.filter(key__startswith="revenue:").order_by("pk")
    return [(row.key.rpartition(":")[2], row.amount) for row in rows]


def violations() -> list[str]:
    return [f"{row.number}: {row.found}" for row in actions.audit_books(now=clock.now()).violations]


def test_a_period_becomes_revenue_by_the_month_and_at_its_end(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=5)
    assert earned() == []
    time.pass_by(days=5)
    assert earned() == [("2026-11-30", 63)]  # 9 of 28 days
    time.pass_by(days=40)
    assert earned() == [("2026-11-30", 63), ("2026-12-19", 136)]
    assert Invoice.objects.get(seq=0).earn_on is None
    held = balances()
    assert held["deferred_revenue:news"] == 0
    assert held["revenue:news"] == -199
    actions.earn_revenue(now=clock.now())
    assert balances() == held
    assert violations() == []


def test_a_year_of_renewals_adds_up_and_the_bank_pays_out_all_but_its_fees(
    ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer)
    time.pass_by(days=84)
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=60)
    held = balances()
    assert held["revenue:news"] == -4 * 199
    assert held["fees:sandbox"] == 4 * 36
    assert held["bank"] == 4 * (199 - 36)
    assert held["clearing:sandbox"] == held["deferred_revenue:news"] == 0
    assert sum(held.values()) == 0
    assert violations() == []


def test_a_refund_and_a_dispute_come_off_the_next_payout(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer)
    bo = subscribe(Account.objects.create_user("bo@example.org"), offer, "4000000000000259")
    given: dict[str, Any] = {"by": "staff:a", "why": "hardship", "now": clock.now()}
    invoice = Invoice.objects.exclude(subscription=bo).get()
    actions.refund_invoice(invoice=invoice, money=Money(100, "USD"), key="1", **given)
    time.pass_by(days=2)
    held = balances()
    assert held["refunds:news"] == 100
    assert held["disputes_in_suspense:sandbox"] == 199
    assert held["bank"] == 2 * 199 - 2 * 36 - 100 - 199
    assert held["clearing:sandbox"] == 0
    assert violations() == []


def test_money_that_nobody_wanted_is_revenue_and_refund_at_once(
    ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer, name="SIM TIMEOUT SUCCESS")
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=2)
    held = balances()
    assert held["deferred_revenue:news"] == 0
    assert (held["revenue:news"], held["refunds:news"]) == (-199, 199)
    assert held["fees:sandbox"] == 36
    assert violations() == []
