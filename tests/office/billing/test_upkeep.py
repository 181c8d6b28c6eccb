"""The audit, the commands, refunds, disputes and the switch."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions import settle_success
from newsstand.office.billing.actions.audit_books import audit_and_keep, audit_books
from newsstand.office.billing.actions.refund_invoice import RefundRefused
from newsstand.office.billing.gateways.sandbox import events
from newsstand.office.billing.gateways.sandbox.models import Attempt as BankAttempt
from newsstand.office.billing.gateways.sandbox.models import Refund as BankRefund
from newsstand.office.billing.models import (
    Attempt,
    BooksAudit,
    ChargingStop,
    GatewayEvent,
    Invoice,
    Offer,
    Refund,
    Subscription,
    Transfer,
)
from newsstand.office.billing.queries.due import waiting
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.money import Money
from newsstand.wiring.cli import parser
from newsstand.wiring.commands import billing_office, billing_words
from tests.office.billing.buying import order, subscribe, type_card
from tests.office.billing.conftest import Time
from tests.office.billing.test_crashes import die_before_the_call, die_when_the_answer_is_lost, dying
from tests.office.billing.test_renewals import booked, may_read, taken

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

DISPUTED, REFUND_COMES_BACK = "4000000000000259", "4000000000005126"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The exit code and the output of `newsstand billing …`."""
    found = parser().parse_args(["billing", *words])
    assert billing_words.module_of(found) == "billing_office"
    code = billing_office.run(found)
    return code, capsys.readouterr().out


def balance(account: str) -> int:
    rows = Transfer.objects.all()
    return sum(row.amount for row in rows if row.debit == account) - sum(
        row.amount for row in rows if row.credit == account
    )


def test_a_year_of_renewals_breaks_nothing(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(ada, offer)
    time.pass_by(days=90)
    code, out = said(capsys, "audit")
    assert (code, out.splitlines()[-1]) == (0, "violations: 0")
    assert out.startswith("1 subscriptions and purchases")
    assert said(capsys, "rebuild", "--verify") == (0, "1 rebuilt, differing: 0\n")
    code, out = said(capsys, "reconcile", "--since", "2026-11-01")
    assert (code, out) == (0, "differences: 0\n")
    assert BooksAudit.objects.exclude(violations=0).count() == 0


def test_a_row_that_nothing_accounts_for_is_found(
    ada: Account, offer: Offer, time: Time, mails: list[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    Subscription.objects.filter(pk=subscription.pk).update(state="past_due")
    code, out = said(capsys, "audit", "--json")
    assert code == 1
    # Nothing accounts for the state, and the rights are not those after a charge that failed.
    assert {row["number"] for row in json.loads(out)["violations"]} == {3, 14}
    assert said(capsys, "rebuild", "--verify")[0] == 1
    assert audit_and_keep(now=clock.now()).violations == 2
    audit_and_keep(now=clock.now())
    time.settle()
    assert len([mail for mail in mails if "books" in mail.subject]) == 1


def test_what_the_outbox_still_has_to_do_is_no_violation(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    due = subscription.next_action_at
    assert due is not None
    time.to(due)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        actions.serve_due(now=clock.now())
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    assert audit_books(now=clock.now()).violations == ()
    time.pass_by(hours=1)
    assert audit_books(now=clock.now()).violations == ()


@pytest.mark.parametrize("point", [die_before_the_call, die_when_the_answer_is_lost])
def test_a_cancellation_taken_back_after_the_charge_was_called_off_is_charged_again(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch, point: Any
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    due = subscription.next_action_at
    assert due is not None
    time.to(due)
    with dying(monkeypatch, point):
        actions.serve_due(now=clock.now())
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    time.settle()
    assert actions.undo_cancel(subscription=subscription, by=ada.actor, now=clock.now())
    time.pass_by(days=2)
    rows = Invoice.objects.filter(seq__lte=1).order_by("pk").values_list("seq", "status", "void_reason")
    assert list(rows) == [(0, "paid", ""), (1, "void", "cancelled"), (1, "paid", "")]
    kept = sum(row.amount for row in Transfer.objects.filter(key__startswith="refund:"))
    assert taken() - kept == booked() - kept == 2 * 199
    assert may_read(ada)
    time.pass_by(days=28)
    assert Invoice.objects.filter(status="paid").count() == 3
    assert audit_books(now=clock.now()).violations == ()


# --- refunds and disputes ---


def refund(invoice: Invoice, cents: int, currency: str = "USD") -> Refund | RefundRefused:
    return actions.refund_invoice(
        invoice=invoice,
        money=Money(cents, currency),
        key=uuid4().hex,
        by="staff:1",
        why="a mistake",
        now=clock.now(),
    )


def test_staff_give_money_back_in_parts_and_never_more_than_was_taken(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscribe(ada, offer)
    invoice = Invoice.objects.get()
    assert isinstance(refund(invoice, 100), Refund)
    assert refund(invoice, 100) == RefundRefused("more_than_left")
    assert isinstance(refund(invoice, 99), Refund)
    time.settle()
    assert refund(invoice, 1) == RefundRefused("more_than_left")
    assert sorted(BankRefund.objects.values_list("amount", flat=True)) == [99, 100]
    assert balance("refunds:news") == 199
    assert set(Refund.objects.values_list("status", flat=True)) == {"succeeded"}
    assert len([mail for mail in mails if "way back" in mail.subject]) == 2
    assert may_read(ada)
    assert AuditRow.objects.filter(verb="refuse_refund").count() == 2
    assert audit_books(now=clock.now()).violations == ()


def test_a_refund_that_the_readers_bank_sends_back_is_ours_again(
    ada: Account, offer: Offer, time: Time, mails: list[Any]
) -> None:
    subscribe(ada, offer, REFUND_COMES_BACK)
    refund(Invoice.objects.get(), 199)
    time.pass_by(days=3)
    assert balance("refunds:news") == 0
    assert Refund.objects.get().status == "failed"
    assert [mail.to for mail in mails if "needs a look" in mail.subject] == [["help@tidemark.example"]]
    assert audit_books(now=clock.now()).violations == ()


def test_a_dispute_holds_the_money_back(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer, DISPUTED)
    time.settle()
    assert balance("disputes_in_suspense:sandbox") == 199
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert refund(Invoice.objects.get(), 1) == RefundRefused("more_than_left")
    assert audit_books(now=clock.now()).violations == ()


def test_a_lost_dispute_ends_the_subscription(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer, name="SIM REVERSAL")
    time.pass_by(days=11)
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "disputed")
    assert not may_read(ada)
    assert (balance("disputes:news"), balance("disputes_in_suspense:sandbox")) == (199, 0)
    assert audit_books(now=clock.now()).violations == ()


# --- the commands ---


def test_the_switch_stops_every_new_attempt(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    subscribe(ada, offer)
    assert said(capsys, "stop", "--why", "a test") == (0, "charging stopped\n")
    assert said(capsys, "stop", "--why", "a test")[0] == 1
    time.to(clock.now() + timedelta(days=28))
    for _ in range(3):
        actions.serve_due(now=time.on(minutes=6))
    assert Attempt.objects.count() == 1
    assert said(capsys, "go", "--why", "enough") == (0, "charging goes on\n")
    time.on(minutes=6)
    time.settle()
    assert taken() == booked() == 2 * 199
    assert list(AuditRow.objects.filter(subject="billing").order_by("pk").values_list("verb", flat=True)) == [
        "stop_charging",
        "go_on_charging",
    ]


def test_too_many_without_an_answer_stop_the_run(
    offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch, mails: list[Any]
) -> None:
    monkeypatch.setattr(import_module("newsstand.office.billing.actions.serve_due"), "ENOUGH", 3)
    for n in range(5):
        subscribe(Account.objects.create_user(f"r{n}@example.org"), offer)
    for attempt in BankAttempt.objects.select_related("method"):
        attempt.method.sim = "timeout"
        attempt.method.save()
    time.to(clock.now() + timedelta(days=28))
    actions.serve_due(now=clock.now())
    assert "have no answer" in ChargingStop.objects.get().why
    assert Attempt.objects.filter(status="unknown").count() == 3


def test_a_preview_says_who_pays_and_who_does_not(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    paying = subscribe(ada, offer)
    ben = Account.objects.create_user("ben@example.org")
    parked = subscribe(ben, offer)
    said(capsys, "park", parked.ref, "--why", "asks for an invoice")
    code, out = said(capsys, "preview", "--date", "2026-12-20")
    lines = out.splitlines()
    assert code == 0
    assert lines[-1] == "by 2026-12-20: 1 charges, $1.99"
    assert f"charge {paying.ref} $1.99: period 1 begins" in lines
    assert f"leave  {parked.ref} $1.99: parked: asks for an invoice" in lines
    assert said(capsys, "preview", "--date", "2026-12-19")[1] == "by 2026-12-19: 0 charges, nothing\n"
    assert said(capsys, "unpark", parked.ref, "--why", "sent") == (0, f"unparked {parked.ref}\n")
    assert said(capsys, "unpark", parked.ref, "--why", "sent")[0] == 1


def test_every_command_answers_in_json_and_with_a_code(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    ref = subscribe(ada, offer).ref
    time.settle()
    asked = [
        (("due",), 0, {"due": 0}),
        (("audit",), 0, {"violations": []}),
        (("rebuild", "--verify"), 0, {"differing": []}),
        (("reconcile", "--since", "2026-11-01"), 0, {"differences": []}),
        (("sweep",), 0, {"swept": 0}),
        (("preview", "--date", "2026-12-20"), 0, {"sums": {"USD": 199}}),
        (("explain", ref), 0, {"state": "active"}),
        (("unpark", ref, "--why", "a test"), 1, {"done": False}),
        (("park", ref, "--why", "a test"), 0, {"done": True}),
        (("stop", "--why", "a test"), 0, {"done": True}),
        (("due",), 1, {"stopped": True}),
        (("go", "--why", "a test"), 0, {"done": True}),
    ]
    for words, code, facts in asked:
        answered, out = said(capsys, *words, "--json")
        assert (answered, {name: json.loads(out)[name] for name in facts}) == (code, facts), words


def test_an_explanation_tells_the_whole_story(
    ada: Account, offer: Offer, time: Time, capsys: pytest.CaptureFixture[str]
) -> None:
    subscription = subscribe(ada, offer, name="SIM PAYS 1")
    time.pass_by(days=40)
    code, out = said(capsys, "explain", subscription.ref)
    assert code == 0
    for part in (
        "ordered",
        "period 0",
        "try 1 with Visa",
        "insufficient_funds",
        "active became past_due",
        "booked, charge: $1.99",
    ):
        assert part in out
    assert "example.org" not in out
    assert out.splitlines()[-1].startswith("Full access: ended")
    code, _ = said(capsys, "explain", "nobody")
    assert code == 1


def test_what_was_missed_is_taken_in_by_reconciling(
    ada: Account,
    offer: Offer,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ref = order(ada, offer)
    type_card(ref, name="SIM WEBHOOK NEVER")
    from tests.office.billing.buying import come_back

    with dying(monkeypatch, lambda patch: patch.setattr(settle_success, "follow_all", _gone)):
        come_back(ref)
    assert booked() == 0
    code, out = said(capsys, "reconcile", "--since", "2026-11-01")
    assert code == 1
    assert out.startswith("UNKNOWN_HERE sandbox")
    assert booked() == 0
    assert said(capsys, "reconcile", "--since", "2026-11-01", "--apply")[0] == 1
    assert booked() == taken() == 199
    assert said(capsys, "reconcile", "--since", "2026-11-01") == (0, "differences: 0\n")
    assert GatewayEvent.objects.filter(kind="charge.succeeded").count() == 1


def _gone(*given: Any, **named: Any) -> Any:
    from tests.office.billing.test_crashes import Killed

    raise Killed


def test_a_sweep_asks_for_lost_answers(
    ada: Account,
    offer: Offer,
    time: Time,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from tests.office.billing.buying import come_back

    ref = order(ada, offer)
    type_card(ref)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        come_back(ref)
    assert said(capsys, "sweep") == (0, "swept: 0, still without an answer: 0\n")
    time.on(minutes=6)
    code, out = said(capsys, "sweep")
    assert (code, out.splitlines()[-1]) == (0, "swept: 1, still without an answer: 0")
    assert booked() == 199


def test_a_sweep_sends_nothing_for_who_is_parked(
    due: Subscription, time: Time, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with dying(monkeypatch, die_before_the_call):
        actions.serve_due(now=clock.now())
    said(capsys, "park", due.ref, "--why", "the reader has written")
    time.on(minutes=10)
    code, out = said(capsys, "sweep")
    assert (code, out.splitlines()[-1]) == (1, "swept: 1, still without an answer: 1")
    assert taken() == booked() == 199
    said(capsys, "unpark", due.ref, "--why", "it was about something else")
    time.settle()
    assert taken() == booked() == 2 * 199
    assert audit_books(now=clock.now()).violations == ()


def test_the_query_for_due_work_follows_its_index(ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    rows = waiting().filter(next_action_at__lte=clock.now()).order_by("next_action_at", "pk")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")  # of so few rows it would rather sort
    plan = rows[:1].explain()
    assert "billing_due" in plan
    assert "B-TREE" not in plan
    assert "Sort" not in plan


def test_unwanted_money_goes_back_once_a_dispute_about_it_is_won(
    ada: Account, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = subscribe(ada, offer)
    time.settle()
    due = subscription.next_action_at
    assert due is not None
    time.to(due)
    with dying(monkeypatch, die_when_the_answer_is_lost):
        actions.serve_due(now=clock.now())
    charge = BankAttempt.objects.latest("pk").charge
    for kind in (Kind.DISPUTE_OPENED, Kind.DISPUTE_WON):
        events.record(kind, "dispute", clock.unix(), charge=charge, ours=charge.ours, money=charge.money)
        if kind is Kind.DISPUTE_OPENED:
            actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
            time.settle()
            assert not BankRefund.objects.exists()
    time.settle()
    assert [row.amount for row in BankRefund.objects.all()] == [199]
    assert audit_books(now=clock.now()).violations == ()


def test_a_reader_who_withdraws_gets_back_what_is_left_and_reads_no_more(
    ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer)
    refund(Invoice.objects.get(), 50)
    assert actions.withdraw(sale=subscription, by=ada.actor, now=clock.now())
    assert not actions.withdraw(sale=subscription, by=ada.actor, now=clock.now())
    time.settle()
    assert sorted(BankRefund.objects.values_list("amount", flat=True)) == [50, 149]
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "withdrawn")
    assert not may_read(ada)
    assert audit_books(now=clock.now()).violations == ()


def test_what_is_due_is_exposed_and_a_worker_that_is_away_is_found(
    ada: Account,
    offer: Offer,
    time: Time,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    subscribe(ada, offer)
    time.settle()
    code, told = said(capsys, "due")
    assert (code, told.splitlines()[0]) == (0, "due: 0")
    assert told.splitlines()[-1].startswith("nothing is due before 20 December 2026")
    time.on(days=28, hours=6)
    code, told = said(capsys, "due", "--json")
    assert code == 1
    assert (json.loads(told)["due"], json.loads(told)["waits_seconds"] > 3600) == (1, True)
    with caplog.at_level("INFO", "newsstand"):
        time.settle()
    assert "due_served subscriptions=1 purchases=0 now: due=0" in caplog.text
    assert said(capsys, "due")[0] == 0
