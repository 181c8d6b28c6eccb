"""On a site that does not allow the sandbox it does nothing at all, and whoever asks is told so."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.checks import WARNING
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions, tasks
from newsstand.office.billing.actions.gateway_in_use import gateway, why_no_payments
from newsstand.office.billing.gateways.base import NotAllowed
from newsstand.office.billing.gateways.sandbox import checks, webhooks
from newsstand.office.billing.gateways.sandbox.models import Approval, Attempt, CardSetup
from newsstand.office.billing.models import GatewayEvent, Offer, Subscription, Transfer
from newsstand.office.kit import clock
from newsstand.office.kit.registry import Registry
from tests.office.billing.buying import ASKS_BANK, order, subscribe, type_card
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


@pytest.fixture
def switch_off(settings: Any) -> Any:
    """From now on this site takes real money, or none."""

    def off() -> None:
        settings.ALLOW_SANDBOX_PAYMENTS = settings.DEBUG = False

    return off


@pytest.mark.parametrize(
    ("debug", "allowed", "told"),
    [(False, False, ["sandbox.W001"]), (False, True, []), (True, False, [])],
)
def test_it_runs_where_it_is_allowed_and_on_a_developers_machine(
    settings: Any, debug: bool, allowed: bool, told: list[str]
) -> None:
    settings.DEBUG, settings.ALLOW_SANDBOX_PAYMENTS = debug, allowed
    assert [(said.id, said.level) for said in checks.sandbox_is_allowed(None)] == [
        (number, WARNING) for number in told
    ], "no error, or the commands of a site that sells nothing yet would not run"
    assert bool(why_no_payments()) == bool(told)
    if told:
        with pytest.raises(NotAllowed):
            gateway("sandbox")
    else:
        assert gateway("sandbox").name == "sandbox"


@pytest.mark.parametrize(
    ("demo", "allowed", "words"),
    [
        (True, True, "Demonstration site · no money is taken"),
        (False, True, "Payments on this site are for trying out: no money is taken."),
        (False, False, ""),
    ],
)
def test_where_it_runs_a_banner_says_so(
    client: Client, publication: Any, settings: Any, demo: bool, allowed: bool, words: str
) -> None:
    settings.DEMO, settings.ALLOW_SANDBOX_PAYMENTS, settings.DEBUG = demo, allowed, False
    page = BeautifulSoup(client.get("/sign-in/").content, "html.parser")
    banner = page.select_one(".demo")
    assert (banner.get_text(" ", strip=True) if banner is not None else "").startswith(words)
    assert (banner is None) == (words == "")


def test_nothing_can_be_ordered(client: Client, ada: Account, offer: Offer, switch_off: Any) -> None:
    client.force_login(ada)
    switch_off()
    for path in (
        "/subscribe/",
        "/subscribe/full/",
        "/subscribe/return/?setup=x",
        "/account/subscription/card/",
    ):
        answer = client.get(path)
        assert answer.status_code == 503, path
        assert "cannot take payments now" in answer.content.decode()
    assert client.post("/subscribe/full/", {"agreed": "on"}).status_code == 503
    assert not Subscription.objects.exists()


def test_its_pages_are_gone(client: Client, ada: Account, offer: Offer, switch_off: Any) -> None:
    ref = order(ada, offer)
    type_card(ref, ASKS_BANK)
    pages = [f"/sandbox/card/{ref}/", f"/sandbox/secure/{Approval.objects.get().ref}/"]
    assert [client.get(path).status_code for path in pages] == [200, 200]
    switch_off()
    assert [client.get(path).status_code for path in pages] == [404, 404]
    assert client.post(pages[1], {"answer": "approve"}).status_code == 404
    assert not CardSetup.objects.get().is_done


def test_who_subscribed_before_is_charged_no_more_and_set_aside(
    ada: Account, offer: Offer, time: Time, mails: list[Any], switch_off: Any
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    switch_off()
    time.pass_by(days=28, minutes=1)
    subscription.refresh_from_db()
    assert "does not allow it" in subscription.parked_reason
    assert Attempt.objects.count() == Transfer.objects.filter(key__startswith="charge:").count() == 1
    assert [mail.to for mail in mails if "needs a look" in mail.subject] == [["help@tidemark.example"]]


def test_its_news_is_not_taken_in(client: Client, ada: Account, offer: Offer, switch_off: Any) -> None:
    subscribe(ada, offer)
    before, (event,) = (
        GatewayEvent.objects.count(),
        gateway("sandbox").events_since(cursor="", until=clock.unix()).events,
    )
    switch_off()
    body = webhooks.message(event)
    signature = webhooks.sign(body, clock.unix())
    answer = client.post(
        "/billing/webhooks/sandbox/", body, content_type="application/json", HTTP_SANDBOX_SIGNATURE=signature
    )
    assert answer.status_code == 400
    assert actions.reconcile(since=clock.now().replace(year=2020), apply=True, now=clock.now()) == []
    assert GatewayEvent.objects.count() == before


def test_its_duties_are_not_done_and_the_log_says_why(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, switch_off: Any
) -> None:
    def duties() -> set[str]:
        monkeypatch.setattr(tasks, "registry", Registry())
        tasks.register()
        for begin in tasks.registry.at_start:
            begin(clock.now())
        return {name for name in tasks.registry.duties if "sandbox" in name}

    assert duties() == {"billing.sandbox_payouts", "billing.sandbox_webhooks"}
    assert not caplog.records
    switch_off()
    assert duties() == set()
    assert "no_payments_are_taken" in caplog.text
