"""The sandbox keeps to its own database, refuses to stand in for a real gateway, and charges once under pressure."""

import threading
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models, transaction

from newsstand.office.billing.gateways.base import (
    AlreadySucceeded,
    Attempted,
    Initiator,
    NewCharge,
    Succeeded,
)
from newsstand.office.billing.gateways.declines import DECLINES, sentence
from newsstand.office.billing.gateways.sandbox import checks, network
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Attempt, Charge, Customer
from newsstand.office.billing.gateways.sandbox.network import Disturbance
from newsstand.office.billing.gateways.sandbox.router import SandboxRouter
from newsstand.office.billing.gateways.sandbox.scenarios import CARDS
from newsstand.office.kit.models import Publication
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.money import Money
from tests.office.billing.gateways.harness import NOW, SandboxHarness

GATEWAY = SandboxGateway()


def test_it_refuses_to_share_the_newsrooms_database(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.sandbox_has_its_database(None) == []
    monkeypatch.delitem(settings.DATABASES, "sandbox")
    assert [error.id for error in checks.sandbox_has_its_database(None)] == ["sandbox.E002"]


def test_the_router_sends_the_sandbox_to_its_own_database() -> None:
    router = SandboxRouter()
    assert router.db_for_read(Charge) == router.db_for_write(Charge) == "sandbox"
    assert router.db_for_read(Publication) is router.db_for_write(Publication) is None
    assert router.allow_relation(Charge(), Customer()) is True
    assert router.allow_relation(Charge(), Publication()) is False
    assert router.allow_relation(Publication(), Publication()) is None
    assert router.allow_migrate("sandbox", "sandbox") is True
    assert router.allow_migrate("default", "sandbox") is router.allow_migrate("sandbox", "kit") is False
    assert router.allow_migrate("default", "kit") is None


def test_no_relation_leaves_the_sandbox() -> None:
    for model in apps.get_app_config("sandbox").get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.ForeignKey):
                assert field.related_model._meta.app_label == "sandbox"


@pytest.mark.usefixtures("real_commits")
def test_what_the_bank_did_stays_when_the_newsroom_rolls_back() -> None:
    customer = GATEWAY.ensure_customer(reader_ref="r1", email="", now=NOW)
    card = SandboxHarness().save_card(customer, "pays")

    with transaction.atomic():
        attempt(customer, card, "k")
        network.change(Disturbance(loss=20), by="staff:ed", now=NOW)
        transaction.set_rollback(True)
    assert isinstance(GATEWAY.lookup_charge(ref="i1", now=NOW), Succeeded)
    assert network.present() == Disturbance(loss=20)


def attempt(customer: str, card: str, key: str) -> Attempted:
    charge = GATEWAY.open_charge(charge=NewCharge("i1", Money(199, "USD"), customer, "x"), now=NOW)
    return GATEWAY.attempt(
        charge_ref=charge, payment_method=card, key=key, initiator=Initiator.READER, return_url="/", now=NOW
    )


@pytest.mark.usefixtures("real_commits")
@pytest.mark.parametrize("keys", [["k"] * 6, [f"k{n}" for n in range(6)]], ids=["one key", "six keys"])
def test_six_at_the_same_moment_are_one_charge(keys: list[str], django_db_blocker: Any) -> None:
    customer = GATEWAY.ensure_customer(reader_ref="r1", email="", now=NOW)
    card = SandboxHarness().save_card(customer, "pays")
    start, answers = threading.Barrier(len(keys)), []

    def press(key: str) -> None:
        start.wait()
        try:
            answers.append(attempt(customer, card, key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=press, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Attempt.objects.filter(state=Attempt.State.SUCCEEDED).count() == 1
    paid = [answer for answer in answers if isinstance(answer, Succeeded)]
    refused = [answer for answer in answers if isinstance(answer, AlreadySucceeded)]
    assert (len(paid), len(refused)) == ((6, 0) if len(set(keys)) == 1 else (1, 5))


def test_every_decline_has_a_sentence() -> None:
    for scenario in CARDS.values():
        for code in filter(None, (scenario.refused_at_setup, scenario.refused_at_charge)):
            assert code in DECLINES
    for cause in DeclineClass:
        assert sentence("a code that no list knows", cause)
    assert "declined" in sentence("generic_decline", DeclineClass.SOFT)
