"""The language of the publication rules: on pages and in mails, whoever asks and whatever their browser says."""

import argparse
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext

from newsstand.kiosk.own_pages import trouble_page
from newsstand.office.kit import language, mail
from newsstand.office.kit.models import OutboxRow, Publication
from newsstand.shelf.shelf import Shelf
from newsstand.wiring.commands import found
from tests.office import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST="localhost", raise_request_exception=False)


def german(publication: Publication) -> None:
    publication.language = "de"
    publication.save()


def words(response: Any) -> str:
    return str(response.content.decode())


def test_the_browser_changes_nothing(publication: Publication, client: Client) -> None:
    for browser in ("de-DE,de;q=0.9", "fr", "en"):
        page = words(client.get("/sign-in/", headers={"Accept-Language": browser}))
        assert '<html lang="en"' in page
        assert "Send me a code" in page
    german(publication)
    for browser in ("de-DE,de;q=0.9", "fr", "en"):
        page = words(client.get("/sign-in/", headers={"Accept-Language": browser}))
        assert '<html lang="de"' in page
        assert "Code schicken" in page
        assert "Send me a code" not in page
    assert translation.get_language() == "en"  # the next one who asks this thread finds no trace


def test_a_country_takes_the_words_of_its_language(publication: Publication) -> None:
    publication.language = "de_AT"
    publication.save()
    with language.in_language_of_publication():
        assert gettext("Subscribe now") == "Jetzt abonnieren"
    assert publication.html_lang == "de-AT"


def test_dates_are_written_where_the_publication_is(publication: Publication) -> None:
    late = datetime(2026, 11, 15, 23, 30, tzinfo=UTC)
    with language.in_language_of_publication():
        assert (language.day(late), language.day_and_time(late)) == (
            "16 November 2026",
            "16 November 2026, 00:30",
        )
    german(publication)
    with language.in_language_of_publication():
        assert (language.day(late), language.day_and_time(late)) == (
            "16. November 2026",
            "16. November 2026, 00:30",
        )


def test_a_mail_is_in_the_publications_language_whoever_sends_it(
    publication: Publication, mailoutbox: list[Any]
) -> None:
    german(publication)
    context = {"heading": "Quittung", "paragraphs": [], "facts": [], "links": []}
    mail.send_notice(
        to="ada@example.org",
        subject="Quittung",
        template="billing/mail/notice",
        context=context,
        key="one",
        now=newsroom.NOW,
    )
    with translation.override("en"):
        mail.deliver(OutboxRow.objects.get(topic=mail.TOPIC).payload, newsroom.NOW)
    html = str(mailoutbox[0].alternatives[0][0])
    assert '<html lang="de">' in html
    assert "Fragen? Schreiben Sie an help@tidemark.example." in html
    assert "Fragen? Schreiben Sie an help@tidemark.example." in mailoutbox[0].body


@pytest.mark.parametrize("name", ["xx", "fr", "de-DE", "de_ZZ9", "german", ""])
def test_a_language_without_words_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        newsroom.found(language=name)
    assert not Publication.objects.exists()


def test_newsstand_init_takes_the_language_or_says_why_not(capsys: pytest.CaptureFixture[str]) -> None:
    asked = argparse.Namespace(
        name="Hafenblatt", zone="Europe/Berlin", currency="eur", support="help@example.org", language="xx"
    )
    assert found.run(asked) == 1
    assert capsys.readouterr().err.startswith("newsstand: xx is no language that the pages can be in")
    asked.language = "de-AT"
    assert found.run(asked) == 0
    row = Publication.objects.get()
    assert (row.language, row.currency) == ("de_AT", "EUR")


def test_the_first_pages_are_named_in_the_language() -> None:
    front = newsroom.found(language="de")
    assert [page.title for page in front.get_children()] == ["Autorinnen und Autoren", "Themen"]


def test_the_kiosks_are_told_after_the_commit_and_at_every_start(
    shelf: Shelf, django_capture_on_commit_callbacks: Any
) -> None:
    language.put_on_board()  # nothing is founded yet
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.found(language="de")
        assert shelf.board.read().locale == "en"
    assert shelf.board.read().locale == "de"
    shelf.board.set_locale("en")
    language.put_on_board()
    assert b'lang="de"' in trouble_page(shelf.board.read().locale)


def test_a_board_that_takes_no_locale_keeps_nothing_else_from_being_told(
    shelf: Shelf, django_capture_on_commit_callbacks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(locale: str) -> None:
        raise OSError("no room")

    monkeypatch.setattr(shelf.board, "set_locale", full)
    with django_capture_on_commit_callbacks(execute=True):
        newsroom.found(language="de")
    assert shelf.board.read().policy is not None


def test_an_error_of_ours_is_said_in_the_language(
    publication: Publication, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken for this test")

    german(publication)
    monkeypatch.setattr("newsstand.office.accounts.views.render", broken)
    response = client.get("/sign-in/")
    assert response.status_code == 500
    assert '<html lang="de">' in words(response)
    assert "Bei uns ist etwas schiefgegangen" in words(response)


def test_a_form_without_its_token_is_answered_in_plain_words(publication: Publication) -> None:
    german(publication)
    checking = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
    response = checking.post("/subscribe/return/", {})
    assert response.status_code == 403
    assert "Bitte schicken Sie das Formular noch einmal" in words(response)
    assert "CSRF" not in words(response)
