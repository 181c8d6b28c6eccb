"""The account page: for its reader alone, made of sections, with a name that can be changed and changed back."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.accounts.signals import reader_renamed
from newsstand.office.kit.models import AuditRow
from newsstand.office.kit.registry import AccountSection, registry


@pytest.fixture
def reader(client: Client, ann: Account, publication: Any) -> Client:
    """Ann's browser."""
    client.force_login(ann)
    return client


def test_strangers_are_asked_to_sign_in(client: Client, publication: Any) -> None:
    for path in ("/account/", "/account/name/"):
        assert client.get(path)["Location"] == f"/sign-in/?next={path}"


def test_the_page_is_kept_by_nobody(reader: Client) -> None:
    kept = reader.get("/account/")["Cache-Control"]
    assert "private" in kept
    assert "no-store" in kept


def test_sections_stand_in_their_order(reader: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    details = registry.account_sections["details"]
    first = AccountSection(5, "first", details.template, details.context)
    monkeypatch.setattr(registry, "account_sections", {"details": details, "first": first})
    page = BeautifulSoup(reader.get("/account/").content, "html.parser")
    assert [section["id"] for section in page.select("main section")] == ["first", "details"]
    assert "ann@example.com" in page.get_text()


def test_the_name_is_changed_and_changed_back(reader: Client, ann: Account) -> None:
    told: list[str] = []

    def listen(sender: Any, account: Account, **kwargs: Any) -> None:
        told.append(account.name)

    reader_renamed.connect(listen)
    try:
        reader.post("/account/name/", {"name": "  Ann   Marie "})
        ann.refresh_from_db()
        assert ann.name == "Ann Marie"
        page = BeautifulSoup(reader.get("/account/").content, "html.parser")
        undo = page.select_one('form[action="/account/name/"]')
        assert undo is not None
        assert "Change it back to Ann" in undo.get_text()
        reader.post("/account/name/", {"name": undo.select_one('input[name="name"]')["value"]})  # type: ignore[index]  # asserted above
        ann.refresh_from_db()
        assert ann.name == "Ann"
        assert told == ["Ann Marie", "Ann"]
    finally:
        reader_renamed.disconnect(listen)
    rows = AuditRow.objects.filter(verb="rename")
    assert [row.by for row in rows] == [ann.actor, ann.actor]
    assert not any("Ann" in f"{row.before} {row.after} {row.why}" for row in rows)


def test_the_same_name_again_changes_nothing(reader: Client) -> None:
    reader.post("/account/name/", {"name": "Ann"})
    assert not AuditRow.objects.filter(verb="rename").exists()
    assert "Change it back" not in reader.get("/account/").content.decode()


@pytest.mark.parametrize("name", ["ann@example.com", "see https://spam.example", "x" * 81, "Ann\u202eevil"])
def test_a_bad_name_is_kept_and_refused(reader: Client, ann: Account, name: str) -> None:
    page = BeautifulSoup(reader.post("/account/name/", {"name": name}).content, "html.parser")
    field = page.select_one('input[name="name"]')
    assert field is not None
    assert field["value"] == name
    assert page.select_one(".field__error") is not None
    ann.refresh_from_db()
    assert ann.name == "Ann"
