"""What a disturbed network does to the bank's messages, each trouble alone and all at once."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from newsstand.office.billing.gateways.sandbox import network, webhooks
from newsstand.office.billing.gateways.sandbox.events import record
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Delivery
from newsstand.office.billing.gateways.sandbox.network import CALM, BadDisturbance, Disturbance, fate
from newsstand.office.kit.models import AuditRow
from newsstand.rules.billing.gateway_events import Kind
from tests.office.billing.gateways.harness import NOW

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])
GATEWAY = SandboxGateway()
DAY = 86_400


def tell(count: int, at: int = NOW) -> None:
    """Things happen at the bank, one a minute: "p0", "p1" …"""
    for number in range(count):
        record(Kind.PAYOUT_PAID, f"p{number}", at + 60 * number)


def arrivals(until: int = NOW + 40 * DAY) -> list[tuple[int, str]]:
    """What arrives, and how many seconds after the first thing has happened."""
    told: list[tuple[int, str]] = []

    def post(headers: Mapping[str, str], body: bytes) -> bool:
        for event in GATEWAY.parse_webhook(headers=headers, body=body, now=moment):
            told.append((moment - NOW, event.object_id))
        return True

    while (due := webhooks.next_due_at()) is not None and due <= until:
        moment = due
        webhooks.deliver_due(moment, post)
    return told


def names(told: list[tuple[int, str]]) -> list[str]:
    return [name for _, name in told]


ALL = [f"p{number}" for number in range(40)]


def disturb(**given: int) -> None:
    network.change(Disturbance(**given), by="staff:ed", now=NOW)


def test_nothing_is_disturbed_at_first() -> None:
    assert network.present() == CALM
    tell(3)
    assert arrivals() == [(0, "p0"), (60, "p1"), (120, "p2")]
    assert network.counts() == {"arrived": 3, "on_their_way": 0, "lost": 0}


def test_a_delay_lies_in_its_span() -> None:
    disturb(delay_from=600, delay_to=7200)
    tell(40)
    told = {name: late - 60 * int(name[1:]) for late, name in arrivals()}
    assert sorted(told) == sorted(ALL)
    assert 600 <= min(told.values()) < max(told.values()) <= 7200
    assert len(set(told.values())) > 20


def test_what_is_lost_stands_in_the_list() -> None:
    disturb(loss=50)
    tell(40)
    told = names(arrivals())
    assert 8 < len(told) < 32
    assert told == [name for name in ALL if name in told]
    assert network.counts() == {"arrived": len(told), "on_their_way": 0, "lost": 40 - len(told)}
    events = GATEWAY.events_since(cursor="", until=NOW + DAY).events
    assert [event.object_id for event in events] == ALL


def test_all_can_be_lost() -> None:
    disturb(loss=100)
    tell(40)
    assert arrivals() == []
    assert not Delivery.objects.filter(due_at__isnull=False).exists()


def test_some_come_twice() -> None:
    disturb(duplication=50)
    tell(40)
    told = names(arrivals())
    assert sorted(set(told)) == sorted(ALL)
    assert 48 < len(told) < 72
    assert max(told.count(name) for name in ALL) == 2


def test_disorder_lets_the_next_one_overtake() -> None:
    disturb(disorder=100)
    tell(5)
    assert arrivals() == [(60, "p1"), (61, "p0"), (180, "p3"), (181, "p2"), (4 * 60 + DAY, "p4")], (
        "and whom nobody overtakes goes on after a day"
    )


def test_some_disorder_loses_nothing() -> None:
    disturb(disorder=50)
    tell(40)
    told = names(arrivals())
    assert sorted(told) == sorted(ALL)
    assert told != ALL


def test_the_same_seed_is_the_same_story() -> None:
    given = Disturbance(delay_to=3600, loss=30, duplication=30, disorder=30, seed=7)
    fates = [fate(given, number) for number in range(99)]
    assert fates == [fate(given, number) for number in range(99)]
    assert fates != [fate(replace(given, seed=8), number) for number in range(99)]
    stories = []
    for _again in range(2):
        network.change(given, by="staff:ed", now=NOW)
        tell(20)
        stories.append(arrivals())
        Delivery.objects.all().delete()
    assert stories[0] == stories[1]


def test_peace_lets_those_go_that_were_held() -> None:
    disturb(disorder=100)
    tell(1)
    assert webhooks.deliver_due(NOW, lambda headers, body: True) == 0
    network.change(CALM, by="staff:ed", now=NOW + 5)
    assert network.present() == CALM
    assert arrivals() == [(5, "p0")]


def test_a_message_meets_the_network_once() -> None:
    """What the newsroom did not take is sent again, and not lost by the way."""
    disturb(delay_from=10, delay_to=10)
    tell(1)
    webhooks.deliver_due(NOW, lambda headers, body: False)
    disturb(loss=100)
    webhooks.deliver_due(NOW + 10, lambda headers, body: False)
    assert arrivals() == [(70, "p0")]


def test_a_change_is_in_the_log() -> None:
    disturb(loss=20, seed=3)
    network.change(CALM, by="staff:ed", now=NOW)
    rows = AuditRow.objects.filter(subject="sandbox-network").order_by("pk")
    assert [(row.by, row.verb, row.before["loss"], row.after["loss"]) for row in rows] == [
        ("staff:ed", "disturb_sandbox", 0, 20),
        ("staff:ed", "disturb_sandbox", 20, 0),
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"loss": 101},
        {"duplication": -1},
        {"disorder": 200},
        {"delay_from": 9, "delay_to": 8},
        {"delay_from": -1},
        {"delay_to": 31 * DAY},
        {"loss": 1, "seed": -1},
    ],
)
def test_what_makes_no_sense_is_refused(given: dict[str, int]) -> None:
    with pytest.raises(BadDisturbance):
        Disturbance(**given)
