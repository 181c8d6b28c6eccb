"""The audit log, mail, the origin of forms, addresses from outside, the publication, assets."""

from datetime import datetime
from typing import Any

import pytest
from django.core import mail
from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from django.urls.resolvers import URLPattern, URLResolver

from newsstand.office.kit import addresses, assets, audit, outbox, queries
from newsstand.office.kit import mail as kit_mail
from newsstand.office.kit.models import AuditRow, OutboxRow, Publication, SentNotice
from newsstand.office.kit.origin import TOKENLESS, same_origin_only
from newsstand.shelf.shelf import Shelf

# --- the audit log ------------------------------------------------------------------------------------------


@pytest.fixture
def row(db: None, now: datetime) -> AuditRow:
    audit.record(
        by="staff:1", verb="remove", subject="comment:1", before={"a": 1}, after={"a": 2}, why="rude", now=now
    )
    return AuditRow.objects.get()


def test_a_row_says_who_when_what_and_why(row: AuditRow, now: datetime) -> None:
    assert (row.at, row.by, row.verb, row.subject, row.why) == (now, "staff:1", "remove", "comment:1", "rude")
    assert (row.before, row.after) == ({"a": 1}, {"a": 2})


def test_no_row_is_changed_or_deleted(row: AuditRow) -> None:
    row.verb = "praise"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        row.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditRow.objects.all().delete()
    assert AuditRow.objects.get().verb == "remove"


# --- mail ---------------------------------------------------------------------------------------------------


def send(now: datetime, key: str = "receipt-1") -> None:
    with transaction.atomic():
        kit_mail.send_notice(
            to="ann@example.com",
            subject="Your\nreceipt",
            template="accounts/mail/sign_in_code",
            context={"code": "for a test", "minutes": 1},
            key=key,
            now=now,
        )


def test_one_mail_is_sent_per_key_ever(publication: Publication, now: datetime) -> None:
    send(now)
    send(now)
    outbox.drain()
    send(now)
    outbox.drain()
    assert len(mail.outbox) == 1
    sent = mail.outbox[0]
    assert (sent.to, sent.subject) == (["ann@example.com"], "Your receipt")
    assert "for a test" in sent.body
    assert "The Tidemark" in sent.body
    assert sent.alternatives[0].mimetype == "text/html"
    send(now, key="receipt-2")
    outbox.drain()
    assert len(mail.outbox) == 2


def test_a_row_that_is_done_twice_sends_once(publication: Publication, now: datetime) -> None:
    send(now)
    payload = OutboxRow.objects.get(topic=kit_mail.TOPIC).payload
    kit_mail.deliver(payload, now)
    kit_mail.deliver(payload, now)
    assert len(mail.outbox) == 1
    assert SentNotice.objects.get().sent_at == now


def test_mail_that_fails_is_sent_later(
    publication: Publication, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(now)
    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.message.EmailMessage.send", lambda self: 1 / 0)
        outbox.drain()
    assert not mail.outbox
    assert SentNotice.objects.get().sent_at is None
    kit_mail.deliver(OutboxRow.objects.get(topic=kit_mail.TOPIC).payload, now)
    assert len(mail.outbox) == 1


# --- the origin of forms ------------------------------------------------------------------------------------


@same_origin_only
def a_view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("done")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.example"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://testserver"}, 200),
        ({"Origin": "https://testserver"}, 403),
        ({"Origin": "http://testserver:81"}, 403),
        ({"Origin": "null"}, 403),
        ({"Referer": "http://testserver/"}, 403),
        ({}, 403),
    ],
)
def test_a_form_without_a_token_comes_from_here(headers: dict[str, str], status: int) -> None:
    assert a_view(RequestFactory().post("/", headers=headers)).status_code == status


def test_the_public_address_counts_as_here(settings: Any) -> None:
    settings.SITE_URL = "https://tidemark.example"
    request = RequestFactory().post("/", headers={"Origin": "https://tidemark.example"})
    assert a_view(request).status_code == 200


def test_looking_needs_no_origin() -> None:
    assert a_view(RequestFactory().get("/")).status_code == 200


# What gateways post is signed, and comes from no page.
SIGNED = {"newsstand.office.billing.views.webhooks.webhook"}


def _views(resolver: URLResolver) -> set[str]:
    found: set[str] = set()
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            view = pattern.callback
            if getattr(view, "csrf_exempt", False):
                found.add(f"{view.__module__}.{view.__name__}")
        else:
            found |= _views(pattern)
    return found


def test_every_reader_view_without_a_token_is_listed() -> None:
    ours = {name for name in _views(get_resolver()) if name.startswith("newsstand.")}
    assert ours - TOKENLESS - SIGNED == set()
    assert "newsstand.office.accounts.views.sign_in" in ours


# --- addresses from outside ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/harbour/ferry/", "/a?b=c#d", "/gr%C3%BC%C3%9Fe/", "/a//b"])
def test_a_path_of_this_site_is_taken(path: str) -> None:
    assert addresses.local_path(path) == path


@pytest.mark.parametrize(
    "value",
    ["", None, "harbour/", "//evil.example/", "/\\evil.example", "https://evil.example", "javascript:alert(1)",
     "/\tevil", "/\n/evil.example", " /harbour/", "///evil.example", "/a b", "/\x7f"],
)  # fmt: skip
def test_anything_else_becomes_the_default(value: str | None) -> None:
    assert addresses.local_path(value, "/account/") == "/account/"


# --- the publication ----------------------------------------------------------------------------------------


def test_the_publication_is_read_once_and_again_after_a_change(
    publication: Publication, shelf: Shelf, django_assert_num_queries: Any
) -> None:
    assert queries.publication().name == "The Tidemark"
    with django_assert_num_queries(0):
        queries.publication()
    publication.name = "The Ebb"
    publication.save()
    assert queries.publication().name == "The Ebb"
    Publication.objects.update(name="The Flood")  # as another process does, which then raises the board
    shelf.board.raise_generation()
    assert queries.publication().name == "The Flood"


def test_there_is_one_publication(publication: Publication) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        Publication.objects.create(pk=2, name="Second", support_email="a@example.com")


def test_without_a_publication_it_is_said(db: None) -> None:
    with pytest.raises(queries.NoPublication):
        queries.publication()


# --- assets -------------------------------------------------------------------------------------------------


def test_an_asset_is_named_by_its_bytes() -> None:
    address = assets.address("newsstand/site.css")
    assert address.startswith("/assets/site.")
    assert address.endswith(".css")
    with pytest.raises(assets.NoSuchAsset):
        assets.address("newsstand/no-such.css")
