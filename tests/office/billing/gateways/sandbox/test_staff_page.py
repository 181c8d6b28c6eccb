"""The sandbox's page for staff and its command: how the network stands, and how it is disturbed and calmed."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing.gateways.sandbox import network, words
from newsstand.office.billing.gateways.sandbox.network import CALM, Disturbance
from newsstand.office.billing.gateways.sandbox.scenarios import CARDS, SIMS
from newsstand.wiring.cli import WITH_DJANGO, parser
from newsstand.wiring.commands import billing_sandbox, billing_words
from tests.office.billing.gateways.harness import NOW

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])
PAGE = "/staff/sandbox_bank/"
TYPED = {"delay_from": 60, "delay_to": 3600, "loss": 20, "duplication": 10, "disorder": 50, "seed": 7}
SAID = "Messages are late by 60 to 3600 seconds, 20 % lost, 10 % sent twice, 50 % overtaken by the next one (seed 7)."


@pytest.fixture
def desk(client: Client, publication: Any) -> Client:
    client.force_login(Account.objects.create_superuser("ed@example.org", "not a real password"))
    return client


def test_staff_set_it_see_it_and_calm_it(desk: Client) -> None:
    assert "All messages arrive at once, once, and in their order." in desk.get(PAGE).content.decode()
    assert desk.post(PAGE, TYPED).status_code == 302
    assert network.present() == Disturbance(**TYPED)
    shown = desk.get(PAGE).content.decode()
    assert SAID in shown
    assert 'value="3600"' in shown
    desk.post(PAGE, {"calm": "1"})
    assert network.present() == CALM


@pytest.mark.parametrize("wrong", [{"loss": 101}, {"delay_from": 9, "delay_to": 8}, {"disorder": ""}])
def test_what_makes_no_sense_is_said_beside_the_field(desk: Client, wrong: dict[str, Any]) -> None:
    answer = desk.post(PAGE, {**TYPED, **wrong})
    assert answer.status_code == 422
    assert "error-message" in answer.content.decode()
    assert network.present() == CALM


def test_who_may_only_look_changes_nothing(client: Client, publication: Any) -> None:
    looker = Account.objects.create_user("look@example.org")
    looker.is_staff = True
    looker.save()
    allowed = Permission.objects.filter(codename__in=["access_admin", "view_subscription"])
    client.force_login(looker)
    assert client.get(PAGE).status_code == 302
    looker.user_permissions.add(*allowed)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "Let everything through" not in page.content.decode()
    client.post(PAGE, TYPED)
    assert network.present() == CALM


def test_the_page_lists_what_can_be_tried(desk: Client) -> None:
    page = desk.get(PAGE).content.decode()
    for line in [*words.cards(), *words.names()]:
        assert line.typed.replace("<", "&lt;").replace(">", "&gt;") in page
    assert set(words.CARD_WORDS) == {card.code for card in CARDS.values()}
    assert set(words.SIM_WORDS) == set(SIMS)


def test_numbers_stand_as_on_a_card() -> None:
    assert words.grouped("4242424242424242") == "4242 4242 4242 4242"
    assert words.grouped("378282246310005") == "3782 822463 10005"


def test_it_is_in_the_menu_where_it_may_run(settings: Any, desk: Client) -> None:
    assert PAGE in desk.get("/staff/").content.decode()
    settings.ALLOW_SANDBOX_PAYMENTS = settings.DEBUG = False
    assert PAGE not in desk.get("/staff/").content.decode()
    assert desk.get(PAGE).status_code == desk.post(PAGE, TYPED).status_code == 404


def said(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str, str]:
    """The exit code, the output and the complaint of `newsstand billing sandbox …`."""
    found = parser().parse_args(["billing", "sandbox", *typed])
    assert billing_words.module_of(found) == "billing_sandbox" in WITH_DJANGO
    code = billing_sandbox.run(found)
    read = capsys.readouterr()
    return code, read.out, read.err


def test_the_command_sets_what_is_named_and_keeps_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    calm = "All messages arrive at once, once, and in their order."
    assert said(capsys) == (0, f"arrived: 0, on their way: 0, lost: 0\n{calm}\n", "")
    code, out, _ = said(capsys, "--loss", "20", "--delay", "60-3600")
    assert (code, out.splitlines()[-1]) == (0, "Messages are late by 60 to 3600 seconds, 20 % lost (seed 1).")
    assert said(capsys, "--duplication", "10", "--disorder", "50", "--seed", "7")[1].endswith(f"{SAID}\n")
    assert network.present() == Disturbance(**TYPED)
    assert json.loads(said(capsys, "--json")[1]) == {**TYPED, "arrived": 0, "on_their_way": 0, "lost": 0}
    assert said(capsys, "--none")[1].endswith(f"{calm}\n")
    assert network.present() == CALM


@pytest.mark.parametrize("typed", [["--loss", "101"], ["--delay", "soon"], ["--delay", "9-8"]])
def test_the_command_refuses_what_makes_no_sense(
    capsys: pytest.CaptureFixture[str], typed: list[str]
) -> None:
    code, out, complaint = said(capsys, *typed)
    assert (code, out) == (1, "")
    assert complaint.startswith("newsstand: ")
    assert network.present() == CALM


def test_the_command_refuses_where_the_sandbox_may_not_run(
    capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    network.change(Disturbance(loss=5), by="staff:ed", now=NOW)
    settings.ALLOW_SANDBOX_PAYMENTS = settings.DEBUG = False
    assert said(capsys, "--none") == (1, "", "newsstand: the sandbox is not allowed on this site.\n")
    assert network.present() == Disturbance(loss=5)
