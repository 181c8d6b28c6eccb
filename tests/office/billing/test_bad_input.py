"""What makes no sense is refused at the door it comes by, and not one row is another one afterwards."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.billing import actions
from newsstand.office.billing.actions.found_offer import OfferExists
from newsstand.office.billing.actions.refund_invoice import RefundRefused
from newsstand.office.billing.gateways.sandbox import webhooks
from newsstand.office.billing.gateways.sandbox.models import Event
from newsstand.office.billing.models import BooksAudit, Invoice, Offer
from newsstand.office.billing.views.webhooks import MOST_BYTES
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow, OutboxRow, SentNotice
from newsstand.rules.billing.offer import MOST_INTRO_PERIODS, OfferStep
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time, put_on_sale

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

DOOR = "/billing/webhooks/sandbox/"


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every value of every row of billing, of the bank, of rights, mail and what waits."""
    billing = [*apps.get_app_config("billing").get_models(), *apps.get_app_config("sandbox").get_models()]
    return {
        model.__name__ + model._meta.app_label: list(model._default_manager.order_by("pk").values_list())
        for model in (*billing, Grant, OutboxRow, SentNotice)
        if model is not BooksAudit
    }


@contextmanager
def nothing_changes(*verbs: str) -> Iterator[None]:
    """All rows stay as they are; the audit log gets just these lines."""
    before, lines = all_rows(), AuditRow.objects.count()
    yield
    assert all_rows() == before
    assert tuple(AuditRow.objects.order_by("pk").values_list("verb", flat=True)[lines:]) == verbs


# --- offers ---


def sell(price: Money, rhythm: Rhythm, *intro: OfferStep) -> Offer:
    return actions.found_offer(
        code="trial",
        plan_name="Trial",
        product_code="other",
        rights=["read"],
        price=price,
        rhythm=rhythm,
        benefits=[],
        by="staff:1",
        now=clock.now(),
        intro=intro,
    )


FOUR_WEEKS, FULL = Rhythm("day", 28), Money(199, "USD")


@pytest.mark.parametrize(
    ("offered", "why"),
    [
        (lambda: sell(Money(0, "USD"), FOUR_WEEKS), "more than nothing"),
        (lambda: sell(Money(-199, "USD"), FOUR_WEEKS), "not negative"),
        (lambda: sell(FULL, Rhythm("day", 0)), "at least 1 day"),
        (lambda: sell(FULL, Rhythm("month", -1)), "at least 1 month"),
        (lambda: sell(Money(199, "XXQ"), FOUR_WEEKS), "no currency XXQ"),
        (lambda: sell(FULL, FOUR_WEEKS, OfferStep(Money(50, "USD"), None)), "at least 1 period"),
        (
            lambda: sell(FULL, FOUR_WEEKS, OfferStep(Money(50, "USD"), MOST_INTRO_PERIODS + 1)),
            "introduction",
        ),
        (lambda: sell(FULL, FOUR_WEEKS, OfferStep(Money(50, "EUR"), 3)), "one currency"),
    ],
)
def test_an_offer_that_nobody_can_be_charged_is_refused(
    ada: Account, offer: Offer, offered: Any, why: str
) -> None:
    subscribe(ada, offer)
    with nothing_changes(), pytest.raises(ValueError, match=why):
        offered()


def test_another_price_under_the_same_code_is_refused(ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    with nothing_changes(), pytest.raises(OfferExists):
        put_on_sale(amount=1)


# --- refunds ---


@pytest.mark.parametrize(
    ("money", "why"),
    [
        (Money(200, "USD"), "more_than_left"),
        (Money(0, "USD"), "not_positive"),
        (Money(-1, "USD"), "not_positive"),
        (Money(199, "EUR"), "another_currency"),
    ],
)
def test_a_refund_over_the_charge_is_refused_and_kept_in_the_log(
    ada: Account, offer: Offer, time: Time, money: Money, why: str
) -> None:
    subscribe(ada, offer)
    time.settle()
    with nothing_changes("refuse_refund"):
        made = actions.refund_invoice(
            invoice=Invoice.objects.get(),
            money=money,
            key="1",
            by="staff:1",
            why="a mistake",
            now=clock.now(),
        )
        assert made == RefundRefused(why)
        time.settle()
    line = AuditRow.objects.latest("pk")
    assert (line.by, line.why, line.after["amount"]) == ("staff:1", why, money.amount)


# --- messages at the gateway's door ---


def a_message() -> bytes:
    """The bank's own words about a charge, as it would send them."""
    return webhooks.body_of(Event.objects.latest("pk"))


def post(client: Client, body: bytes, signature: str) -> int:
    answer = client.post(DOOR, body, content_type="application/json", HTTP_SANDBOX_SIGNATURE=signature)
    assert answer.content == b""
    return int(answer.status_code)


@pytest.mark.parametrize("seconds", [-86_400, -(webhooks.TOLERANCE + 60), webhooks.TOLERANCE + 60])
def test_a_message_signed_long_ago_or_ahead_is_refused(
    client: Client, ada: Account, offer: Offer, caplog: pytest.LogCaptureFixture, seconds: int
) -> None:
    subscribe(ada, offer)
    body = a_message()
    with nothing_changes():
        assert post(client, body, webhooks.sign(body, clock.unix() + seconds)) == 400
    assert "webhook_refused gateway=sandbox why=too old" in caplog.text
    assert post(client, body, webhooks.sign(body, clock.unix())) == 204


def test_a_message_that_was_changed_on_its_way_is_refused(
    client: Client, ada: Account, offer: Offer, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(ada, offer)
    body = a_message()
    signature = webhooks.sign(body, clock.unix())
    changed = json.dumps({**json.loads(body), "amount": 1}).encode()
    with nothing_changes():
        assert post(client, changed, signature) == 400
        assert post(client, body, webhooks.sign(body, clock.unix(), b"another secret")) == 400
        assert post(client, body, signature.replace("t=", "t=1")) == 400
    assert caplog.text.count("webhook_refused gateway=sandbox why=wrong signature") == 3


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"kind": "charge.succeeded"}', b"1" * 5000])
def test_a_signed_message_without_sense_is_refused(
    client: Client, ada: Account, offer: Offer, body: bytes
) -> None:
    subscribe(ada, offer)
    with nothing_changes():
        assert post(client, body, webhooks.sign(body, clock.unix())) == 400


def test_a_signed_message_of_ten_megabytes_is_refused(
    client: Client, ada: Account, offer: Offer, caplog: pytest.LogCaptureFixture
) -> None:
    subscribe(ada, offer)
    body = a_message()
    long = body + b" " * (10_000_000 - len(body))
    with nothing_changes():
        assert post(client, long, webhooks.sign(long, clock.unix())) == 400
    assert "webhook_refused gateway=sandbox why=too long" in caplog.text
    just = body + b" " * (MOST_BYTES - len(body))
    assert post(client, just, webhooks.sign(just, clock.unix())) == 204
