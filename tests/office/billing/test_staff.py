"""What staff see of subscriptions, and what they can do to one."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.models import Invoice, Offer, Plan, Subscription
from newsstand.office.billing.queries import upkeep
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow
from tests.office.billing.buying import buy, start, subscribe
from tests.office.billing.conftest import Time
from tests.office.billing.test_renewals import may_read

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


@pytest.fixture
def desk(client: Client, time: Time) -> Client:
    client.force_login(Account.objects.create_superuser("ed@example.org", "not a real password"))
    return client


def page_of(subscription: Subscription) -> str:
    return f"/staff/subscriptions/{subscription.pk}/"


def test_the_list_is_searched_and_filtered(desk: Client, ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    subscribe(Account.objects.create_user("ben@example.org"), offer)
    found = desk.get("/staff/subscriptions/?q=ada").content.decode()
    assert "ada@example.org" in found
    assert "ben@example.org" not in found
    invoice = Invoice.objects.get(subscription__account=ada)
    for number in (invoice.ref, str(invoice.public_id), invoice.subscription.ref):
        found = desk.get(f"/staff/subscriptions/?q={number}").content.decode()
        assert "ada@example.org" in found
        assert "ben@example.org" not in found
    assert "ada@example.org" not in desk.get("/staff/subscriptions/?state=ended").content.decode()
    assert desk.get("/staff/subscriptions/?export=csv").status_code == 200


def test_a_subscription_is_shown_with_all_that_happened(
    desk: Client, ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer)
    time.pass_by(days=29)
    shown = desk.get(page_of(subscription)).content.decode()
    for words in (
        "22 November 2026 to 19 December 2026",
        "$1.99",
        "Visa •••• 4242",
        "until you cancel",
        "Next charge",
    ):
        assert words in shown


def test_staff_cancel_with_a_reason(desk: Client, ada: Account, offer: Offer) -> None:
    subscription = subscribe(ada, offer)
    refused = desk.post(page_of(subscription), {"what": "cancel", "why": ""})
    assert "This field is required" in refused.content.decode()
    subscription.refresh_from_db()
    assert not subscription.is_cancelled
    desk.post(page_of(subscription), {"what": "cancel", "why": "asked by telephone"})
    subscription.refresh_from_db()
    assert subscription.is_cancelled
    assert may_read(ada)
    row = AuditRow.objects.get(verb="cancel_subscription")
    assert row.by.startswith("staff:")
    assert row.why == "asked by telephone"


def test_staff_end_it_at_once(desk: Client, ada: Account, offer: Offer) -> None:
    subscription = subscribe(ada, offer)
    desk.post(page_of(subscription), {"what": "end", "why": "a death"})
    subscription.refresh_from_db()
    assert (subscription.state, subscription.end_reason) == ("ended", "staff")
    assert not may_read(ada)


def test_a_parked_one_goes_on_when_staff_say_so(desk: Client, ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    Subscription.objects.filter(pk=subscription.pk).update(parked_reason="the gateway was away")
    time.pass_by(days=28)
    assert Invoice.objects.count() == 1
    assert "the gateway was away" in desk.get(page_of(subscription)).content.decode()
    desk.post(page_of(subscription), {"what": "unpark", "why": "it is back"})
    time.settle()
    assert [row.status for row in Invoice.objects.order_by("seq")] == ["paid", "paid"]


@pytest.mark.parametrize("who", ["nobody", "reader"])
def test_nobody_else_gets_in(client: Client, ada: Account, offer: Offer, who: str) -> None:
    subscription = subscribe(ada, offer)
    if who == "reader":
        client.force_login(ada)
    for answer in (
        client.get(page_of(subscription)),
        client.post(page_of(subscription), {"what": "end", "why": "no"}),
        client.get("/staff/subscriptions/"),
    ):
        assert answer.status_code == 302
    subscription.refresh_from_db()
    assert subscription.state == "active"


def test_plans_and_offers_are_edited_where_nobody_agreed_to_it(desk: Client, offer: Offer) -> None:
    plan = Plan.objects.get()
    rights: Any = '["read"]'
    form = {
        "name": "Everything",
        "rights": rights,
        "lines": "A tote bag",
        "rhythm_count": "7",
        "code": "other",
    }
    desk.post(f"/staff/plans/edit/{plan.pk}/", form)
    plan.refresh_from_db()
    assert (plan.name, plan.rights, plan.lines) == ("Everything", ["read"], "A tote bag")
    assert (plan.rhythm_count, plan.code) == (28, "full")
    desk.post(f"/staff/offers/edit/{offer.pk}/", {"order": "3"})
    offer.refresh_from_db()
    assert (offer.is_on_sale, offer.order) == (False, 3)
    assert desk.get("/staff/offers/").status_code == 200
    assert desk.get("/staff/plans/").status_code == 200
    for gone in ("/staff/offers/new/", "/staff/plans/new/", f"/staff/offers/delete/{offer.pk}/"):
        assert desk.get(gone).status_code == 404


def test_the_page_of_the_books_says_whether_all_is_right(
    desk: Client, ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer)
    assert "not audited yet" in desk.get("/staff/billing_books/").content.decode()
    time.settle()
    shown = desk.get("/staff/billing_books/").content.decode()
    assert "All is right in the books of 1 subscription or purchase." in shown
    Subscription.objects.filter(pk=subscription.pk).update(state="past_due")
    time.settle()
    shown = desk.get("/staff/billing_books/").content.decode()
    assert "All is right" not in shown
    assert "past_due" in shown
    assert page_of(subscription) in shown


def test_the_page_of_the_books_is_for_those_who_may_see_subscriptions(client: Client, time: Time) -> None:
    writer = Account.objects.create_user("writer@example.org", is_staff=True)
    client.force_login(writer)
    assert client.get("/staff/billing_books/").status_code in {302, 403}


# --- purchases ---


def test_purchases_are_listed_with_their_invoices(
    desk: Client, ada: Account, day_pass: Offer, time: Time, django_assert_num_queries: Any
) -> None:
    assert "There are no purchases to display" in desk.get("/staff/purchases/").content.decode()
    buy(ada, day_pass)
    time.settle()
    with CaptureQueriesContext(connection) as one:
        desk.get("/staff/purchases/")
    for name in ("ben", "cyd"):
        buy(Account.objects.create_user(f"{name}@example.org"), day_pass)
    start(Account.objects.create_user("dot@example.org"), day_pass)
    with django_assert_num_queries(len(one)):
        listed = desk.get("/staff/purchases/").content.decode()
    assert listed.count("$0.99, paid") == listed.count("Give money back") == 3
    assert "dot@example.org" in listed
    invoice = Invoice.objects.get(purchase__account=ada)
    for words in ("ada", invoice.ref, invoice.sale.ref):
        found = desk.get(f"/staff/purchases/?q={words}").content.decode()
        assert "ada@example.org" in found
        assert "ben@example.org" not in found
    assert "ben@example.org" in desk.get("/staff/purchases/?q=Day").content.decode()
    assert "No purchases match your query" in desk.get("/staff/purchases/?q=nobody").content.decode()
    pending = desk.get("/staff/purchases/?state=pending").content.decode()
    assert "dot@example.org" in pending
    assert "ada@example.org" not in pending
    assert desk.get("/staff/purchases/?export=csv").status_code == 200


def test_a_purchase_is_shown_and_ended(desk: Client, ada: Account, day_pass: Offer, time: Time) -> None:
    purchase = buy(ada, day_pass)
    page = f"/staff/purchases/{purchase.pk}/"
    shown = desk.get(page).content.decode()
    for words in ("Day pass", "product:news", "$0.99", "Visa •••• 4242", "Reads until", "once, for 1 day"):
        assert words in shown
    assert desk.post(page, {"what": "cancel", "why": "no such deed"}).status_code == 302
    assert "This field is required" in desk.post(page, {"what": "end", "why": ""}).content.decode()
    purchase.refresh_from_db()
    assert purchase.state == "active"
    desk.post(page, {"what": "end", "why": "a minor"})
    purchase.refresh_from_db()
    assert (purchase.state, purchase.end_reason) == ("ended", "staff")
    assert not may_read(ada)
    assert "End it now" not in desk.get(page).content.decode()


def test_a_parked_purchase_goes_on_and_is_counted(
    desk: Client, ada: Account, day_pass: Offer, time: Time
) -> None:
    purchase = buy(ada, day_pass)
    actions.park(sale=purchase, why="asks for an invoice", by="staff:1", now=clock.now())
    assert upkeep.counts(clock.now())["parked"] == 1
    page = f"/staff/purchases/{purchase.pk}/"
    assert "asks for an invoice" in desk.get(page).content.decode()
    desk.post(page, {"what": "unpark", "why": "sent"})
    purchase.refresh_from_db()
    assert purchase.parked_reason == ""
    Invoice.objects.update(status="void", void_reason="x")
    time.settle()
    assert page in desk.get("/staff/billing_books/").content.decode()


def test_purchases_are_for_those_who_may_see_them(client: Client, ada: Account, day_pass: Offer) -> None:
    purchase = buy(ada, day_pass)
    writer = Account.objects.create_user("writer@example.org", is_staff=True)
    client.force_login(writer)
    for path in ("/staff/purchases/", f"/staff/purchases/{purchase.pk}/"):
        assert b"ada@example.org" not in client.get(path).content
    client.post(f"/staff/purchases/{purchase.pk}/", {"what": "end", "why": "no"})
    purchase.refresh_from_db()
    assert purchase.state == "active"
