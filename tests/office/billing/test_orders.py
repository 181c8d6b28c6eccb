"""A quarter's news through the gateway's door, in orders of all kinds: tables, rights and mails are the same.

A few orders here, more by `make replay`. All of them, and a year's, are tried in memory (`tests/proofs`).
"""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from random import Random
from typing import Any

import pytest
from django.db import transaction

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.gateways.sandbox import webhooks
from newsstand.office.billing.models import Attempt, Consent, GatewayEvent, Invoice, Offer, Subscription
from newsstand.office.billing.queries.books import books_of
from newsstand.office.kit import clock
from newsstand.office.kit.models import SentNotice
from newsstand.rules.billing.gateway_events import Kind
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time
from tests.office.billing.test_crashes import Killed
from tests.proofs.world import whole

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

ORDERS = int(os.environ.get("NEWSSTAND_ORDERS", "10"))

News = tuple[Kind, int, str, int]
QUARTER: list[News] = [
    (Kind.CHARGE_SUCCEEDED, 0, "", 199),
    (Kind.CHARGE_FAILED, 1, "", 199),
    (Kind.CHARGE_SUCCEEDED, 1, "", 199),
    (Kind.REFUND_PENDING, 1, "refund", 50),
    (Kind.REFUND_SUCCEEDED, 1, "refund", 50),
    (Kind.CHARGE_SUCCEEDED, 2, "", 199),
    (Kind.DISPUTE_OPENED, 2, "dispute", 199),
]


@pytest.fixture
def unheard(ada: Account, offer: Offer, time: Time) -> Subscription:
    """A subscription whose second and third charge got no answer."""
    subscription = subscribe(ada, offer)
    time.settle()
    now, method = time.on(days=60), subscription.payment_method
    assert method is not None
    for seq in (1, 2):
        span = subscription.period(seq)
        invoice = Invoice.objects.create(
            subscription=subscription,
            seq=seq,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            price=offer.price_row(seq),
            amount=199,
            currency="USD",
            consent=Consent.objects.get(),
            gateway="sandbox",
            charge_ref=f"charge-{seq}",
            opened_at=now,
        )
        Attempt.objects.create(
            invoice=invoice,
            n=1,
            payment_method=method,
            initiator="merchant",
            status="unknown",
            begun_at=now,
        )
    return subscription


def post(news: News, subscription: Subscription) -> None:
    """Bring a piece of news as the bank does: written, signed, and through the door."""
    kind, seq, object_id, cents = news
    invoice = Invoice.objects.get(subscription=subscription, seq=seq)
    told = {
        "object": object_id or invoice.charge_ref,
        "kind": kind.value,
        "at": clock.unix(),
        "charge": invoice.charge_ref,
        "ref": object_id or invoice.ref,
        "amount": cents,
        "currency": "USD",
        "code": "",
        "cause": "soft" if kind is Kind.CHARGE_FAILED else "",
    }
    body = json.dumps(told).encode()
    headers = {webhooks.HEADER: webhooks.sign(body, clock.unix())}
    now = clock.now()
    assert actions.receive_webhook(gateway_name="sandbox", headers=headers, body=body, now=now)


def ends(subscription: Subscription, count: int) -> list[dict[str, Any]]:
    """The different states to which orders lead; each order begins from the same tables."""
    chance, found = Random(3), list[dict[str, Any]]()
    for _ in range(count):
        order = QUARTER + chance.choices(QUARTER, k=3)
        chance.shuffle(order)
        with transaction.atomic():
            end = _after(order, subscription, chance)
            transaction.set_rollback(True)
        if end not in found:
            found.append(end)
    return found


def _after(order: Sequence[News], subscription: Subscription, chance: Random) -> dict[str, Any]:
    """What it comes to, one piece of news killing its receiver and being sent again at the end."""
    deadly = chance.randrange(len(order))
    for number, news in enumerate([*order, order[deadly]]):
        with pytest.MonkeyPatch.context() as patch:
            if number == deadly:
                patch.setattr(import_module(f"{ACTIONS}.record_gateway_event"), "keep_event", _die)
            with suppress(Killed):
                post(news, subscription)
    end = whole(books_of(Subscription.objects.get(pk=subscription.pk)).book)
    del end["tries"]  # the moments at which it was heard
    end["mails"] = sorted(SentNotice.objects.values_list("key", flat=True))
    end["news"] = sorted(GatewayEvent.objects.values_list("object_id", "kind"))
    end["broken"] = [row.found for row in audit_books(now=clock.now()).violations]
    return end


ACTIONS = "newsstand.office.billing.actions"


def _die(**given: Any) -> Any:
    raise Killed


def test_orders_of_a_quarters_news_end_in_one_state(unheard: Subscription) -> None:
    (end,) = ends(unheard, ORDERS)
    assert end["broken"] == []
    assert end["moved"] == {"charge": 597, "refund": 50, "dispute": 199, "dispute_lost": 0, "dispute_won": 0}
    assert [status for _, status, _ in end["invoices"]] == ["paid"] * 3
    assert end["receipts"] == 3


def _believes_a_failure(real: Callable[..., bool]) -> Callable[..., bool]:
    """Takes a success that was heard after a failure for old news."""

    def settle(*, invoice: Invoice, **given: Any) -> bool:
        if GatewayEvent.objects.filter(ref=invoice.ref, kind=Kind.CHARGE_FAILED.value).exists():
            return False
        return real(invoice=invoice, **given)

    return settle


def test_a_door_that_minds_the_order_is_noticed(
    unheard: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module(f"{ACTIONS}.record_gateway_event")
    monkeypatch.setattr(module, "settle_success", _believes_a_failure(module.settle_success))
    assert len(ends(unheard, 10)) > 1
