"""Two at the same moment: tabs, presses, workers. Commits are real, each has its own connection."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest
from django.db import connections

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.gateways.sandbox.models import Attempt as BankAttempt
from newsstand.office.billing.models import Attempt, Consent, Invoice, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.office.kit.models import Publication
from newsstand.shelf.shelf import Shelf
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time, put_on_sale

MANY = 6


@pytest.fixture
def time(real_commits: None, shelf: Shelf) -> Time:
    Publication.objects.create(
        pk=1, name="The Tidemark", zone="Europe/Berlin", support_email="help@tidemark.example"
    )
    moved = Time(shelf)
    moved.to(datetime.fromisoformat("2026-11-22T12:00:00+01:00"))
    return moved


def all_at_once(*work: Callable[[], Any]) -> list[Any]:
    """Do all of it at the same moment, each in a thread of its own; what each of them gave."""
    start = threading.Barrier(len(work))

    def run(one: Callable[[], Any]) -> Any:
        try:
            start.wait(120)
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(run, work))


def charged() -> int:
    return BankAttempt.objects.filter(state="succeeded").count()


def test_many_presses_are_one_order(time: Time) -> None:
    offer, ada = put_on_sale(), Account.objects.create_user("ada@example.org")
    all_at_once(*[lambda: order(ada, offer)] * MANY)
    assert Subscription.objects.count() == 1
    assert Consent.objects.count() == 1


def test_many_returns_from_the_card_page_charge_once(time: Time) -> None:
    offer, ada = put_on_sale(), Account.objects.create_user("ada@example.org")
    ref = order(ada, offer)
    type_card(ref)
    given = all_at_once(*[lambda: come_back(ref)] * MANY)
    assert None not in given
    assert charged() == Attempt.objects.count() == Invoice.objects.count() == 1
    assert Transfer.objects.filter(key__startswith="charge:").count() == 1


def test_two_tabs_with_a_card_each_charge_once(time: Time) -> None:
    offer, ada = put_on_sale(), Account.objects.create_user("ada@example.org")
    refs = [order(ada, offer) for _ in range(3)]
    for ref in refs:
        type_card(ref)
    all_at_once(*[lambda ref=ref: come_back(ref) for ref in refs])
    assert charged() == 1
    assert Subscription.objects.get().state == "active"
    assert Attempt.objects.filter(status="succeeded").count() == 1


def test_many_workers_charge_each_period_once(time: Time) -> None:
    offer = put_on_sale()
    readers = [Account.objects.create_user(f"reader{number}@example.org") for number in range(8)]
    for reader in readers:
        subscribe(reader, offer)
    now = time.on(days=29)
    served = all_at_once(*[lambda: actions.serve_due(now=now)] * 4)
    assert sum(served) == len(readers)
    assert charged() == 2 * len(readers)
    assert Attempt.objects.filter(invoice__seq=1, status="succeeded").count() == len(readers)


def test_cancelling_while_it_is_charged_leaves_no_money_taken_for_it(time: Time) -> None:
    offer, ada = put_on_sale(), Account.objects.create_user("ada@example.org")
    subscription = subscribe(ada, offer)
    now = time.on(days=28)
    all_at_once(
        lambda: actions.serve_due(now=now),
        lambda: actions.cancel_subscription(subscription=subscription, by=ada.actor, now=now),
    )
    time.pass_by(days=90)
    subscription.refresh_from_db()
    assert subscription.state == "ended"
    taken = sum(row.amount for row in Transfer.objects.filter(key__startswith="charge:"))
    back = sum(row.amount for row in Transfer.objects.filter(key__startswith="refund:"))
    kept = Invoice.objects.filter(status="paid").count()
    assert taken - back == 199 * kept
    assert charged() in {1, 2}
    assert clock.now() > now
