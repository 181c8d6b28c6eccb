"""The pages of ordering, the account and cancelling, as a browser without JavaScript meets them."""

import re
from importlib import import_module
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.billing.models import Attempt, CardSetup, Consent, Invoice, Offer, Subscription
from newsstand.office.billing.queries import links
from newsstand.office.kit.models import AuditRow, SentNotice
from tests.office.billing.buying import ASKS_BANK, DECLINED_AT_CHARGE, PAYS, subscribe
from tests.office.billing.conftest import Time, put_on_sale

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])

STORY = "/harbour/the-last-ferry/"
DISCLOSURE = (
    "$1.99 today, then $1.99 every 4 weeks (28 days) until you cancel. That is 13 payments ($25.87) in most years"
    " and 14 ($27.86) in some. About $2.16 a month. Next charge: Sunday, 20 December 2026."
)


@pytest.fixture
def browser_of_ada(client: Client, ada: Account) -> Client:
    client.force_login(ada)
    return client


def page(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def words(response: Any) -> str:
    return " ".join(page(response).get_text(" ").split())


def fields(response: Any, action: str) -> dict[str, str]:
    """The hidden fields of the form that goes to an address."""
    form = page(response).select_one(f'form[action^="{action}"]')
    assert form is not None, words(response)
    hidden = form.select("input[type=hidden]")
    return {
        str(field["name"]): str(field["value"]) for field in hidden if field["name"] != "csrfmiddlewaretoken"
    }


def agree(client: Client) -> Any:
    """Tick the box and press the button; the answer is a redirect to the card page."""
    shown = client.get(f"/subscribe/full/?next={STORY}")
    return client.post("/subscribe/full/", {**fields(shown, "/subscribe/full/"), "agreed": "on"})


def type_card(client: Client, card_page: str, number: str = PAYS) -> Any:
    """Type a card on the bank's page and follow to wherever it leads, one redirect."""
    typed = {"number": number, "name": "Ada Quay", "expiry": "12/34", "cvc": "123"}
    return client.post(card_page, typed)


def pay(client: Client, number: str = PAYS) -> Any:
    """Order and pay; the answer of the page that one returns to."""
    back = type_card(client, agree(client)["Location"], number)
    return client.get(back["Location"])


# --- ordering ---


def test_one_offer_needs_no_choice(client: Client, offer: Offer) -> None:
    answer = client.get(f"/subscribe/?next={STORY}")
    assert answer["Location"] == "/subscribe/full/?next=%2Fharbour%2Fthe-last-ferry%2F"


def test_more_offers_are_shown_with_price_and_benefits(client: Client, offer: Offer) -> None:
    put_on_sale("magazine", 499, "magazine")
    shown = words(client.get("/subscribe/"))
    assert "$1.99 every 4 weeks" in shown
    assert "$4.99 every 4 weeks" in shown
    assert "Unlimited access to all articles" in shown
    assert "Ad-free reading" in shown
    assert "You support independent journalism" in shown


def test_what_is_not_on_sale_cannot_be_ordered(browser_of_ada: Client, offer: Offer) -> None:
    Offer.objects.update(is_on_sale=False)
    assert browser_of_ada.get("/subscribe/full/").status_code == 404
    assert "nothing to subscribe to" in words(browser_of_ada.get("/subscribe/"))


def order_as_stranger(client: Client, **typed: str) -> Any:
    shown = client.get(f"/subscribe/full/?next={STORY}")
    return client.post("/subscribe/full/", {**fields(shown, "/subscribe/full/"), **typed})


def test_strangers_see_the_terms_and_give_their_address_on_the_same_page(
    client: Client, offer: Offer
) -> None:
    assert DISCLOSURE in words(client.get(f"/subscribe/full/?next={STORY}"))
    answer = order_as_stranger(client, agreed="on", email="cleo@example.org")
    to = urlsplit(answer["Location"])
    assert to.path == "/sign-in/code/"
    assert parse_qs(to.query)["next"] == [f"/subscribe/full/?next={STORY.replace('/', '%2F')}"]
    assert not Subscription.objects.exists()


def test_the_order_goes_on_after_the_code_and_only_once(client: Client, ada: Account, offer: Offer) -> None:
    order_as_stranger(client, agreed="on", email=ada.email)
    client.force_login(ada)  # keeps the session's data, as typing the code does
    answer = client.get(f"/subscribe/full/?next={STORY}")
    assert urlsplit(answer["Location"]).path.startswith("/sandbox/card/")
    assert Consent.objects.get().text.startswith(offer.plan.name)
    again = client.get(f"/subscribe/full/?next={STORY}")
    assert again.status_code == 200
    assert Consent.objects.count() == 1


def test_who_may_have_no_more_codes_types_the_newest_and_the_order_goes_on(
    client: Client, offer: Offer
) -> None:
    for _ in range(5):
        order_as_stranger(client, agreed="on", email="cleo@example.org")
    answer = order_as_stranger(client, agreed="on", email="cleo@example.org")
    assert answer.status_code == 429
    assert "Use the newest one" in words(answer)
    form = page(answer).select_one("form[action='/sign-in/code/']")
    assert form is not None
    assert form.select_one("[name=code]")
    onward = form.select_one("[name=next]")
    assert onward is not None
    client.force_login(Account.objects.create_user("cleo@example.org"))
    assert urlsplit(client.get(onward["value"])["Location"]).path.startswith("/sandbox/card/")


@pytest.mark.parametrize("typed", [{"agreed": "on", "email": "cleo@"}, {"email": "cleo@example.org"}])
def test_what_strangers_typed_is_kept_when_something_is_missing(
    client: Client, offer: Offer, typed: dict[str, str]
) -> None:
    answer = order_as_stranger(client, **typed)
    assert answer.status_code == 422
    kept = page(answer).select_one("input[name=email]")
    box = page(answer).select_one("input[name=agreed]")
    assert kept is not None
    assert box is not None
    assert kept["value"] == typed["email"]
    assert box.has_attr("checked") == ("agreed" in typed)
    assert len(page(answer).select(".field__error")) == 1


def test_the_terms_stand_before_the_button_and_nothing_is_ticked(
    browser_of_ada: Client, offer: Offer
) -> None:
    shown = browser_of_ada.get(f"/subscribe/full/?next={STORY}")
    text = words(shown)
    assert DISCLOSURE in text
    assert "Cancel any time" in text
    assert text.index("Next charge") < text.index("Subscribe and pay $1.99")
    box = page(shown).select_one("input[name=agreed]")
    assert box is not None
    assert not box.has_attr("checked")
    assert "a week" not in text
    assert "no-store" in shown["Cache-Control"]


def test_without_consent_nothing_happens(browser_of_ada: Client, offer: Offer) -> None:
    shown = browser_of_ada.get("/subscribe/full/")
    answer = browser_of_ada.post("/subscribe/full/", {**fields(shown, "/subscribe/full/"), "next": STORY})
    assert answer.status_code == 422
    assert "Please tick this box" in words(answer)
    assert fields(answer, "/subscribe/full/")["next"] == STORY
    assert not Subscription.objects.exists()
    assert not Consent.objects.exists()


def test_terms_that_were_shown_yesterday_are_shown_anew(
    browser_of_ada: Client, offer: Offer, time: Time
) -> None:
    yesterday = fields(browser_of_ada.get("/subscribe/full/"), "/subscribe/full/")
    time.on(days=1)
    answer = browser_of_ada.post("/subscribe/full/", {**yesterday, "agreed": "on"})
    assert answer.status_code == 422
    assert "The terms have changed" in words(answer)
    assert "Monday, 21 December 2026" in words(answer)
    assert not Consent.objects.exists()
    again = browser_of_ada.post("/subscribe/full/", {**fields(answer, "/subscribe/full/"), "agreed": "on"})
    assert again["Location"].startswith("/sandbox/card/")


def test_paying_leads_back_to_the_sentence_where_it_stopped(
    browser_of_ada: Client, offer: Offer, ada: Account, time: Time, mails: list[Any]
) -> None:
    answer = pay(browser_of_ada)
    assert answer["Location"] == f"{STORY}#continue"
    assert "newsstand_pass" in answer.cookies
    consent = Consent.objects.get()
    assert DISCLOSURE in consent.text
    assert ada.email not in consent.text
    time.settle()
    subjects = [mail.subject for mail in mails]
    assert subjects == ["Your subscription: Full access", "Your receipt: $1.99"]
    assert DISCLOSURE in mails[0].body
    for mail in mails:
        assert "/account/subscription/cancel/?link=" in mail.body
    assert "22 November 2026 to 19 December 2026" in mails[1].body
    assert "$1.99 on Sunday, 20 December 2026" in mails[1].body
    assert "no money was taken" in mails[1].body


@pytest.mark.parametrize(
    ("asked", "onward"),
    [
        ("/", "/#continue"),
        (f"{STORY}#continue", f"{STORY}#continue"),
        ("https://evil.example/", "/#continue"),
    ],
)
def test_one_goes_on_to_where_one_came_from(
    browser_of_ada: Client, offer: Offer, asked: str, onward: str
) -> None:
    shown = browser_of_ada.get("/subscribe/full/", {"next": asked})
    to = browser_of_ada.post("/subscribe/full/", {**fields(shown, "/subscribe/full/"), "agreed": "on"})
    back = type_card(browser_of_ada, to["Location"])
    assert browser_of_ada.get(back["Location"])["Location"] == onward


def test_the_same_way_back_twice_charges_once(browser_of_ada: Client, offer: Offer) -> None:
    back = type_card(browser_of_ada, agree(browser_of_ada)["Location"])["Location"]
    for _ in range(3):
        assert browser_of_ada.get(back)["Location"] == f"{STORY}#continue"
    assert Attempt.objects.count() == Invoice.objects.count() == 1


def test_pressing_twice_is_one_order(browser_of_ada: Client, offer: Offer) -> None:
    first, second = agree(browser_of_ada)["Location"], agree(browser_of_ada)["Location"]
    assert first != second
    assert Subscription.objects.count() == Consent.objects.count() == 1
    for card_page in (first, second):
        back = type_card(browser_of_ada, card_page)["Location"]
        assert browser_of_ada.get(back)["Location"] == f"{STORY}#continue"
    assert Attempt.objects.count() == Invoice.objects.count() == 1


def test_who_subscribes_already_cannot_do_it_again(browser_of_ada: Client, offer: Offer) -> None:
    form = fields(browser_of_ada.get(f"/subscribe/full/?next={STORY}"), "/subscribe/full/")
    pay(browser_of_ada)
    for answer in (
        browser_of_ada.get(f"/subscribe/full/?next={STORY}"),
        browser_of_ada.post("/subscribe/full/", {**form, "agreed": "on"}),
    ):
        assert "You already subscribe" in words(answer)
        assert page(answer).select_one(f'a[href="{STORY}"]') is not None
    assert Subscription.objects.count() == 1


def test_a_card_that_is_declined_at_the_charge_loses_nothing(browser_of_ada: Client, offer: Offer) -> None:
    answer = pay(browser_of_ada, DECLINED_AT_CHARGE)
    assert answer.status_code == 200
    assert "Your bank declined this card" in words(answer)
    action = f"/subscribe/card/{Subscription.objects.get().public_id}/"
    again = browser_of_ada.post(action, fields(answer, action))
    back = type_card(browser_of_ada, again["Location"])
    assert browser_of_ada.get(back["Location"])["Location"] == f"{STORY}#continue"
    assert [row.status for row in Attempt.objects.order_by("n")] == ["declined", "succeeded"]
    assert Subscription.objects.get().state == "active"


def test_looking_again_at_a_decline_tries_nothing(browser_of_ada: Client, offer: Offer) -> None:
    back = type_card(browser_of_ada, agree(browser_of_ada)["Location"], DECLINED_AT_CHARGE)["Location"]
    for _ in range(3):
        assert "declined" in words(browser_of_ada.get(back))
    assert Attempt.objects.count() == 1


def test_after_four_declines_it_is_ordered_anew(browser_of_ada: Client, offer: Offer) -> None:
    for _ in range(4):
        answer = pay(browser_of_ada, DECLINED_AT_CHARGE)
    assert "as often as banks allow" in words(answer)
    assert Subscription.objects.count() == 1
    assert pay(browser_of_ada)["Location"] == f"{STORY}#continue"
    assert sorted(Subscription.objects.values_list("state", flat=True)) == ["active", "ended"]


def test_turning_round_at_the_card_page_charges_nothing(browser_of_ada: Client, offer: Offer) -> None:
    agree(browser_of_ada)
    setup = CardSetup.objects.get()
    answer = browser_of_ada.get(f"/subscribe/return/?setup={setup.ref}", follow=True)
    assert "nothing was charged" in words(answer)
    assert DISCLOSURE in words(answer)
    assert not Invoice.objects.exists()


def test_the_bank_asks_and_the_reader_approves(browser_of_ada: Client, offer: Offer) -> None:
    card_page = agree(browser_of_ada)["Location"]
    asked = type_card(browser_of_ada, card_page, ASKS_BANK)["Location"]
    setup_back = browser_of_ada.post(asked, {"answer": "approve"})["Location"] if "secure" in asked else asked
    bank = browser_of_ada.get(setup_back)["Location"]
    assert bank.startswith("/sandbox/secure/")
    back = browser_of_ada.post(bank, {"answer": "approve"})["Location"]
    assert browser_of_ada.get(back)["Location"] == f"{STORY}#continue"
    assert Attempt.objects.get().status == "succeeded"


def test_the_banks_message_settles_it_while_the_reader_comes_back(
    browser_of_ada: Client, offer: Offer, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    card_page = agree(browser_of_ada)["Location"]
    asked = type_card(browser_of_ada, card_page, ASKS_BANK)["Location"]
    setup_back = browser_of_ada.post(asked, {"answer": "approve"})["Location"] if "secure" in asked else asked
    bank = browser_of_ada.get(setup_back)["Location"]
    back = browser_of_ada.post(bank, {"answer": "approve"})["Location"]
    module = import_module("newsstand.office.billing.actions.finish_card")
    open_invoice = module.open_invoice

    def a_worker_is_quicker(**given: Any) -> Any:
        time.settle()
        assert Attempt.objects.get().status == "succeeded"
        return open_invoice(**given)

    monkeypatch.setattr(module, "open_invoice", a_worker_is_quicker)
    assert browser_of_ada.get(back)["Location"] == f"{STORY}#continue"


def test_the_bank_asks_and_the_reader_does_not_approve(browser_of_ada: Client, offer: Offer) -> None:
    card_page = agree(browser_of_ada)["Location"]
    asked = type_card(browser_of_ada, card_page, ASKS_BANK)["Location"]
    setup_back = browser_of_ada.post(asked, {"answer": "approve"})["Location"] if "secure" in asked else asked
    bank = browser_of_ada.get(setup_back)["Location"]
    waiting = browser_of_ada.get(f"{setup_back}&charge=later")
    assert "wants you to approve" in words(waiting)
    back = browser_of_ada.post(bank, {"answer": "reject"})["Location"]
    assert "not approved" in words(browser_of_ada.get(back))
    assert Subscription.objects.get().state == "pending"


def test_another_readers_setup_is_not_found(browser_of_ada: Client, offer: Offer, client: Client) -> None:
    agree(browser_of_ada)
    ben = Account.objects.create_user("ben@example.org")
    stranger = Client()
    stranger.force_login(ben)
    assert stranger.get(f"/subscribe/return/?setup={CardSetup.objects.get().ref}").status_code == 404
    assert stranger.get("/subscribe/return/").status_code == 404
    public_id = Subscription.objects.get().public_id
    assert stranger.post(f"/subscribe/card/{public_id}/").status_code == 404


# --- the account ---


def test_the_account_shows_plan_next_charge_and_receipts(
    browser_of_ada: Client, offer: Offer, time: Time
) -> None:
    pay(browser_of_ada)
    time.pass_by(days=30)
    account = browser_of_ada.get("/account/")
    text = words(account)
    assert "Full access" in text
    assert "Next charge $1.99 on Sunday, 17 January 2027" in text
    assert "Visa •••• 4242" in text
    receipts = re.findall(r'href="(/account/receipts/[^"]+)"', account.content.decode())
    assert len(receipts) == len(set(receipts)) == 2
    receipt = words(browser_of_ada.get(receipts[0]))
    assert "20 December 2026 to 16 January 2027" in receipt
    assert "$1.99" in receipt
    assert "no money was taken" in receipt
    stranger = Client()
    assert stranger.get(receipts[0])["Location"].startswith("/sign-in/")
    stranger.force_login(Account.objects.create_user("ben@example.org"))
    assert stranger.get(receipts[0]).status_code == 404
    assert "You do not subscribe" in words(stranger.get("/account/"))


def test_another_card_pays_from_now_on(browser_of_ada: Client, offer: Offer, time: Time) -> None:
    pay(browser_of_ada)
    to = browser_of_ada.post("/account/subscription/card/")["Location"]
    back = type_card(browser_of_ada, to, "5555555555554444")["Location"]
    assert browser_of_ada.get(back)["Location"] == "/account/"
    assert "Mastercard •••• 4444" in words(browser_of_ada.get("/account/"))
    assert Attempt.objects.count() == 1
    time.pass_by(days=29)
    assert Attempt.objects.latest("pk").payment_method.last4 == "4444"


def test_a_failed_payment_is_put_right_with_another_card(
    browser_of_ada: Client, ada: Account, offer: Offer, time: Time
) -> None:
    subscription = subscribe(ada, offer, name="SIM PAYS 1")
    time.pass_by(days=28)
    text = words(browser_of_ada.get("/account/"))
    assert "did not go through" in text
    assert "Wednesday, 30 December 2026" in text
    again = browser_of_ada.post("/account/subscription/pay/")
    assert "not enough money" in words(again)
    to = browser_of_ada.post("/account/subscription/card/")["Location"]
    back = type_card(browser_of_ada, to)["Location"]
    assert browser_of_ada.get(back)["Location"] == "/account/"
    subscription.refresh_from_db()
    assert subscription.state == "active"
    assert "did not go through" not in words(browser_of_ada.get("/account/"))
    time.settle()
    assert Attempt.objects.filter(status="succeeded").count() == 2


# --- cancelling ---


def test_cancelling_takes_two_pages_and_no_reason(
    browser_of_ada: Client, offer: Offer, time: Time, mails: list[Any]
) -> None:
    pay(browser_of_ada)
    link = page(browser_of_ada.get("/account/")).find("a", string="Cancel my subscription")
    assert link is not None
    confirm = browser_of_ada.get(str(link["href"]))
    assert "Sunday, 20 December 2026" in words(confirm)
    assert not page(confirm).select("textarea, select, input:not([type=hidden])")
    done = browser_of_ada.post(
        "/account/subscription/cancel/", fields(confirm, "/account/subscription/cancel/"), follow=True
    )
    assert "Your subscription is cancelled" in words(done)
    assert "You can read until the end of Sunday, 20 December 2026" in words(done)
    time.settle()
    assert mails[-1].subject == "Your subscription is cancelled"
    assert "22 November 2026, 12:" in mails[-1].body
    assert "You read until the end of Sunday, 20 December 2026" in words(browser_of_ada.get("/account/"))
    kept = browser_of_ada.post(
        "/account/subscription/keep/", fields(done, "/account/subscription/keep/"), follow=True
    )
    assert "Your subscription goes on" in words(kept)
    assert "Next charge" in words(browser_of_ada.get("/account/"))


def test_the_link_in_a_mail_cancels_without_signing_in(ada: Account, offer: Offer, time: Time) -> None:
    subscription, stranger = subscribe(ada, offer), Client()
    address = urlsplit(links.cancel_link(subscription))
    confirm = stranger.get(f"{address.path}?{address.query}")
    assert ada.email not in words(confirm)
    form = fields(confirm, "/account/subscription/cancel/")
    for _ in range(2):
        done = stranger.post("/account/subscription/cancel/", form, follow=True)
        assert "Your subscription is cancelled" in words(done)
    time.settle()
    assert SentNotice.objects.filter(key__startswith="billing.cancelled").count() == 1
    assert AuditRow.objects.filter(verb="cancel_subscription").count() == 1


def test_a_link_that_is_not_ours_cancels_nothing(ada: Account, offer: Offer) -> None:
    subscription, stranger = subscribe(ada, offer), Client()
    for link in ("", "nonsense", links.cancel_token(subscription)[:-2], "a:b:c"):
        answer = stranger.post("/account/subscription/cancel/", {"link": link})
        assert answer.status_code in {302, 404}
    subscription.refresh_from_db()
    assert not subscription.is_cancelled
    assert not AuditRow.objects.filter(verb="cancel_subscription").exists()


def test_who_has_nothing_to_cancel_is_told_so(browser_of_ada: Client, offer: Offer) -> None:
    assert "nothing to cancel" in words(browser_of_ada.get("/account/subscription/cancel/"))
    assert Client().get("/account/subscription/cancel/")["Location"].startswith("/sign-in/")
