"""A German publication: what readers see, hear and are mailed holds no sentence of ours in English."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment
from django.test import Client
from django.utils import translation

from newsstand.office.access.actions import put_policy_at_start
from newsstand.office.accounts.models import Account
from newsstand.office.articles.models import ArticlePage
from newsstand.office.billing.actions import found_offer
from newsstand.office.billing.models import Invoice, Subscription
from newsstand.office.edition.printing import frame
from newsstand.office.kit import clock, worker
from newsstand.office.kit.registry import registry
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.gate.variants import Variant
from newsstand.rules.money import Money
from newsstand.shelf.shelf import Shelf
from newsstand.wiring import connect
from tests.architecture.test_messages import messages
from tests.office import newsroom
from tests.office.billing import test_pages as billing
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

SECRET = "Der Kran bleibt stehen, hat der Rat beschlossen."
OURS = re.compile(r"\b(the|you|your|and|of|this|with|for|not|to|are|is|it|have|we|by|from|on|please)\b")
"""Little words that every English sentence has, and no German one."""
SPOKEN = ("aria-label", "title", "alt", "placeholder", "content")
NOT_SPOKEN = ("script", "style", "code", "option")


@pytest.fixture(scope="module")
def english() -> "English":
    return English()


class English:
    """Every text of ours that has another wording in German, to be looked for on a page."""

    def __init__(self) -> None:
        catalogue = messages.read(messages.LOCALE / "de" / "LC_MESSAGES" / "django.po")
        texts = [
            text
            for message in catalogue
            if message.id and message.id not in (message.string, "Leser/in")
            for text in ((message.id,) if isinstance(message.id, str) else message.id)
        ]
        german = {said for message in catalogue for said in _said(message)}
        self.whole = {text for text in texts if "%(" not in text} - german
        open_ones = {
            re.sub(r"<[^>]+>", "", text)
            for text in texts
            if re.search(r"[a-z]{3}", _bare(text)) and "%(" in text
        }
        self.with_values = [
            re.compile(re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(text))) for text in open_ones
        ]

    def left_in(self, texts: set[str]) -> set[str]:
        """Those that were left in English."""
        return {
            text
            for text in texts
            if text in self.whole
            or OURS.search(text)
            or any(each.fullmatch(text) for each in self.with_values)
        }


def _said(message: Any) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


def _bare(text: str) -> str:
    return re.sub(r"%\(\w+\)[sd]", "", text)


def spoken(html: str) -> set[str]:
    """All that a page says, to eyes or to a screen reader, piece by piece."""
    page = BeautifulSoup(html, "html.parser")
    for silent in page(NOT_SPOKEN):
        silent.decompose()
    told = {text.strip() for text in page.find_all(string=True) if not isinstance(text, Comment)}
    for element in page.find_all(True):
        told |= {
            str(element[name]).strip() for name in SPOKEN if element.get(name) and element.name != "meta"
        }
        if element.name == "meta" and element.get("name") == "description":
            told.add(str(element["content"]))
    return told - {"", "html"}


class Browser:
    """Somebody who reads, and hands all that the pages say to the search for English."""

    def __init__(self, english: English) -> None:
        self.client = Client(HTTP_HOST="localhost", HTTP_SEC_FETCH_SITE="same-origin")
        self.english = english

    def get(self, address: str, status: int = 200) -> str:
        return self.look(self.client.get(address, headers={"Accept-Language": "en"}), address, status)

    def post(self, address: str, status: int = 200, **typed: str) -> str:
        return self.look(self.client.post(address, typed), address, status)

    def look(self, response: Any, address: str = "", status: int = 200) -> str:
        html = str(response.content.decode())
        assert response.status_code == status, (address, html[-2000:])
        assert '<html lang="de"' in html, address
        assert self.english.left_in(spoken(html)) == set(), address
        return html


@pytest.fixture
def stories(shelf: Shelf, settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> list[ArticlePage]:
    """A German newsroom with an offer, its stories from the free to the closed one."""
    settings.MEDIA_ROOT = tmp_path / "media"
    monkeypatch.setattr(registry, "answer", connect._answer)
    shelf.board.set_clock_offset(int(NOW.timestamp()) - int(clock.real_now().timestamp()))
    newsroom.found(
        name="Hafenblatt",
        language="de",
        zone="Europe/Berlin",
        currency="EUR",
        tagline="Nachrichten vom Wasser",
    )
    for code, name, cents, rhythm in (
        ("full", "Voller Zugang", 199, Rhythm("day", 28)),
        ("year", "Das ganze Jahr", 2000, Rhythm("year", 1)),
    ):
        found_offer(
            code=code,
            plan_name=name,
            product_code="news",
            rights=["read", "ad_free", "comment", "archive"],
            price=Money(cents, "EUR"),
            rhythm=rhythm,
            benefits=["Sie unterstützen unabhängigen Journalismus"],
            by="system",
            now=NOW,
        )
    put_policy_at_start(NOW)
    hafen, mara = newsroom.section("Hafen", "hafen"), newsroom.author("Mara Fink", "mara-fink")
    cranes = newsroom.tag("Kräne", "kraene")
    body = [*newsroom.paragraphs("Seit neunzig Jahren steht er am Kai."), ("paywall", None)]
    body += newsroom.paragraphs(SECRET)
    given = {"title": "Der Kran", "standfirst": "Fünf gegen vier.", "body": body, "authors": [mara]}
    return [
        newsroom.story(hafen, f"kran-{number}", level=level, tags=[cranes], **given)
        for number, level in enumerate(["free", "metered", "metered", "metered", "metered", "subscribers"])
    ]


@pytest.fixture
def browser(english: English, stories: list[ArticlePage]) -> Browser:
    return Browser(english)


@pytest.fixture
def subscriber(browser: Browser) -> Account:
    """Somebody who pays from today on; this is their browser."""
    ada = Account.objects.create_user("ada@example.org")
    browser.client.force_login(ada)
    billing.pay(browser.client)
    worker.settle_here()
    return ada


@pytest.fixture
def mails(mailoutbox: list[Any], english: English) -> Iterator[list[Any]]:
    """The mail of this test, at the end of which none may hold a sentence in English."""
    yield mailoutbox
    assert mailoutbox
    for mail in mailoutbox:
        html = str(mail.alternatives[0][0])
        assert '<html lang="de"' in html
        lines = {line.strip() for line in mail.body.splitlines()} | {mail.subject} | spoken(html)
        assert english.left_in({line for line in lines if "://" not in line}) == set(), mail.subject


def test_a_stranger_reads_until_the_wall_stands(browser: Browser, stories: list[ArticlePage]) -> None:
    assert "Noch wurde nichts veröffentlicht." not in browser.get("/")
    for path in ("/hafen/", "/authors/", "/authors/mara-fink/", "/tags/", "/search/"):
        browser.get(path)
    browser.get("/search/?q=Kran")
    browser.get("/search/?q=Zug")
    assert "16. November 2026" in browser.get(stories[0].address)
    assert "2 von 3 freien Artikeln in diesem Monat übrig" in browser.get(stories[1].address)
    browser.get(stories[2].address)
    browser.get(stories[3].address)
    two = browser.get(stories[4].address)
    assert SECRET not in two
    for text in (
        "Zwei Möglichkeiten, diesen Artikel weiterzulesen",
        "1,99\xa0€ alle 4 Wochen",
        "Jetzt abonnieren",
        "In diesem Monat noch 3 Artikel lesen",
        "Jederzeit kündbar",
        "Sie haben Ihre freien Artikel gelesen.",
    ):
        assert text in two
    assert "Neue gibt es am 1. Dezember 2026." in browser.get(f"/why/{stories[4].public_id.hex}/")
    one = browser.get(stories[5].address)
    assert "Abonnieren Sie, um diesen Artikel weiterzulesen" in one
    assert "In diesem Monat noch" not in one
    assert "An dieser Adresse gibt es keine Seite" in browser.get("/nirgends/", 404)
    feed = browser.client.get("/feeds/hafen/rss.xml").content.decode()
    assert "<language>de</language>" in feed
    assert "Weiterlesen" in feed
    assert "Continue" not in feed


def test_a_stranger_signs_in_and_comments_not_and_leaves(
    browser: Browser, stories: list[ArticlePage], mails: list[Any]
) -> None:
    browser.get("/register/")
    assert "Fehler:" in browser.post("/sign-in/", email="ada@")
    browser.post("/sign-in/", email="")
    browser.client.post("/sign-in/", {"email": "ada@example.org"})
    browser.get("/sign-in/code/")
    code = re.match(r"(\d{6}) ist Ihr Code für Hafenblatt", mails[0].subject)
    assert code is not None
    for typed in ("12", "", "000000" if code[1] != "000000" else "111111"):
        browser.post("/sign-in/code/", code=typed)
    assert browser.client.post("/sign-in/code/", {"code": code[1]}).status_code == 302
    browser.get("/account/")
    browser.post("/account/name/", name="ada@example.org")
    browser.client.post("/account/name/", {"name": "Ada"})
    assert "Ihr Name ist jetzt Ada." in browser.get("/account/")
    assert "Mit einem Abo können Sie Kommentare schreiben." in browser.get(stories[0].address)
    browser.post(f"/comments/{stories[5].public_id.hex}/", text="Schön.")
    browser.get(f"/gift/{stories[0].public_id.hex}/")
    browser.get("/account/subscription/cancel/")
    browser.get("/sign-out/")
    assert browser.client.post("/sign-out/").status_code == 302
    browser.get("/sign-out/")


def test_a_reader_orders_and_pays(browser: Browser, stories: list[ArticlePage], mails: list[Any]) -> None:
    browser.get("/subscribe/")
    browser.get("/subscribe/full/")
    browser.post("/subscribe/full/", 422, email="ada", shown="anders")
    browser.client.force_login(Account.objects.create_user("ada@example.org"))
    order = browser.get("/subscribe/full/")
    assert "Zahlungspflichtig abonnieren: 1,99\xa0€" in order
    assert "Nächste Zahlung: Montag, 14. Dezember 2026." in order
    card = billing.agree(browser.client)["Location"]
    browser.get(card)
    browser.post(card, 422, number="1234", name="", expiry="99", cvc="x")
    declined = billing.type_card(browser.client, card, billing.DECLINED_AT_CHARGE)["Location"]
    assert "Ihre Karte wurde abgelehnt" in browser.get(declined)
    asks = browser.client.post(f"/subscribe/card/{Subscription.objects.get().public_id}/")["Location"]
    bank = billing.type_card(browser.client, asks, billing.ASKS_BANK)[
        "Location"
    ]  # for the saving of the card
    browser.get(bank)
    saved = browser.client.post(bank, {"answer": "approve"})["Location"]
    bank = browser.client.get(saved)["Location"]  # and for its first payment
    browser.get(bank)
    browser.get(f"{saved}&charge=later")
    back = browser.client.post(bank, {"answer": "approve"})["Location"]
    assert browser.client.get(back).status_code == 302
    worker.settle_here()
    assert "Ihre Quittung: 1,99 €" in [mail.subject for mail in mails]


def test_a_subscriber_reads_writes_and_gives(
    browser: Browser, subscriber: Account, stories: list[ArticlePage]
) -> None:
    story = browser.get(stories[5].address)
    assert SECRET in story
    assert "Ihr Kommentar" in story
    talk, gift = f"/comments/{stories[5].public_id.hex}/", f"/gift/{stories[5].public_id.hex}/"
    browser.post(talk, text="")
    assert browser.client.post(talk, {"text": "Ein schöner Kran."}).status_code == 302
    worker.settle_here()
    assert "Leser/in" in browser.get(stories[5].address)
    browser.get(gift)
    browser.post(gift)
    browser.get(gift)
    browser.post("/account/feed/")
    account = browser.get("/account/")
    assert "1,99\xa0€ am Montag, 14. Dezember 2026" in account
    receipt = browser.get(f"/account/receipts/{Invoice.objects.get().public_id}/")
    assert "16. November 2026 bis 13. Dezember 2026" in receipt
    browser.get("/account/subscription/card/")
    browser.get("/subscribe/full/")


def test_a_subscriber_cancels_and_keeps(browser: Browser, subscriber: Account, mails: list[Any]) -> None:
    cancel = "/account/subscription/cancel/"
    browser.get(cancel)
    cancelled = browser.get(browser.client.post(cancel)["Location"])
    assert "Ihr Abo ist gekündigt" in cancelled
    assert "bis einschließlich Montag, 14. Dezember 2026" in cancelled
    assert "Mein Abo doch behalten" not in browser.get(
        browser.client.post("/account/subscription/keep/")["Location"]
    )
    worker.settle_here()
    assert {"Ihr Abo ist gekündigt", "Ihr Abo läuft weiter"} <= {mail.subject for mail in mails}


def test_what_is_printed_and_what_is_made_for_a_request_say_the_same(browser: Browser) -> None:
    """Whoever causes the printing speaks another language than the one in which is printed."""
    with translation.override("en"):
        printed = spoken(frame.render("edition/not_found.html", frame.frame("/nirgends/"), Variant("full")))
    made = spoken(browser.client.get("/sign-in/", headers={"Accept-Language": "en"}).content.decode())
    shared = {"Suche", "Unsere Autorinnen und Autoren", "Verträge hier kündigen", "Zum Inhalt springen"}
    assert shared <= printed
    assert shared <= made
