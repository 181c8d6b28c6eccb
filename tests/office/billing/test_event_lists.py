"""The worker reads the gateway's own list, and takes in what no webhook has brought."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.actions.read_event_lists import Read
from newsstand.office.billing.gateways.base import EventPage
from newsstand.office.billing.gateways.sandbox import events, network
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.network import CALM, Disturbance
from newsstand.office.billing.models import EventList, GatewayEvent, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.money import Money
from tests.office.billing.buying import come_back, order, subscribe, type_card
from tests.office.billing.conftest import Time
from tests.office.billing.test_crashes import die_when_the_answer_is_lost, dying
from tests.office.billing.test_restored import forgotten
from tests.office.billing.test_upkeep import DISPUTED, balance, said

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

reading = import_module("newsstand.office.billing.actions.read_event_lists")


def disturb(given: Disturbance) -> None:
    network.change(given, by="staff:ed", now=clock.unix())


def in_suspense() -> int:
    return balance("disputes_in_suspense:sandbox")


@pytest.fixture(autouse=True)
def a_long_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow this machine is."""
    monkeypatch.setattr(reading, "LONGEST_TURN", 3600.0)


@pytest.fixture
def unheard(ada: Account, offer: Offer, time: Time) -> None:
    """A dispute of which no webhook tells: all are lost."""
    disturb(Disturbance(loss=100))
    subscribe(ada, offer, DISPUTED)
    time.settle()


@pytest.mark.usefixtures("unheard")
def test_the_worker_finds_what_no_webhook_has_brought(
    time: Time, mails: list[Any], capsys: pytest.CaptureFixture[str], admin_client: Client
) -> None:
    time.on(minutes=7)
    time.settle()
    assert in_suspense() == 0, "a webhook may still come"
    found_at = time.on(minutes=13)
    time.settle()
    assert in_suspense() == 199
    assert list(GatewayEvent.objects.filter(via="list").values_list("kind", flat=True)) == ["dispute.opened"]
    assert len([mail for mail in mails if "needs a look" in mail.subject]) == 1
    row = EventList.objects.get()
    assert (row.missed, row.unknown, row.failures, row.missed_at) == (1, 0, 0, row.read_at)
    assert row.read_at is not None
    assert row.read_at >= found_at
    time.on(days=1)
    time.settle()
    assert EventList.objects.get().missed == 1
    assert said(capsys, "reconcile", "--since", "2026-11-01") == (0, "differences: 0\n")
    for command in ("due", "audit"):
        assert "; 1 events that no webhook had brought\n" in said(capsys, command)[1]
    shown = admin_client.get("/staff/billing_books/").content.decode()
    assert "1 event was found that no message had brought." in shown
    assert audit_books(now=clock.now()).violations == ()


def test_a_webhook_that_comes_after_all_changes_nothing(ada: Account, offer: Offer, time: Time) -> None:
    disturb(Disturbance(delay_from=3600, delay_to=3600))
    subscribe(ada, offer, DISPUTED)
    time.settle()
    time.on(minutes=20)
    time.settle()
    before = list(Transfer.objects.order_by("pk").values_list("key"))
    assert (in_suspense(), EventList.objects.get().missed) == (199, 1)
    disturb(CALM)
    time.on(hours=2)
    time.settle()
    assert list(Transfer.objects.order_by("pk").values_list("key")) == before
    assert audit_books(now=clock.now()).violations == ()


@pytest.mark.usefixtures("unheard")
def test_a_gateway_that_is_away_is_asked_less_and_less_often(
    time: Time, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[int] = []
    began = time.on(minutes=20)

    def away(self: SandboxGateway, *, cursor: str, until: int) -> EventPage:
        asked.append(minute)
        raise TimeoutError("30 s")

    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "events_since", away)
        for minute in range(0, 180, 5):
            now = began + timedelta(minutes=minute)
            failed = [Read("sandbox", is_answered=False)]
            assert actions.read_event_lists(now=now) == (failed if minute in asked else [])
    assert asked == [0, 5, 15, 35, 75, 135]
    code, out = said(capsys, "due", "--json")
    assert (code, json.loads(out)["event_lists"][0]["failures"]) == (1, 6)
    time.on(hours=4)
    time.settle()
    assert (in_suspense(), EventList.objects.get().failures) == (199, 0)
    assert said(capsys, "due")[0] == 0


@pytest.mark.usefixtures("unheard")
def test_a_turn_is_bounded_and_the_next_one_goes_on(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PAGE_SIZE", 1)
    monkeypatch.setattr(reading, "MOST_PAGES", 1)
    now = time.on(minutes=20)
    turns = [actions.read_event_lists(now=now) for _ in range(4)]
    assert turns == [[Read("sandbox")], [Read("sandbox", missed=1)], [Read("sandbox")], []]
    assert in_suspense() == 199


@pytest.mark.usefixtures("unheard")
def test_one_worker_reads_and_no_transaction_spans_the_call(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside: list[list[Read]] = []
    real = SandboxGateway.events_since

    def another_worker_comes(self: SandboxGateway, *, cursor: str, until: int) -> EventPage:
        assert connection.savepoint_ids == [], "the test's own transaction is the only one"
        beside.append(actions.read_event_lists(now=clock.now()))
        return real(self, cursor=cursor, until=until)

    monkeypatch.setattr(SandboxGateway, "events_since", another_worker_comes)
    assert [read.missed for read in actions.read_event_lists(now=time.on(minutes=20))] == [1]
    assert beside == [[], []]


@pytest.mark.usefixtures("unheard")
def test_who_wakes_up_after_another_went_on_moves_nothing_back(
    time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = SandboxGateway.events_since

    def overtaken(self: SandboxGateway, *, cursor: str, until: int) -> EventPage:
        page = real(self, cursor=cursor, until=until)
        monkeypatch.setattr(SandboxGateway, "events_since", real)
        EventList.objects.update(read_on_at=clock.now())
        assert [read.missed for read in actions.read_event_lists(now=clock.now())] == [1]
        return page

    monkeypatch.setattr(SandboxGateway, "events_since", overtaken)
    assert [read.missed for read in actions.read_event_lists(now=time.on(minutes=20))] == [0]
    assert (in_suspense(), EventList.objects.get().missed) == (199, 1)
    assert EventList.objects.get().read_on_at > clock.now()


@pytest.mark.usefixtures("unheard")
@pytest.mark.parametrize(
    "error", [LookupError("paid without an attempt of ours"), IntegrityError("a constraint")]
)
def test_what_makes_no_sense_here_hides_nothing_that_follows(
    time: Time, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    real = reading.take_in

    def stumbling(**given: Any) -> bool:
        monkeypatch.setattr(reading, "take_in", real)
        raise error

    events.record(Kind.PAYOUT_PAID, "payout", clock.unix(), money=Money(5, "USD"))
    monkeypatch.setattr(reading, "take_in", stumbling)
    assert actions.read_event_lists(now=time.on(minutes=20)) == [Read("sandbox", missed=1, unknown=1)]
    assert EventList.objects.get().unknown == 1


@pytest.mark.usefixtures("due")
def test_what_a_restored_backup_has_lost_is_left_to_reconciling(
    time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    with forgotten():
        actions.serve_due(now=clock.now())
    assert [read.unknown for read in actions.read_event_lists(now=time.on(minutes=20))] == [1]
    assert "1 about charges not known here" in said(capsys, "due")[1]
    assert GatewayEvent.objects.count() == 1
    said(capsys, "reconcile", "--since", "2026-11-01", "--apply")
    assert said(capsys, "reconcile", "--since", "2026-11-01") == (0, "differences: 0\n")
    assert balance("clearing:sandbox") == 2 * (199 - 36)
    assert audit_books(now=clock.now()).violations == ()


def test_a_first_payment_may_be_heard_of_when_its_time_is_over(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    disturb(Disturbance(loss=100))
    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        come_back(ref)
    actions.park(sale=Subscription.objects.get(), why="a look", by="staff:1", now=clock.now())
    time.on(days=90)
    assert [read.missed for read in actions.read_event_lists(now=clock.now())] == [1]
    assert (Subscription.objects.get().state, balance("clearing:sandbox")) == ("active", 199 - 36)
