"""The card page: what each test card does there, what is kept of bad input, and what is stored."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.core.serializers import serialize
from django.http import HttpResponse
from django.test import Client

from newsstand.office.billing.gateways.base import (
    ActionRequired,
    AlreadySucceeded,
    Declined,
    Initiator,
    NewCharge,
    Outcome,
    SetupIncomplete,
    Succeeded,
)
from newsstand.office.billing.gateways.sandbox import models
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import CardSetup, Event, Method
from newsstand.office.billing.gateways.sandbox.scenarios import CARDS
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.money import Money
from tests.office.billing.gateways.harness import NOW
from tests.office.billing.gateways.sandbox.conftest import RETURN, TERMS

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])
GATEWAY = SandboxGateway()
GOOD = {"number": "4242 4242 4242 4242", "name": "Ada Quay", "expiry": "04/34", "cvc": "123"}


def page(answer: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def send(bank: Client, setup: CardSetup, **typed: str) -> HttpResponse:
    answer: HttpResponse = bank.post(f"/sandbox/card/{setup.ref}/", {**GOOD, **typed})
    return answer


def value_of(answer: HttpResponse, name: str) -> str | None:
    field = page(answer).select_one(f"input[name={name}]")
    assert field is not None
    value = field.get("value")
    return None if value is None else str(value)


def error_beside(answer: HttpResponse, name: str) -> str:
    field = page(answer).select_one(f"input[name={name}]")
    assert field is not None
    box = field.find_parent(class_="field")
    assert box is not None
    error = box.select_one(".field__error")
    return error.get_text(" ", strip=True) if error else ""


def charge(setup: CardSetup, by: Initiator = Initiator.READER, ref: str = "i1") -> Outcome:
    card = GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)
    opened = GATEWAY.open_charge(
        charge=NewCharge(ref, Money(199, "USD"), setup.customer.ref, "The Harbour Light"), now=NOW
    )
    answer = GATEWAY.attempt(
        charge_ref=opened,
        payment_method=card.ref,
        key=f"key {ref}",
        initiator=by,
        return_url="/subscribe/done/",
        now=NOW,
    )
    assert isinstance(answer, Outcome)
    return answer


class TestThePage:
    def test_it_says_what_is_charged_and_that_no_money_is_taken(self, bank: Client, setup: CardSetup) -> None:
        answer = bank.get(f"/sandbox/card/{setup.ref}/")
        text = page(answer).get_text(" ", strip=True)
        assert answer.status_code == 200
        assert TERMS in text
        assert "no money is taken here" in text
        assert "Subscribe and pay $1.99" in text
        assert "no-store" in answer["Cache-Control"]

    def test_it_lists_the_cards_that_can_be_tried(self, bank: Client, setup: CardSetup) -> None:
        text = page(bank.get(f"/sandbox/card/{setup.ref}/")).select_one("details").get_text(" ", strip=True)
        assert "4000 0027 6000 3184 Visa: wants an approval for every payment" in text
        assert "SIM DECLINE <n> is declined so many times, and then pays" in text

    def test_it_needs_no_script(self, bank: Client, setup: CardSetup) -> None:
        assert not page(bank.get(f"/sandbox/card/{setup.ref}/")).select("script")

    def test_the_way_back_keeps_the_order(self, bank: Client, setup: CardSetup) -> None:
        link = page(bank.get(f"/sandbox/card/{setup.ref}/")).find("a", string=re.compile("Go back"))
        assert link is not None
        parts = urlsplit(str(link["href"]))
        assert parts.path == urlsplit(RETURN).path
        assert parse_qs(parts.query) == {"next": ["/harbour/boat/"], "setup": [setup.ref]}
        with pytest.raises(SetupIncomplete):
            GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)

    def test_an_unknown_setup_is_not_found(self, bank: Client, setup: CardSetup) -> None:
        assert bank.get("/sandbox/card/nothing/").status_code == 404
        assert bank.post("/sandbox/card/nothing/", GOOD).status_code == 404

    def test_a_post_without_the_token_is_refused(self, bank: Client, setup: CardSetup) -> None:
        strict = Client(enforce_csrf_checks=True)
        assert strict.post(f"/sandbox/card/{setup.ref}/", GOOD).status_code == 403
        assert not Method.objects.exists()


class TestGoodCards:
    @pytest.mark.parametrize(
        ("number", "brand", "last4"),
        [
            ("4242424242424242", "Visa", "4242"),
            ("5555-5555-5555-4444", "Mastercard", "4444"),
            ("3782 822463 10005", "American Express", "0005"),
        ],
    )
    def test_a_good_card_is_saved_and_pays(
        self, bank: Client, setup: CardSetup, number: str, brand: str, last4: str
    ) -> None:
        answer = send(bank, setup, number=number)
        assert answer.status_code == 302
        assert answer["Location"] == f"/subscribe/full/?next=%2Fharbour%2Fboat%2F&setup={setup.ref}"
        card = GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)
        assert (card.brand, card.last4, card.exp_month, card.exp_year) == (brand, last4, 4, 2034)
        assert card.mandate_ref == "consent-1"
        assert isinstance(charge(setup), Succeeded)

    def test_sending_twice_saves_one_card(self, bank: Client, setup: CardSetup) -> None:
        assert send(bank, setup)["Location"] == send(bank, setup, number="5555555555554444")["Location"]
        assert bank.get(f"/sandbox/card/{setup.ref}/").status_code == 302
        assert [method.last4 for method in Method.objects.all()] == ["4242"]

    @pytest.mark.parametrize("expiry", ["4/34", "04 / 34", "0434", "04/2034", "04-34", " 04/34 "])
    def test_an_expiry_may_be_typed_as_people_do(self, bank: Client, setup: CardSetup, expiry: str) -> None:
        send(bank, setup, expiry=expiry)
        card = GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)
        assert (card.exp_month, card.exp_year) == (4, 2034)

    def test_a_card_is_good_to_the_end_of_its_month(self, bank: Client, setup: CardSetup) -> None:
        assert send(bank, setup, expiry="11/26").status_code == 302

    def test_neither_number_nor_code_nor_name_is_stored(self, bank: Client, setup: CardSetup) -> None:
        send(bank, setup, cvc="987", name="Ada Quay")
        charge(setup)
        kept = "".join(
            serialize("json", model.objects.all())
            for model in (models.Method, models.CardSetup, models.Charge, models.Attempt, models.Event)
        )
        assert "424242424242" not in kept
        assert "987" not in re.sub(r"[0-9a-f]{32}|17\d{8}", "", kept)
        assert "Ada" not in kept


REFUSED = [
    ("4000 0000 0000 0002", "number", "Your bank declined this card"),
    ("4000 0000 0000 9995", "number", "not enough money"),
    ("4000 0000 0000 9987", "number", "does not accept payments with this card"),
    ("4000 0000 0000 9979", "number", "does not accept payments with this card"),
    ("4000 0000 0000 0069", "expiry", "has expired"),
    ("4000 0000 0000 0127", "cvc", "security code is wrong"),
    ("4000 0000 0000 0119", "number", "went wrong"),
]


class TestRefusedCards:
    @pytest.mark.parametrize(("number", "field", "words"), REFUSED)
    def test_a_card_the_bank_refuses_says_so_beside_the_field_and_loses_nothing(
        self, bank: Client, setup: CardSetup, number: str, field: str, words: str
    ) -> None:
        answer = send(bank, setup, number=number)
        assert answer.status_code == 422
        assert words in error_beside(answer, field)
        assert value_of(answer, "name") == "Ada Quay"
        assert value_of(answer, "expiry") == "04/34"
        assert value_of(answer, "number") is None
        assert value_of(answer, "cvc") is None
        assert "Nothing was charged" in answer.content.decode()
        shown = page(answer)
        shown.select_one("details").decompose()  # the list of all test cards
        assert number.replace(" ", "") not in str(shown).replace(" ", "")
        assert not Method.objects.exists()
        assert send(bank, setup).status_code == 302, "another card can be typed at once"
        assert isinstance(charge(setup), Succeeded)

    def test_a_card_that_is_declined_only_when_charged(self, bank: Client, setup: CardSetup) -> None:
        assert send(bank, setup, number="4000000000000341").status_code == 302
        answer = charge(setup)
        assert isinstance(answer, Declined)
        assert (answer.code, answer.cause) == ("generic_decline", DeclineClass.SOFT)


class TestBadInput:
    @pytest.mark.parametrize(
        ("typed", "field", "words"),
        [
            ({"number": ""}, "number", "type the number"),
            ({"number": "12"}, "number", "12 to 19 digits"),
            ({"number": "4242 4242 4242 424x"}, "number", "12 to 19 digits"),
            ({"number": "4539148803436467"}, "number", "not one of the test cards"),
            ({"name": ""}, "name", "type the name"),
            ({"name": "SIM JACKPOT"}, "name", "SIM TIMEOUT SUCCESS"),
            ({"expiry": ""}, "expiry", "month and the year"),
            ({"expiry": "13/34"}, "expiry", "such as 04/29"),
            ({"expiry": "soon"}, "expiry", "such as 04/29"),
            ({"expiry": "10/26"}, "expiry", "has expired"),
            ({"cvc": ""}, "cvc", "type the security code"),
            ({"cvc": "12"}, "cvc", "3 or 4 digits"),
            ({"cvc": "abc"}, "cvc", "3 or 4 digits"),
        ],
    )
    def test_a_clear_sentence_beside_the_field_and_nothing_lost(
        self, bank: Client, setup: CardSetup, typed: dict[str, str], field: str, words: str
    ) -> None:
        answer = send(bank, setup, **typed)
        sent = {**GOOD, **typed}
        assert answer.status_code == 422
        assert words in error_beside(answer, field)
        for name in ("name", "expiry"):
            assert (value_of(answer, name) or "") == sent[name]
        for name in ("number", "cvc"):
            assert value_of(answer, name) is None
        assert not Method.objects.exists()

    def test_what_is_typed_cannot_become_markup(self, bank: Client, setup: CardSetup) -> None:
        answer = send(bank, setup, name='"><b>x', number="1")
        assert not page(answer).select("b")
        assert value_of(answer, "name") == '"><b>x'


class TestApprovals:
    def secure_page(self, bank: Client, setup: CardSetup, number: str) -> str:
        answer = send(bank, setup, number=number)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sandbox/secure/")
        with pytest.raises(SetupIncomplete):
            GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)
        return answer["Location"]

    def test_approved_at_setup_pays_without_asking_again(self, bank: Client, setup: CardSetup) -> None:
        secure = self.secure_page(bank, setup, "4000002500003155")
        assert "Do you approve" in bank.get(secure).content.decode()
        answer = bank.post(secure, {"answer": "approve"})
        assert answer["Location"].endswith(f"setup={setup.ref}")
        assert isinstance(charge(setup), Succeeded)
        assert isinstance(charge(setup, Initiator.MERCHANT, "i2"), Succeeded)

    def test_not_approved_leads_back_to_the_card_with_nothing_lost(
        self, bank: Client, setup: CardSetup
    ) -> None:
        secure = self.secure_page(bank, setup, "4000002500003155")
        answer = bank.post(secure, {"answer": "reject"}, follow=True)
        assert answer.redirect_chain[-1][0] == f"/sandbox/card/{setup.ref}/?refused=1"
        assert "was not approved" in answer.content.decode()
        assert (value_of(answer, "name"), value_of(answer, "expiry")) == ("Ada Quay", "04/34")
        assert send(bank, setup).status_code == 302
        assert isinstance(charge(setup), Succeeded)

    def test_an_answer_counts_once(self, bank: Client, setup: CardSetup) -> None:
        secure = self.secure_page(bank, setup, "4000002500003155")
        bank.post(secure, {"answer": "reject"})
        bank.post(secure, {"answer": "approve"})
        with pytest.raises(SetupIncomplete):
            GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)

    def test_leaving_the_question_open_leads_back_to_the_card(self, bank: Client, setup: CardSetup) -> None:
        secure = self.secure_page(bank, setup, "4000002500003155")
        link = page(bank.get(secure)).find("a", string=re.compile("Go back"))
        assert link is not None
        assert link["href"] == f"/sandbox/card/{setup.ref}/"
        answer = bank.get(str(link["href"]))
        assert value_of(answer, "name") == "Ada Quay"
        assert send(bank, setup).status_code == 302

    def test_an_answer_that_comes_too_late_saves_nothing(
        self, bank: Client, setup: CardSetup, site_time: dict[str, int]
    ) -> None:
        secure = self.secure_page(bank, setup, "4000002500003155")
        site_time["now"] += 3600
        assert "The time to answer is over" in bank.get(secure).content.decode()
        bank.post(secure, {"answer": "approve"})
        with pytest.raises(SetupIncomplete):
            GATEWAY.finish_setup(setup_ref=setup.ref, now=site_time["now"])

    @pytest.mark.parametrize(
        ("number", "answered", "code"),
        [
            ("4000002760003184", "approve", ""),
            ("4000002760003184", "reject", "authentication_failed"),
            ("4000008260003178", "approve", "insufficient_funds"),
        ],
    )
    def test_a_payment_is_approved_at_the_bank(
        self, bank: Client, setup: CardSetup, number: str, answered: str, code: str
    ) -> None:
        bank.post(self.secure_page(bank, setup, number), {"answer": "approve"})
        asked = charge(setup)
        assert isinstance(asked, ActionRequired)
        assert "payment of $1.99 to The Harbour Light" in bank.get(asked.url).content.decode()
        answer = bank.post(asked.url, {"answer": answered})
        assert answer["Location"] == f"/subscribe/done/?charge={asked.charge_ref}"
        assert bank.get(asked.url)["Location"] == answer["Location"]
        found = GATEWAY.lookup_charge(ref="i1", now=NOW)
        assert isinstance(found, Declined if code else Succeeded)
        if isinstance(found, Declined):
            assert found.code == code


class TestLaterThings:
    def kinds(self, until: int) -> list[str]:
        return [event.kind.value for event in GATEWAY.events_since(cursor="", until=until).events]

    def test_a_disputed_payment(self, bank: Client, setup: CardSetup) -> None:
        send(bank, setup, number="4000000000000259")
        assert isinstance(charge(setup), Succeeded)
        assert self.kinds(NOW) == ["charge.succeeded", "dispute.opened"]

    @pytest.mark.parametrize(
        ("number", "told"),
        [
            ("4000000000007726", ["charge.succeeded", "refund.pending", "refund.succeeded"]),
            ("4000000000005126", ["charge.succeeded", "refund.succeeded", "refund.failed"]),
        ],
    )
    def test_refunds_that_take_their_time(
        self, bank: Client, setup: CardSetup, number: str, told: list[str]
    ) -> None:
        send(bank, setup, number=number)
        paid = charge(setup)
        assert isinstance(paid, Succeeded)
        GATEWAY.refund(charge_ref=paid.charge_ref, amount=Money(199, "USD"), key="r", now=NOW)
        assert self.kinds(NOW) == told[:-1]
        later = NOW + 2 * 86_400
        assert self.kinds(later) == told
        found = GATEWAY.lookup_refund(key="r", now=later)
        assert getattr(found, "state", None) == told[-1].removeprefix("refund.")
        again = GATEWAY.refund(charge_ref=paid.charge_ref, amount=Money(199, "USD"), key="r2", now=later)
        assert hasattr(again, "state") == (told[-1] == "refund.failed"), "what came back can be given again"


class TestNamesThatAskForAMood:
    def outcomes(self, bank: Client, setup: CardSetup, name: str, times: int) -> list[str]:
        send(bank, setup, name=name)
        return [type(charge(setup, Initiator.MERCHANT, f"i{n}")).__name__ for n in range(times)]

    @pytest.mark.parametrize(
        ("name", "outcomes"),
        [
            ("sim decline 2", ["Declined", "Declined", "Succeeded", "Succeeded"]),
            ("SIM PAYS 1", ["Succeeded", "Declined", "Declined"]),
            ("SIM REVOKED", ["Succeeded", "Declined"]),
            ("SIM FORGETS", ["Succeeded", "Succeeded"]),
            ("SIM ERROR ONCE", ["Unknown", "Succeeded", "Succeeded"]),
            ("SIM TIMEOUT", ["Unknown", "Unknown"]),
            ("Simone Quay", ["Succeeded"]),
        ],
    )
    def test_moods(self, bank: Client, setup: CardSetup, name: str, outcomes: list[str]) -> None:
        assert self.outcomes(bank, setup, name, len(outcomes)) == outcomes

    def test_an_error_of_the_server_charges_nothing_and_the_same_key_then_pays(
        self, bank: Client, setup: CardSetup
    ) -> None:
        send(bank, setup, name="SIM ERROR ONCE")
        assert type(charge(setup)).__name__ == "Unknown"
        assert not Event.objects.exists()
        assert isinstance(charge(setup), Succeeded)

    @pytest.mark.parametrize(("name", "seconds"), [("SIM FORGETS", 60), ("SIM FORGETS 3600", 3600)])
    def test_a_bank_that_forgets_keys_still_charges_once(
        self, bank: Client, setup: CardSetup, name: str, seconds: int
    ) -> None:
        send(bank, setup, name=name)
        paid = charge(setup)
        assert isinstance(paid, Succeeded)
        card = GATEWAY.finish_setup(setup_ref=setup.ref, now=NOW)
        answers = [
            GATEWAY.attempt(
                charge_ref=paid.charge_ref,
                payment_method=card.ref,
                key="key i1",
                initiator=Initiator.MERCHANT,
                return_url="",
                now=now,
            )
            for now in (NOW + seconds, NOW + seconds + 1)
        ]
        assert answers == [paid, AlreadySucceeded(paid.charge_ref)]
        told = GATEWAY.events_since(cursor="", until=NOW + 9999).events
        assert [event.kind.value for event in told] == ["charge.succeeded"]

    def test_a_revoked_mandate_is_told(self, bank: Client, setup: CardSetup) -> None:
        self.outcomes(bank, setup, "SIM REVOKED", 2)
        told = GATEWAY.events_since(cursor="", until=NOW).events
        assert [event.kind.value for event in told] == [
            "charge.succeeded",
            "mandate.revoked",
            "charge.failed",
        ]
        assert (told[-1].code, told[-1].cause) == ("mandate_revoked", DeclineClass.HARD)

    def test_a_reversal_after_ten_days(self, bank: Client, setup: CardSetup) -> None:
        self.outcomes(bank, setup, "SIM REVERSAL", 1)
        day = 86_400
        told = [
            event.kind.value for event in GATEWAY.events_since(cursor="", until=NOW + 10 * day - 1).events
        ]
        assert told == ["charge.succeeded"]
        told = [event.kind.value for event in GATEWAY.events_since(cursor="", until=NOW + 10 * day).events]
        assert told == ["charge.succeeded", "dispute.opened", "dispute.lost"]


def test_the_numbers_are_card_numbers() -> None:
    """By the check digit, as every card form tests it."""
    for number in CARDS:
        digits = [int(digit) for digit in reversed(number)]
        doubled = [digit * 2 - (9 if digit > 4 else 0) for digit in digits[1::2]]
        assert (sum(digits[::2]) + sum(doubled)) % 10 == 0, number
