"""Staff look through readers and give, end, close and reopen, each with a reason in the log."""

from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client

from newsstand.office.accounts import queries
from newsstand.office.accounts.models import Account, Grant, Product
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow, OutboxRow
from tests.office.accounts.test_grants import given

pytestmark = pytest.mark.usefixtures("publication")


@pytest.fixture
def editor(client: Client) -> Client:
    client.force_login(Account.objects.create_superuser("editor@example.com", "a long password"))
    return client


def page_of(client: Client, reader: Account) -> BeautifulSoup:
    return BeautifulSoup(client.get(f"/staff/readers/{reader.pk}/").content, "html.parser")


def do(client: Client, reader: Account, **values: Any) -> Any:
    return client.post(f"/staff/readers/{reader.pk}/", values)


def is_turned_away(answer: Any) -> bool:
    """Wagtail leads who may not do something back to its first page, with a word about it."""
    return bool(answer.status_code == 302 and answer["Location"] == "/staff/")


def test_readers_are_found_by_e_mail(editor: Client, ann: Account) -> None:
    Account.objects.create_user("bob@example.com")
    listed = editor.get("/staff/readers/").content.decode()
    assert "ann@example.com" in listed
    assert "bob@example.com" in listed
    found = editor.get("/staff/readers/results/?q=ann%40").content.decode()
    assert "ann@example.com" in found
    assert "bob@example.com" not in found
    assert "/staff/readers/" in editor.get("/staff/").content.decode()


def test_the_page_of_a_reader_shows_the_grants(editor: Client, ann: Account) -> None:
    given(ann, clock.now())
    text = page_of(editor, ann).get_text(" ")
    assert "product:news" in text
    assert "ad_free, read" in text
    assert "End it now" not in text  # a subscription ends where it is sold


def test_access_is_given_by_hand_and_ended(editor: Client, ann: Account) -> None:
    Product.objects.create(code="news", name="The Tidemark")
    assert do(editor, ann, what="give", product="news", days="30", why="a school visit").status_code == 302
    grant = Grant.objects.get()
    assert (grant.subject, grant.source, grant.account) == ("product:news", "comp", ann)
    assert grant.rights == ["ad_free", "archive", "comment", "read"]
    assert grant.until is not None
    assert grant.until - grant.from_at == timedelta(days=30)
    row = AuditRow.objects.get(verb="give_grant")
    assert (row.by, row.why) == (Account.objects.get(is_staff=True).actor, "a school visit")
    do(editor, ann, what="end", ref=grant.source_ref, why="over")
    grant.refresh_from_db()
    assert grant.until <= clock.now()
    assert OutboxRow.objects.filter(topic="accounts.close_passes").count() == 1


def test_a_subscriptions_grant_is_not_ended_here(editor: Client, ann: Account) -> None:
    grant = given(ann, clock.now())
    do(editor, ann, what="end", ref=grant.source_ref, why="over")
    assert Grant.objects.get().until == grant.until


def test_without_a_reason_nothing_happens(editor: Client, ann: Account) -> None:
    Product.objects.create(code="news", name="The Tidemark")
    answer = do(editor, ann, what="give", product="news", days="0", why="")
    assert answer.status_code == 200
    assert "This field is required" in answer.content.decode()
    assert do(editor, ann, what="close", why="").status_code == 200
    assert is_turned_away(do(editor, ann, what="unknown", why="x"))
    ann.refresh_from_db()
    assert ann.is_active
    assert not Grant.objects.exists()
    assert not AuditRow.objects.exists()


def test_an_account_is_closed_and_opened_again(editor: Client, ann: Account) -> None:
    do(editor, ann, what="close", why="threats")
    ann.refresh_from_db()
    assert not ann.is_active
    assert "Open the account again" in page_of(editor, ann).get_text()
    do(editor, ann, what="reopen", why="a mistake")
    ann.refresh_from_db()
    assert ann.is_active


def test_staff_are_not_closed_here(editor: Client) -> None:
    other = Account.objects.create_superuser("chief@example.com", "a long password")
    assert is_turned_away(do(editor, other, what="close", why="coup"))
    other.refresh_from_db()
    assert other.is_active


def test_who_may_only_look_does_nothing(client: Client, ann: Account) -> None:
    helper = Account.objects.create_user("helper@example.com", is_staff=True)
    helper.user_permissions.add(*Permission.objects.filter(codename__in=["access_admin", "view_account"]))
    client.force_login(helper)
    assert "Give access" not in page_of(client, ann).get_text()
    assert is_turned_away(do(client, ann, what="close", why="x"))
    ann.refresh_from_db()
    assert ann.is_active


def test_readers_do_not_see_readers(client: Client, ann: Account) -> None:
    client.force_login(ann)
    assert client.get("/staff/readers/").status_code == 302
    assert do(client, ann, what="reopen", why="x").status_code == 302


@pytest.mark.parametrize("path", ["/staff/users/", "/staff/users/new/", "/staff/account/"])
def test_wagtails_own_pages_about_people_work(editor: Client, path: str) -> None:
    assert editor.get(path).status_code == 200


def test_one_of_the_staff_is_added_and_changed_in_wagtail(editor: Client) -> None:
    assert "First Name" not in editor.get("/staff/users/new/").content.decode()
    values = {"email": "new@example.com", "name": "New One", "password1": "a long password"}
    made = editor.post("/staff/users/new/", {**values, "password2": "a long password", "is_superuser": "on"})
    assert made.status_code == 302, BeautifulSoup(made.content, "html.parser").select(".error-message")
    account = Account.objects.get(email="new@example.com")
    assert (account.name, account.is_superuser, account.works_here) == ("New One", True, True)
    path = f"/staff/users/edit/{account.pk}/"
    assert "First Name" not in editor.get(path).content.decode()
    assert not OutboxRow.objects.filter(topic="accounts.close_passes").exists()
    kept = {"email": account.email, "name": "New Two", "is_active": "on"}
    assert editor.post(path, kept).status_code == 302
    account = Account.objects.get(pk=account.pk)
    assert (account.name, account.works_here) == ("New Two", False)
    assert [row.payload for row in OutboxRow.objects.filter(topic="accounts.close_passes")] == [
        {"reader": account.reader_id}
    ]


def test_whom_a_group_lets_in_works_here(ann: Account) -> None:
    assert (ann.works_here, ann.actor) == (False, f"reader:{ann.reader_id}")
    ann.user_permissions.add(Permission.objects.get(codename="access_admin"))
    insider = Account.objects.get(pk=ann.pk)
    assert (insider.works_here, insider.actor) == (True, f"staff:{ann.reader_id}")
    assert queries.reader_facts(insider, clock.now()).is_staff


def test_wagtail_closes_and_deletes_accounts_with_their_passes(editor: Client, ann: Account) -> None:
    bob = Account.objects.create_user("bob@example.com")
    closing = f"/staff/bulk/accounts/account/set_active_state/?id={ann.pk}&next=/staff/users/"
    assert editor.post(closing, {"mark_as_active": "False"}).status_code == 302
    ann.refresh_from_db()
    assert not ann.is_active
    editor.post(f"/staff/users/delete/{bob.pk}/")
    assert not Account.objects.filter(pk=bob.pk).exists()
    closed = {row.payload["reader"] for row in OutboxRow.objects.filter(topic="accounts.close_passes")}
    assert closed == {ann.reader_id, bob.reader_id}


def test_a_product_is_added_renamed_and_never_deleted(editor: Client) -> None:
    added = editor.post("/staff/products/new/", {"name": "The Sunday paper", "code": "sunday"})
    assert added.status_code == 302
    product = Product.objects.get(code="sunday")
    assert AuditRow.objects.get(verb="add_product").subject == "product:sunday"
    renamed = editor.post(f"/staff/products/edit/{product.pk}/", {"name": "On Sundays", "code": "monday"})
    assert renamed.status_code == 302
    product.refresh_from_db()
    assert (product.name, product.code) == ("On Sundays", "sunday")
    row = AuditRow.objects.get(verb="rename_product")
    assert (row.before, row.after) == ({"name": "The Sunday paper"}, {"name": "On Sundays"})
    assert row.by == Account.objects.get(is_staff=True).actor
    assert editor.post(f"/staff/products/delete/{product.pk}/").status_code == 404
    listed = editor.get("/staff/products/").content.decode()
    assert "On Sundays" in listed
    assert "/staff/products/delete/" not in listed


@pytest.mark.parametrize(
    ("code", "reason"),
    [("Sunday Paper", "Use small letters"), ("news", "choose another one"), ("", "required")],
)
def test_a_code_that_cannot_be_is_refused_with_the_reason(editor: Client, code: str, reason: str) -> None:
    Product.objects.create(code="news", name="News")
    answer = editor.post("/staff/products/new/", {"name": "x", "code": code})
    assert answer.status_code == 200
    assert reason in answer.content.decode()
    assert Product.objects.count() == 1
