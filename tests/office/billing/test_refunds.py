"""Staff give money back: from the page of an invoice or by a command, once, never more than was taken."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions import after_commit, follow
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import events
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Charge, Event
from newsstand.office.billing.gateways.sandbox.models import Refund as BankRefund
from newsstand.office.billing.models import GatewayEvent, Invoice, Offer, Refund, Subscription
from newsstand.office.billing.tasks import OWED
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow, OutboxRow
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.money import Money
from tests.office.billing.buying import buy, subscribe
from tests.office.billing.conftest import Time
from tests.office.billing.test_crashes import Killed
from tests.office.billing.test_ledger import balances
from tests.office.billing.test_purchases import violations
from tests.office.billing.test_renewals import may_read
from tests.office.billing.test_upkeep import said

BOOKED_AT_ONCE = ("deferred_revenue:news", "revenue:news", "refunds:news")

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


@pytest.fixture
def support(client: Client, time: Time) -> Client:
    """A person who looks after readers: may see what was sold, and give money back."""
    person = Account.objects.create_user("support@example.org", is_staff=True)
    names = ("view_subscription", "view_purchase", "add_refund")
    rows = Permission.objects.filter(codename__in=names, content_type__app_label="billing")
    person.user_permissions.set([*rows, Permission.objects.get(codename="access_admin")])
    client.force_login(person)
    return client


@pytest.fixture(params=["subscription", "purchase"])
def invoice(
    request: pytest.FixtureRequest, ada: Account, offer: Offer, day_pass: Offer, time: Time
) -> Invoice:
    """What was paid, once for a subscription and once for a purchase."""
    if request.param == "subscription":
        subscribe(ada, offer)
    else:
        buy(ada, day_pass)
    time.settle()
    return Invoice.objects.get()


once = pytest.mark.parametrize("invoice", ["subscription"], indirect=True)


def address(invoice: Invoice) -> str:
    return f"/staff/refunds/{invoice.public_id}/"


def page_of(invoice: Invoice) -> str:
    return f"/staff/{invoice.sale.kind}s/{invoice.sale.pk}/"


def key_on(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert found is not None
    return found[1]


def asks_for(support: Client, invoice: Invoice, amount: str, **more: str) -> tuple[dict[str, str], str]:
    """Fill the first page in; what the second one would send, and what it shows."""
    key = key_on(support.get(address(invoice)).content.decode())
    form = {"amount": amount, "why": "asked by telephone", "key": key, **more}
    return form, support.post(address(invoice), form).content.decode()


def given_back() -> int:
    return sum(row.amount for row in BankRefund.objects.all())


def test_a_part_goes_back_after_it_was_shown_once_more(
    support: Client, invoice: Invoice, ada: Account, time: Time, mails: list[Any]
) -> None:
    assert address(invoice) in support.get(page_of(invoice)).content.decode()
    form, shown = asks_for(support, invoice, "0.50")
    for words in ("Give $0.50 of", "Visa •••• 4242", "asked by telephone", "goes on as before"):
        assert words in shown
    assert not Refund.objects.exists()
    done = support.post(address(invoice), {**form, "confirmed": "1"}, follow=True)
    assert done.redirect_chain == [(page_of(invoice), 302)]
    assert "$0.50 goes back to the reader&#x27;s card" in done.content.decode()
    time.settle()
    assert given_back() == balances()["refunds:news"] == 50
    told = GatewayEvent.objects.filter(kind="refund.succeeded").values_list("via", "amount")
    assert list(told) == [("answer", 50)]
    assert may_read(ada) or invoice.purchase is not None
    assert [mail.subject for mail in mails if "way back" in mail.subject] == [
        "Your money is on its way back: $0.50"
    ]
    row = AuditRow.objects.get(verb="refund_invoice")
    assert (row.by[:6], row.why, row.after["amount"]) == ("staff:", "asked by telephone", 50)
    assert row.subject == invoice.sale.log_subject
    shown = support.get(page_of(invoice)).content.decode()
    assert "$0.50, given back" in shown
    assert violations() == []


def test_pressed_twice_it_goes_back_once(support: Client, invoice: Invoice, time: Time) -> None:
    form, _ = asks_for(support, invoice, "0.40")
    for _ in range(2):
        assert support.post(address(invoice), {**form, "confirmed": "1"}).status_code == 302
    time.settle()
    assert support.post(address(invoice), {**form, "confirmed": "1"}).status_code == 302
    time.settle()
    assert given_back() == 40
    assert AuditRow.objects.filter(verb="refund_invoice").count() == 1


def test_too_much_is_refused_in_a_sentence_and_in_the_log(
    support: Client, invoice: Invoice, time: Time
) -> None:
    left = f"more than what is left of this payment, which is ${invoice.money.typed}."
    for amount, said_so in (("2.00", left), ("0", "the amount has to be more than nothing.")):
        for confirmed in ({}, {"confirmed": "1"}):
            _, shown = asks_for(support, invoice, amount, **confirmed)
            assert "Nothing was given back: " in shown
            assert said_so in shown
    time.settle()
    assert not Refund.objects.exists()
    assert given_back() == 0
    rows = AuditRow.objects.filter(verb="refuse_refund", by__startswith="staff:").order_by("pk")
    assert [row.after["amount"] for row in rows] == [200, 200, 0, 0]


@once
def test_what_cannot_be_read_is_asked_again(support: Client, invoice: Invoice) -> None:
    for form, words in (
        ({"amount": "a lot"}, "for example 1.50"),
        ({"amount": "1.999"}, "for example 1.50"),
        ({"why": ""}, "This field is required"),
    ):
        _, shown = asks_for(support, invoice, **{"amount": "0.50", **form, "confirmed": "1"})
        assert words in shown
    assert not Refund.objects.exists()


@once
def test_what_was_given_back_is_left_out_of_what_can_be(
    support: Client, invoice: Invoice, time: Time
) -> None:
    form, _ = asks_for(support, invoice, invoice.money.typed)
    support.post(address(invoice), {**form, "confirmed": "1"})
    assert "Nothing can be given back" in support.get(address(invoice)).content.decode()
    time.settle()
    assert "Nothing can be given back" in support.get(address(invoice)).content.decode()
    assert support.post(address(invoice), {**form, "confirmed": "1"}).status_code == 302
    time.settle()
    assert given_back() == invoice.amount


def test_the_sale_can_be_ended_by_the_same_button(
    support: Client, invoice: Invoice, ada: Account, time: Time, mails: list[Any]
) -> None:
    form, shown = asks_for(support, invoice, invoice.money.typed, ends_sale="on")
    assert "ends at once, for good" in shown
    support.post(address(invoice), {**form, "confirmed": "1"})
    sale = Invoice.objects.get(pk=invoice.pk).sale
    assert (sale.state, sale.end_reason) == ("ended", "staff")
    assert not may_read(ada)
    time.pass_by(days=40)
    assert given_back() == invoice.amount
    assert Invoice.objects.filter(status="paid").count() == 1
    held = balances()
    assert held["deferred_revenue:news"] == 0
    assert held["revenue:news"] + held["refunds:news"] == 0
    assert violations() == []
    assert "End the" not in support.get(address(invoice)).content.decode()


@pytest.mark.parametrize("group", ["Editors", "Moderators", ""])
def test_nobody_without_the_permission_gives_money_back(
    client: Client, ada: Account, offer: Offer, group: str
) -> None:
    subscribe(ada, offer)
    invoice = Invoice.objects.get()
    person = Account.objects.create_user("ed@example.org", is_staff=bool(group))
    if group:
        person.groups.add(Group.objects.get(name=group))
        seen = Permission.objects.filter(codename__in=("view_subscription", "change_subscription"))
        person.user_permissions.set(seen)
        client.force_login(person)
        assert address(invoice) not in client.get(page_of(invoice)).content.decode()
    key = "0f3c8f2e-0000-4000-8000-000000000000"
    form = {"amount": "1.00", "why": "no", "key": key, "confirmed": "1"}
    for answer in (client.get(address(invoice)), client.post(address(invoice), form)):
        assert answer.status_code in {302, 403}
        assert b"Give money back" not in answer.content
    assert not Refund.objects.exists()


def test_a_group_can_be_allowed_to(client: Client, time: Time) -> None:
    client.force_login(Account.objects.create_superuser("ed@example.org", "not a real password"))
    refund = Permission.objects.get(codename="add_refund", content_type__app_label="billing")
    shown = client.get("/staff/groups/new/").content.decode()
    assert re.search(rf'name="permissions"[^>]* value="{refund.pk}"', shown)


# --- deaths, and gateways that do not answer ---


def _die_before(patch: pytest.MonkeyPatch) -> None:
    def die(*given: Any, **named: Any) -> Any:
        raise Killed

    patch.setattr(SandboxGateway, "refund", die)


def _die_between(patch: pytest.MonkeyPatch) -> None:
    real = SandboxGateway.refund

    def die(self: SandboxGateway, **call: Any) -> Any:
        real(self, **call)
        raise Killed

    patch.setattr(SandboxGateway, "refund", die)


def _die_inside_the_record(patch: pytest.MonkeyPatch) -> None:
    def die(*given: Any, **named: Any) -> Any:
        raise Killed

    patch.setattr(after_commit.notices, "send_given_back", die)


@pytest.mark.parametrize("point", [_die_before, _die_between, _die_inside_the_record])
def test_a_death_on_the_way_gives_back_once(
    support: Client,
    invoice: Invoice,
    time: Time,
    mails: list[Any],
    monkeypatch: pytest.MonkeyPatch,
    point: Callable[[pytest.MonkeyPatch], None],
) -> None:
    form, _ = asks_for(support, invoice, "0.60")
    support.post(address(invoice), {**form, "confirmed": "1"})
    row = OutboxRow.objects.get(topic=follow.GIVE_BACK)
    with monkeypatch.context() as patch:
        point(patch)
        with pytest.raises(Killed):
            after_commit.give_back(row.payload, clock.now())
    assert Refund.objects.get().status == "wanted"
    assert violations() == []
    time.settle()
    assert given_back() == balances()["refunds:news"] == 60
    assert Refund.objects.get().status == "succeeded"
    assert len([mail for mail in mails if "way back" in mail.subject]) == 1
    assert violations() == []


@once
def test_a_gateway_that_is_away_for_long_is_asked_again(
    invoice: Invoice, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.refund_invoice(
        invoice=invoice, money=Money(10, "USD"), key="1", by="staff:1", why="late", now=clock.now()
    )
    with monkeypatch.context() as patch:
        patch.setattr(SandboxGateway, "refund", lambda *given, **call: base.Unknown("timeout"))
        for _ in range(outbox.TRIES):
            OutboxRow.objects.update(not_before=clock.real_now())
            outbox.drain()
    row = OutboxRow.objects.get(topic=follow.GIVE_BACK)
    assert row.parked_at is not None
    assert outbox.resume(OWED, parked_before=row.parked_at - timedelta(seconds=1)) == 0
    time.settle()
    assert given_back() == 0
    assert outbox.resume(OWED, parked_before=row.parked_at) == 1
    time.settle()
    assert given_back() == 10
    assert Refund.objects.get().status == "succeeded"


@once
def test_what_the_gateway_refuses_for_good_is_told_to_staff(
    invoice: Invoice, time: Time, mails: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        SandboxGateway, "refund", lambda *given, **call: base.RefundRefused("more_than_charged")
    )
    actions.refund_invoice(
        invoice=invoice, money=Money(10, "USD"), key="1", by="staff:1", why="late", now=clock.now()
    )
    time.settle()
    assert Refund.objects.get().status == "refused"
    assert [mail.to for mail in mails if "needs a look" in mail.subject] == [["help@tidemark.example"]]
    assert not [mail for mail in mails if "way back" in mail.subject]
    assert not OutboxRow.objects.filter(topic=follow.GIVE_BACK, done_at__isnull=True).exists()
    assert violations() == []


@pytest.mark.parametrize(("decided", "goes_back"), [("won", 10), ("lost", 0)])
def test_a_refund_waits_for_the_end_of_a_dispute(
    ada: Account, offer: Offer, time: Time, decided: str, goes_back: int
) -> None:
    subscribe(ada, offer)
    invoice, charge = Invoice.objects.get(), Charge.objects.get()
    money = charge.money
    events.record(Kind.DISPUTE_OPENED, "d", clock.unix(), charge=charge, ours=charge.ours, money=money)
    actions.refund_invoice(
        invoice=invoice, money=Money(10, "USD"), key="1", by="staff:1", why="late", now=clock.now()
    )
    outbox.drain(among=[follow.GIVE_BACK])
    assert Refund.objects.get().status == "wanted"
    OutboxRow.objects.filter(topic=follow.GIVE_BACK).update(parked_at=clock.real_now())
    time.settle()
    kind = Kind(f"dispute.{decided}")
    events.record(kind, "d", clock.unix(), charge=charge, ours=charge.ours, money=money)
    time.settle()
    assert given_back() == goes_back
    assert Refund.objects.get().status == ("succeeded" if goes_back else "refused")
    assert Event.objects.filter(kind=kind.value).count() == 1
    assert violations() == []


# --- the command, and what the reader sees ---


def test_the_command_gives_back_once_for_each_word(
    invoice: Invoice, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ("refund", invoice.ref, "--amount", "0.30", "--why", "a mistake", "--once", "ticket 12")
    rest = invoice.money - Money(30, "USD")
    left = f"${rest.typed} left of ${invoice.money.typed}"
    assert said(capsys, *given) == (0, f"$0.30 given back (on its way), {left}\n")
    time.settle()
    assert said(capsys, *given) == (0, f"$0.30 given back (given back), {left}\n")
    code, out = said(capsys, "refund", invoice.ref, "--amount", "1.80", "--why", "x", "--json")
    facts = json.loads(out)
    assert (code, facts["refused"], facts["left"]) == (1, "more_than_left", rest.amount)
    assert said(capsys, "refund", invoice.ref, "--all", "--end", "--why", "a death")[0] == 0
    time.settle()
    assert said(capsys, "refund", invoice.ref, "--all", "--why", "again")[1].startswith(
        "nothing was given back: "
    )
    assert given_back() == invoice.amount
    assert Invoice.objects.get(pk=invoice.pk).sale.end_reason == "staff"
    assert said(capsys, "refund", invoice.ref, "--amount", "much", "--why", "x") == (1, "")
    assert said(capsys, "refund", "nobody", "--all", "--why", "x") == (1, "")
    assert violations() == []


def test_the_reader_sees_it_on_the_receipt(
    client: Client, invoice: Invoice, ada: Account, time: Time
) -> None:
    actions.refund_invoice(
        invoice=invoice, money=Money(25, "USD"), key="1", by="staff:1", why="late", now=clock.now()
    )
    client.force_login(ada)
    receipt = f"/account/receipts/{invoice.public_id}/"
    assert "$0.25, on its way" in client.get(receipt).content.decode()
    time.settle()
    assert "$0.25, given back" in client.get(receipt).content.decode()


@pytest.mark.parametrize("days", [0, 20])
def test_what_is_left_is_earned_when_it_ends_early(ada: Account, offer: Offer, time: Time, days: int) -> None:
    subscription = subscribe(ada, offer)
    time.pass_by(days=days)
    assert actions.withdraw(sale=Subscription.objects.get(), by=ada.actor, now=clock.now())
    time.settle()
    held = balances()
    assert [held[name] for name in BOOKED_AT_ONCE] == [0, -199, 199]
    time.pass_by(days=40)
    later = balances()
    assert [later[name] for name in BOOKED_AT_ONCE] == [held[name] for name in BOOKED_AT_ONCE]
    assert Invoice.objects.get(subscription=subscription, seq=0).earn_on is None
    assert violations() == []
