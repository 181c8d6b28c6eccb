"""Webhooks leave when they are due, are read at the other end, and are sent again until they are taken."""

from collections.abc import Mapping

import pytest

from newsstand.office.billing.gateways.base import BadWebhook, Initiator, NewCharge
from newsstand.office.billing.gateways.sandbox import webhooks
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Delivery, Method
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money
from tests.office.billing.gateways.harness import NOW, SandboxHarness

pytestmark = pytest.mark.django_db(databases=["sandbox"])
GATEWAY = SandboxGateway()
DAY = 86_400


class Newsroom:
    """Takes webhooks, or does not."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.is_open, self.now = is_open, NOW
        self.told: list[GatewayEvent] = []
        self.posts = 0

    def post(self, headers: Mapping[str, str], body: bytes) -> bool:
        self.posts += 1
        if self.is_open:
            self.told += GATEWAY.parse_webhook(headers=headers, body=body, now=self.now)
        return self.is_open

    def at(self, now: int) -> int:
        self.now = now
        return webhooks.deliver_due(now, self.post)


def pay(mood: str = "pays", sim: str = "") -> None:
    customer = GATEWAY.ensure_customer(reader_ref="r1", email="", now=NOW)
    card = SandboxHarness().save_card(customer, mood)
    Method.objects.filter(ref=card).update(sim=sim)
    charge = GATEWAY.open_charge(charge=NewCharge("i1", Money(199, "USD"), customer, "x"), now=NOW)
    GATEWAY.attempt(
        charge_ref=charge, payment_method=card, key="k", initiator=Initiator.READER, return_url="/", now=NOW
    )


def test_a_webhook_tells_the_same_event_as_the_list() -> None:
    pay("declined")
    newsroom = Newsroom()
    assert newsroom.at(NOW) == 1
    assert tuple(newsroom.told) == GATEWAY.events_since(cursor="", until=NOW).events
    assert newsroom.told[0].cause is DeclineClass.SOFT


def test_what_was_taken_is_not_sent_again() -> None:
    pay()
    newsroom = Newsroom()
    assert (newsroom.at(NOW), newsroom.at(NOW), newsroom.at(NOW + 9 * DAY)) == (1, 0, 0)
    assert newsroom.posts == 1
    assert webhooks.next_due_at() is None


def test_what_was_not_taken_is_sent_again_with_longer_and_longer_waits() -> None:
    pay()
    newsroom = Newsroom(is_open=False)
    sent_at = []
    while (due := webhooks.next_due_at()) is not None:
        assert newsroom.at(due - 1) == 0
        before = newsroom.posts
        newsroom.at(due)
        assert newsroom.posts == before + 1
        sent_at.append(due - NOW)
    assert sent_at == [0, 60, 660, 4260, 4260 + DAY]
    assert Delivery.objects.get().delivered_at is None


def test_a_message_whose_sender_died_is_sent_after_its_lease() -> None:
    pay()

    def dies(headers: Mapping[str, str], body: bytes) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        webhooks.deliver_due(NOW, dies)
    newsroom = Newsroom()
    assert newsroom.at(NOW + 59) == 0
    assert newsroom.at(NOW + 60) == 1


def test_a_message_that_another_sender_holds_is_left_alone() -> None:
    pay()
    newsroom, other = Newsroom(), Newsroom()

    def meanwhile(headers: Mapping[str, str], body: bytes) -> bool:
        assert other.at(NOW) == 0
        return newsroom.post(headers, body)

    assert webhooks.deliver_due(NOW, meanwhile) == 1
    assert (newsroom.posts, other.posts) == (1, 0)


@pytest.mark.parametrize(
    ("mood", "at_once", "a_day_later"),
    [("webhook_never", 0, 0), ("webhook_late", 0, 1), ("webhook_twice", 2, 0)],
)
def test_moods_of_the_post(mood: str, at_once: int, a_day_later: int) -> None:
    pay(sim=mood)
    newsroom = Newsroom()
    assert (newsroom.at(NOW), newsroom.at(NOW + DAY)) == (at_once, a_day_later)
    assert {event.kind for event in newsroom.told} <= {Kind.CHARGE_SUCCEEDED}
    assert len(GATEWAY.events_since(cursor="", until=NOW).events) == 1, "the list knows it in any case"


def test_a_key_that_is_being_replaced_is_still_read(settings: object) -> None:
    headers, body, event = SandboxHarness().webhook(NOW)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]  # type: ignore[attr-defined]  # pytest-django's own
    settings.SECRET_KEY = "another"  # type: ignore[attr-defined]  # pytest-django's own
    assert GATEWAY.parse_webhook(headers=headers, body=body, now=NOW) == (event,)
    settings.SECRET_KEY_FALLBACKS = []  # type: ignore[attr-defined]  # pytest-django's own
    with pytest.raises(BadWebhook):
        GATEWAY.parse_webhook(headers=headers, body=body, now=NOW)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"kind": "charge.eaten"}', b"\xff"])
def test_a_signed_message_that_makes_no_sense_is_refused(body: bytes) -> None:
    with pytest.raises(BadWebhook):
        GATEWAY.parse_webhook(headers={webhooks.HEADER: webhooks.sign(body, NOW)}, body=body, now=NOW)
