"""Signing in by code: the way in, what is said when it fails, and that nothing tells who has an account."""

import re
from datetime import timedelta
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from newsstand.office.accounts import actions, passes
from newsstand.office.accounts.actions.sign_in import (
    CodeAccepted,
    CodeOver,
    CodeSent,
    CodeWrong,
    MailFailed,
    TooManyCodes,
    forget_codes,
)
from newsstand.office.accounts.models import Account, SignInCode
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow, Publication
from newsstand.rules.gate.facts import ArticleFacts, Level, Step
from newsstand.shelf.entry import new_entry
from newsstand.shelf.shelf import Shelf
from tests.office.accounts.conftest import HERE, Visitor, other_than


def sent(
    now: Any,
    email: str = "ann@example.com",
    code: str = "123456",
    peer: str = "",
    replaces: int | None = None,
) -> Any:
    return actions.send_code(email=email, code=code, peer=peer, replaces=replaces, real_now=now)


def _counted() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


def typed(now: Any, code_id: int, text: str) -> Any:
    return actions.redeem_code(code_id=code_id, typed=text, real_now=now, now=now)


# --- the way in ---------------------------------------------------------------------------------------------


def test_a_known_reader_comes_in_with_the_code(visitor: Visitor, ann: Account) -> None:
    asked = visitor.ask("Ann@Example.COM ", onward="/harbour/ferry/")
    assert (asked.status_code, asked["Location"]) == (302, "/sign-in/code/?next=%2Fharbour%2Fferry%2F")
    assert mail.outbox[0].to == ["ann@example.com"]
    assert "The Tidemark" in mail.outbox[0].subject
    page = visitor.client.get(asked["Location"])
    assert "ann@example.com" in page.content.decode()
    assert "six digits" in page.content.decode()
    entered = visitor.type(visitor.newest_code(), "/harbour/ferry/")
    assert (entered.status_code, entered["Location"]) == (302, "/harbour/ferry/")
    assert visitor.client.session["_auth_user_id"] == str(ann.pk)
    assert Account.objects.count() == 1


def test_an_unknown_address_becomes_an_account_only_with_the_code(visitor: Visitor) -> None:
    visitor.ask("new@example.com", address="/register/")
    assert not Account.objects.exists()
    visitor.type(visitor.newest_code())
    account = Account.objects.get()
    assert (account.email, account.has_usable_password()) == ("new@example.com", False)
    row = AuditRow.objects.get()
    assert (row.verb, row.by, row.subject) == ("open_account", account.actor, f"account:{account.reader_id}")


def test_the_code_may_be_typed_with_spaces(visitor: Visitor, ann: Account) -> None:
    visitor.ask("ann@example.com")
    code = visitor.newest_code()
    assert visitor.type(f" {code[:3]} {code[3:]} ").status_code == 302


def test_a_story_is_read_on_where_it_stopped(visitor: Visitor, ann: Account, shelf: Shelf) -> None:
    facts = ArticleFacts("a" * 32, "news", "harbour", (Step(0, Level.METERED),), 0)
    shelf.entries.put(new_entry(path="/harbour/ferry/", kind="story", generation=0, facts=facts), {})
    assert visitor.come_in("ann@example.com", "/harbour/ferry/")["Location"] == "/harbour/ferry/#continue"


@pytest.mark.parametrize(
    "onward", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(visitor: Visitor, ann: Account, onward: str) -> None:
    assert visitor.come_in("ann@example.com", onward)["Location"] == "/account/"


def test_who_is_signed_in_is_not_asked_again(visitor: Visitor, ann: Account) -> None:
    visitor.client.force_login(ann)
    assert visitor.client.get("/sign-in/?next=/harbour/")["Location"] == "/harbour/"


def test_the_form_is_refused_from_another_site(visitor: Visitor) -> None:
    for headers in ({}, {"HTTP_SEC_FETCH_SITE": "cross-site"}, {"HTTP_ORIGIN": "https://evil.example"}):
        refused = visitor.client.post("/sign-in/", {"email": "ann@example.com"}, **headers)
        assert refused.status_code == 403
    assert not SignInCode.objects.exists()
    assert not mail.outbox


# --- nothing tells who has an account -----------------------------------------------------------------------


def test_known_and_unknown_addresses_get_the_same_answers(publication: Publication, ann: Account) -> None:
    Visitor(Client()).ask("first@example.com")  # what is kept after a first question is the same for both
    seen, counts = [], []
    for email in ("ann@example.com", "new@example.com"):
        visitor = Visitor(Client())
        with _counted() as queries:
            asked = visitor.ask(email, onward="/harbour/")
        counts.append(len(queries))
        page = visitor.client.get(asked["Location"]).content.decode()
        body, code = str(mail.outbox[-1].body), visitor.newest_code()
        wrong = visitor.type(other_than(code)).content.decode()
        plain = [re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", text) for text in (page, wrong)]
        texts = [asked["Location"], *plain, body, mail.outbox[-1].subject]
        seen.append(
            [
                text.replace(email, "EMAIL").replace(code, "CODE").replace(other_than(code), "WRONG")
                for text in texts
            ]
        )
    assert seen[0] == seen[1]
    assert counts[0] == counts[1]


def test_asking_never_looks_for_an_account(publication: Publication, ann: Account, now: Any) -> None:
    with _counted() as queries:
        sent(now)
    assert not [query for query in queries if "accounts_account" in query["sql"]]


# --- what is said when it fails -----------------------------------------------------------------------------


def test_a_bad_address_is_kept_and_named(visitor: Visitor) -> None:
    page = visitor.ask("ann@")
    assert page.status_code == 200
    text = page.content.decode()
    assert 'value="ann@"' in text
    assert (
        text.count("not a complete e-mail address") == 2
    )  # in the summary, which has the focus, and beside the field
    assert 'tabindex="-1" autofocus' in text
    assert "<title>Error: Sign in" in text
    assert not mail.outbox


def test_a_wrong_code_says_how_many_tries_are_left(visitor: Visitor, ann: Account) -> None:
    visitor.ask("ann@example.com")
    code = visitor.newest_code()
    first = visitor.type(other_than(code))
    assert first.status_code == 200
    assert "You can try 2 more times." in first.content.decode()
    assert "ann@example.com" in first.content.decode()
    assert "You can try 1 more time." in visitor.type(other_than(code)).content.decode()
    assert "takes no more tries" in visitor.type(other_than(code)).content.decode()
    assert "takes no more tries" in visitor.type(code).content.decode()
    assert "_auth_user_id" not in visitor.client.session


def test_what_is_no_code_is_not_counted(visitor: Visitor, ann: Account) -> None:
    visitor.ask("ann@example.com")
    for text in ("", "12345", "abcdef", "1234567"):
        page = visitor.type(text)
        assert page.status_code == 200
        assert "six digits" in page.content.decode()
    assert SignInCode.objects.get().tries == 0


def test_a_new_code_ends_the_one_before(visitor: Visitor, ann: Account) -> None:
    visitor.ask("ann@example.com")
    first = visitor.newest_code()
    again = visitor.client.post("/sign-in/code/new/", {"next": "/harbour/"}, **HERE)
    assert again["Location"] == "/sign-in/code/?next=%2Fharbour%2F"
    second = visitor.newest_code()
    if first != second:
        assert "not the code" in visitor.type(first).content.decode()
    assert visitor.type(second).status_code == 302


def test_without_a_code_on_its_way_the_page_leads_back(visitor: Visitor) -> None:
    assert visitor.client.get("/sign-in/code/?next=/harbour/")["Location"] == "/sign-in/?next=%2Fharbour%2F"


def test_a_code_lasts_ten_minutes(publication: Publication, ann: Account, now: Any) -> None:
    code_id = sent(now).code_id
    assert typed(now + timedelta(minutes=10, seconds=1), code_id, "123456") == CodeOver("too_old")
    assert isinstance(typed(now + timedelta(minutes=10), code_id, "123456"), CodeAccepted)


def test_a_code_works_once(publication: Publication, ann: Account, now: Any) -> None:
    code_id = sent(now).code_id
    assert typed(now, code_id, "123456") == CodeAccepted(ann, is_new=False)
    assert typed(now, code_id, "123456") == CodeOver("used")


def test_a_code_is_bound_to_its_own_row(publication: Publication, ann: Account, now: Any) -> None:
    sent(now, code="111111")
    other = sent(now, email="bob@example.com", code="222222").code_id
    assert typed(now, other, "111111") == CodeWrong(2)


def test_only_a_hash_of_the_code_is_kept(publication: Publication, now: Any) -> None:
    row = SignInCode.objects.get(pk=sent(now, code="123456", peer="203.0.113.9").code_id)
    kept = f"{row.code_hash} {row.network}"
    assert "123456" not in kept
    assert "203.0.113" not in kept


def test_a_closed_account_gets_a_code_and_is_not_let_in(visitor: Visitor, ann: Account) -> None:
    ann.is_active = False
    ann.save()
    page = visitor.come_in("ann@example.com")
    assert "This account is closed" in page.content.decode()
    assert "_auth_user_id" not in visitor.client.session
    assert passes.PASS_COOKIE not in visitor.client.cookies


def test_mail_that_cannot_be_sent_leaves_nothing(
    publication: Publication, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Any, messages: Any) -> int:
        raise SMTPServerDisconnected("away")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", broken)
    assert sent(now) == MailFailed()
    assert not SignInCode.objects.exists()
    visitor = Visitor(Client())
    page = visitor.ask("ann@example.com")
    assert "could not be sent" in page.content.decode()
    assert 'value="ann@example.com"' in page.content.decode()


# --- limits -------------------------------------------------------------------------------------------------


def test_an_address_gets_five_codes_in_a_quarter_of_an_hour(publication: Publication, now: Any) -> None:
    for second in range(5):
        assert isinstance(sent(now + timedelta(seconds=second)), CodeSent)
    assert sent(now + timedelta(minutes=5)) == TooManyCodes(minutes=10)
    assert isinstance(sent(now + timedelta(minutes=5), email="bob@example.com"), CodeSent)
    assert len(mail.outbox) == 6
    assert isinstance(sent(now + timedelta(minutes=15)), CodeSent)


def test_an_address_gets_twenty_codes_a_day(publication: Publication, now: Any) -> None:
    outcomes = [sent(now + timedelta(minutes=20 * step)) for step in range(21)]
    assert all(isinstance(outcome, CodeSent) for outcome in outcomes[:20])
    assert isinstance(outcomes[20], TooManyCodes)


@pytest.mark.parametrize(
    ("first", "second"), [("203.0.113.9", "203.0.113.9"), ("2001:db8:1:100::1", "2001:db8:1:1ff::2")]
)
def test_a_network_gets_forty_codes_an_hour(
    publication: Publication, now: Any, first: str, second: str
) -> None:
    for number in range(40):
        assert isinstance(sent(now, email=f"r{number}@example.com", peer=first), CodeSent)
    assert sent(now, email="one-more@example.com", peer=second) == TooManyCodes(minutes=60)
    assert isinstance(sent(now, email="one-more@example.com", peer="198.51.100.1"), CodeSent)


def test_a_proxy_on_this_machine_is_not_taken_for_a_network(publication: Publication, now: Any) -> None:
    for number in range(41):
        assert isinstance(sent(now, email=f"r{number}@example.com", peer="127.0.0.1"), CodeSent)


def test_the_page_says_when_to_come_back(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = clock.real_now()
    monkeypatch.setattr(clock, "real_now", lambda: moment)
    for _ in range(5):
        visitor.ask("ann@example.com")
    page = Visitor(Client()).ask("ann@example.com")
    assert page.status_code == 429
    assert "ask again in 15 minutes" in page.content.decode()
    assert 'value="ann@example.com"' in page.content.decode()


@pytest.mark.parametrize("address", ["/sign-in/", "/sign-in/code/new/"])
def test_who_may_have_no_more_codes_can_type_the_newest(visitor: Visitor, address: str) -> None:
    for _ in range(5):
        visitor.ask("ann@example.com", onward="/harbour/ferry/")
    page = visitor.ask("Ann@Example.com", address, onward="/harbour/ferry/")
    assert page.status_code == 429
    form = BeautifulSoup(page.content, "html.parser").select_one("form:has([name=code])")
    assert form is not None
    assert form["action"] == "/sign-in/code/"
    assert "Use the newest one" in page.content.decode()
    entered = visitor.type(visitor.newest_code(), "/harbour/ferry/")
    assert entered.status_code == 302
    assert entered["Location"].startswith("/harbour/ferry/")


def test_a_code_that_is_over_is_not_asked_for(visitor: Visitor) -> None:
    for _ in range(5):
        visitor.ask("ann@example.com")
    for _ in range(3):
        visitor.type(other_than(visitor.newest_code()))
    page = visitor.ask("ann@example.com").content.decode()
    assert 'name="code"' not in page
    assert 'value="ann@example.com"' in page


def test_codes_are_forgotten_after_a_day(publication: Publication, now: Any) -> None:
    sent(now - timedelta(days=1, seconds=1), email="old@example.com")
    sent(now - timedelta(hours=23), email="young@example.com")
    forget_codes(real_now=now)
    assert [row.email for row in SignInCode.objects.all()] == ["young@example.com"]


# --- addresses that look alike ------------------------------------------------------------------------------


def test_a_look_alike_address_opens_no_other_account(publication: Publication, now: Any) -> None:
    Account.objects.create_user("mike@mill.example")
    outcome = typed(now, sent(now, email="mike@mıll.example").code_id, "123456")
    assert isinstance(outcome, CodeAccepted)
    assert outcome.is_new
    assert outcome.account.email == "mike@mıll.example"


def test_staff_sign_in_with_a_password(visitor: Visitor) -> None:
    Account.objects.create_superuser("editor@example.com", "a long password")
    page = visitor.client.get("/staff/login/")
    assert page.status_code == 200
    entered = visitor.client.post(
        "/staff/login/", {"username": "editor@example.com", "password": "a long password"}
    )
    assert (entered.status_code, entered["Location"]) == (302, "/staff/")
    assert visitor.client.get("/staff/").status_code == 200
