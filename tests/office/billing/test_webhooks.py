"""What the gateway tells by itself, in any order and however often."""

from typing import Any

import pytest
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.finish_card import NothingToPay
from newsstand.office.billing.gateways.sandbox import webhooks
from newsstand.office.billing.gateways.sandbox.models import Delivery
from newsstand.office.billing.models import GatewayEvent, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent as Told
from newsstand.rules.billing.gateway_events import Kind
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time
from tests.office.billing.test_crashes import die_when_the_answer_is_lost, dying
from tests.office.billing.test_renewals import booked, receipts, taken

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def captured() -> list[tuple[dict[str, str], bytes]]:
    """The messages that the bank would send now, unsent as far as it knows."""
    found: list[tuple[dict[str, str], bytes]] = []

    def post(headers: Any, body: bytes) -> bool:
        found.append((dict(headers), body))
        return True

    webhooks.deliver_due(clock.unix(), post)
    return found


def test_the_door_takes_a_signed_message_once(client: Client, ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    ((headers, body),) = captured()
    sent = {"HTTP_SANDBOX_SIGNATURE": headers["Sandbox-Signature"]}
    before = GatewayEvent.objects.count()
    for _ in range(2):
        answer = client.post("/billing/webhooks/sandbox/", body, content_type="application/json", **sent)
        assert answer.status_code == 204
    assert GatewayEvent.objects.count() == before
    assert Transfer.objects.filter(key__startswith="charge:").count() == 1


@pytest.mark.parametrize(
    ("path", "signature"), [("sandbox", "t=1,v1=00"), ("sandbox", ""), ("nobody", "t=1,v1=00")]
)
def test_the_door_stays_closed_to_others(
    client: Client, ada: Account, offer: Offer, path: str, signature: str
) -> None:
    subscribe(ada, offer)
    before = list(GatewayEvent.objects.values_list("pk"))
    answer = client.post(
        f"/billing/webhooks/{path}/",
        b'{"kind": "charge.succeeded"}',
        content_type="application/json",
        HTTP_SANDBOX_SIGNATURE=signature,
    )
    assert answer.status_code == 400
    assert list(GatewayEvent.objects.values_list("pk")) == before
    assert client.get("/billing/webhooks/sandbox/").status_code == 405


def test_the_worker_takes_in_what_the_sandbox_sends(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer)
    assert Delivery.objects.filter(delivered_at__isnull=True).exists()
    time.settle()
    assert not Delivery.objects.filter(delivered_at__isnull=True).exists()


def test_a_message_that_comes_before_the_answer_settles_it(
    ada: Account, offer: Offer, time: Time, mails: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        come_back(ref)
    time.settle()
    assert Subscription.objects.get().state == "active"
    assert come_back(ref) == NothingToPay(Subscription.objects.get())
    time.pass_by(days=1)
    assert len(receipts(mails)) == 1
    assert taken() == booked() == 199


def test_news_about_a_charge_of_somebody_else_is_only_kept(ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    before = booked()
    for ref in ("", "nonsense", "0" * 32):
        told = Told("sandbox", f"other-{ref}", Kind.CHARGE_SUCCEEDED, clock.unix(), ref=ref)
        assert actions.record_gateway_event(event=told, via="webhook", by="system", now=clock.now())
    assert booked() == before


def test_the_fee_is_booked_once(ada: Account, offer: Offer, time: Time) -> None:
    subscribe(ada, offer)
    time.settle()
    assert [row.amount for row in Transfer.objects.filter(key__startswith="fee:")] == [36]
