"""The pass: what is in it, when a fresh one comes, and that signing out is the end of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from newsstand.office.accounts import actions, passes
from newsstand.office.accounts.middleware import PassMiddleware
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.passes import Pass, open_pass
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.visits import DeviceVisit, seal_visit
from newsstand.shelf.shelf import Shelf
from tests.office.accounts.conftest import HERE, Visitor
from tests.office.accounts.test_grants import given

KEY = "a-session-key"
POLICY = Policy(
    zone="UTC",
    window="month",
    device_allowance=3,
    reader_allowance=6,
    ways=("subscribe", "register"),
    plan_products=frozenset({"news"}),
    registering_open=True,
    open_house=(),
    comment_needs="comment",
)


def opened(token: str | None, now: datetime) -> Pass:
    assert token
    found = open_pass(token, passes.key_ring(), clock.to_unix(now))
    assert found is not None
    return found


def carried(client: Client) -> str | None:
    cookie = client.cookies.get(passes.PASS_COOKIE)
    return cookie.value if cookie is not None else None


def test_a_pass_holds_the_reader_the_session_and_the_grants(ann: Account, now: datetime) -> None:
    given(ann, now)
    found = opened(passes.issue(ann, KEY, now), now)
    assert found.reader.id == ann.reader_id
    assert found.session == passes.session_mark(KEY)
    assert KEY not in found.session
    assert [grant.subject for grant in found.reader.grants] == ["product:news"]
    assert (found.issued_at, found.valid_until) == (clock.to_unix(now), clock.to_unix(now) + 7200)


def test_a_pass_made_in_the_second_of_a_closing_holds(ann: Account, now: datetime, shelf: Shelf) -> None:
    moment = clock.to_unix(now)
    shelf.board.close_reader(ann.reader_id, moment, moment)
    found = opened(passes.issue(ann, KEY, now), now)
    assert not shelf.board.read().has_closed(found.reader.id, found.session, found.issued_at)


def test_too_many_grants_lose_single_articles_and_keep_the_product(ann: Account, now: datetime) -> None:
    given(ann, now)
    for number in range(80):
        later = now + timedelta(seconds=number)
        given(
            ann,
            later,
            from_at=now,
            subject=f"article:{number:032x}",
            source="purchase",
            source_ref=str(number),
        )
    found = opened(passes.issue(ann, KEY, now), now)
    assert found.reader.grants[0].subject == "product:news"
    assert 10 < len(found.reader.grants) < 81


# --- renewal ------------------------------------------------------------------------------------------------


@pytest.fixture
def cookies(ann: Account, client: Client, publication: Any) -> dict[str, str]:
    client.force_login(ann)
    return {"newsstand_session": client.cookies["newsstand_session"].value}


def test_a_live_session_renews_the_pass(ann: Account, cookies: dict[str, str]) -> None:
    found = opened(passes.renew(cookies), clock.now())
    assert found.reader.id == ann.reader_id
    assert found.session == passes.session_mark(cookies["newsstand_session"])


@pytest.mark.parametrize("wrong", [{}, {"newsstand_session": ""}, {"newsstand_session": "no-such-session"}])
def test_without_a_session_nothing_is_renewed(db: None, wrong: dict[str, str]) -> None:
    assert passes.renew(wrong) is None


def test_the_old_pass_alone_renews_nothing(ann: Account, cookies: dict[str, str]) -> None:
    assert passes.renew({passes.PASS_COOKIE: passes.renew(cookies) or ""}) is None


def test_a_closed_account_renews_nothing(ann: Account, cookies: dict[str, str], now: datetime) -> None:
    actions.close_account(account=ann, by="system", why="abuse", now=now)
    assert passes.renew(cookies) is None


def test_a_new_password_ends_other_sessions(ann: Account, cookies: dict[str, str]) -> None:
    ann.set_password("another long password")
    ann.save()
    assert passes.renew(cookies) is None


def test_a_session_that_was_ended_renews_nothing(client: Client, cookies: dict[str, str]) -> None:
    client.post("/sign-out/", **HERE)
    assert passes.renew(cookies) is None


# --- the cookie ---------------------------------------------------------------------------------------------


def test_signing_in_sets_the_pass(visitor: Visitor, ann: Account, settings: Any) -> None:
    visitor.come_in("ann@example.com")
    cookie = visitor.client.cookies[passes.PASS_COOKIE]
    assert opened(cookie.value, clock.now()).reader.id == ann.reader_id
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (
        True,
        "Lax",
        "/",
        "",
    )
    assert 0 <= settings.SESSION_COOKIE_AGE - int(cookie["max-age"]) < 3600  # however long that page took


def test_on_https_the_pass_travels_safely(
    ann: Account, publication: Any, settings: Any, client: Client
) -> None:
    settings.IS_HTTPS = True
    client.force_login(ann)
    client.get("/account/")
    assert client.cookies[passes.PASS_COOKIE]["secure"] is True


def test_a_fresh_pass_is_left_alone_and_a_closed_one_replaced(
    ann: Account, publication: Any, client: Client, shelf: Shelf
) -> None:
    client.force_login(ann)
    client.get("/account/")
    first = carried(client)
    assert passes.PASS_COOKIE not in client.get("/account/").cookies
    moment = clock.unix()
    shelf.board.close_reader(ann.reader_id, moment, moment)
    assert client.get("/account/").cookies[passes.PASS_COOKIE].value != first


@pytest.mark.parametrize("stale", ["", "nonsense", "of another"])
def test_a_stale_pass_is_replaced(ann: Account, publication: Any, client: Client, stale: str) -> None:
    client.force_login(ann)
    if stale == "of another":
        stale = passes.issue(Account.objects.create_user("bob@example.com"), KEY, clock.now())
    client.cookies[passes.PASS_COOKIE] = stale
    client.get("/account/")
    assert opened(carried(client), clock.now()).reader.id == ann.reader_id


def test_an_old_pass_is_renewed(ann: Account, publication: Any, client: Client) -> None:
    client.force_login(ann)
    session = client.cookies["newsstand_session"].value
    client.cookies[passes.PASS_COOKIE] = passes.issue(ann, session, clock.now() - timedelta(seconds=601))
    before = clock.unix()
    client.get("/account/")
    assert opened(carried(client), clock.now()).issued_at >= before


def test_a_view_may_ask_for_a_new_pass(ann: Account, publication: Any, client: Client) -> None:
    client.force_login(ann)
    session = client.session
    request = RequestFactory().get("/subscribe/done/")
    request.session, request.user = session, ann  # type: ignore[attr-defined]  # as the middlewares before do
    token = passes.issue(ann, session.session_key or "", clock.now())
    request.COOKIES = {"newsstand_session": session.session_key or "", passes.PASS_COOKIE: token}

    def view(asked: Any) -> Any:
        from django.http import HttpResponse

        asked.renew_pass = True
        return HttpResponse()

    assert passes.PASS_COOKIE in PassMiddleware(view)(request).cookies


def test_a_stranger_is_not_looked_up_and_gets_no_cookie(publication: Any, client: Client) -> None:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/sign-in/")
    asked = " ".join(query["sql"] for query in queries)
    assert "django_session" not in asked
    assert "accounts_" not in asked
    assert not answer.cookies


def test_a_pass_without_a_session_is_taken_away(publication: Any, client: Client) -> None:
    client.cookies[passes.PASS_COOKIE] = "left over"
    assert client.get("/sign-in/").cookies[passes.PASS_COOKIE]["max-age"] == 0


# --- signing out --------------------------------------------------------------------------------------------


def test_signing_out_ends_session_and_pass(
    visitor: Visitor, ann: Account, shelf: Shelf, django_capture_on_commit_callbacks: Any
) -> None:
    visitor.come_in("ann@example.com")
    stolen = opened(carried(visitor.client), clock.now())
    with django_capture_on_commit_callbacks(execute=True):
        answer = visitor.client.post("/sign-out/", {"next": "/harbour/"}, **HERE)
    assert (answer.status_code, answer["Location"]) == (302, "/harbour/")
    assert shelf.board.read().has_closed(stolen.reader.id, stolen.session, stolen.issued_at)
    assert not shelf.board.read().closed_readers
    assert carried(visitor.client) == ""
    assert visitor.client.cookies["newsstand_session"].value == ""
    assert AuditRow.objects.filter(verb="sign_out", by=ann.actor).count() == 1


def test_the_worker_closes_the_session_if_the_process_ended(
    visitor: Visitor, ann: Account, shelf: Shelf
) -> None:
    visitor.come_in("ann@example.com")
    stolen = opened(carried(visitor.client), clock.now())
    visitor.client.post("/sign-out/", **HERE)
    outbox.drain()
    assert shelf.board.read().has_closed(stolen.reader.id, stolen.session, stolen.issued_at)


def test_staff_leaving_by_their_own_door_are_signed_out_the_same_way(
    publication: Any, client: Client, shelf: Shelf
) -> None:
    editor = Account.objects.create_superuser("editor@example.com", "a long password")
    client.force_login(editor)
    client.get("/staff/")
    stolen = opened(carried(client), clock.now())
    assert stolen.reader.is_staff
    client.post("/staff/logout/")
    outbox.drain()
    assert shelf.board.read().has_closed(stolen.reader.id, stolen.session, stolen.issued_at)
    assert carried(client) == ""


def test_nobody_is_signed_out_from_another_site(visitor: Visitor, ann: Account) -> None:
    visitor.come_in("ann@example.com")
    assert visitor.client.post("/sign-out/").status_code == 403
    assert visitor.client.get("/account/").status_code == 200
    assert "Sign out" in visitor.client.get("/sign-out/").content.decode()


# --- the meter at sign-in -----------------------------------------------------------------------------------


def visit_cookie(window: str, *counted: str) -> str:
    return seal_visit(DeviceVisit(window, "d" * 32, counted), passes.key_ring())


def test_what_was_read_before_counts_for_the_reader(visitor: Visitor, ann: Account, shelf: Shelf) -> None:
    shelf.board.set_policy(POLICY)
    window = window_at(POLICY, clock.unix()).key
    shelf.visits.count(f"device:{'d' * 32}", window, "a" * 32, 3)
    visitor.client.cookies[passes.VISIT_COOKIE] = visit_cookie(window, "b" * 32)
    visitor.come_in("ann@example.com")
    assert shelf.visits.read(f"reader:{ann.reader_id}", window) == {"a" * 32, "b" * 32}


def test_last_months_articles_and_forged_cookies_count_nothing(
    visitor: Visitor, ann: Account, shelf: Shelf
) -> None:
    shelf.board.set_policy(POLICY)
    window = window_at(POLICY, clock.unix()).key
    for token in (visit_cookie("1999-01", "b" * 32), "forged"):
        visitor.client.cookies[passes.VISIT_COOKIE] = token
        visitor.come_in("ann@example.com")
        assert shelf.visits.read(f"reader:{ann.reader_id}", window) == frozenset()
        visitor.client.post("/sign-out/", **HERE)
