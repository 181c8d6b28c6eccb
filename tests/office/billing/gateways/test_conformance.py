"""What every gateway must keep to. One class, run on each gateway that the harness knows."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsstand.office.billing import gateways
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.base import (
    ActionRequired,
    AlreadySucceeded,
    Attempted,
    Canceled,
    Declined,
    Initiator,
    NewCharge,
    NotFound,
    Open,
    Processing,
    Refund,
    RefundRefused,
    RefundState,
    Succeeded,
    Unknown,
)
from newsstand.office.billing.gateways.declines import sentence
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money
from tests.office.billing.gateways.harness import HARNESSES, MANDATE, NOW, Harness

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])
PRICE = Money(199, "USD")


@pytest.fixture(params=sorted(HARNESSES))
def harness(request: pytest.FixtureRequest) -> Harness:
    return HARNESSES[request.param]()


class Bench:
    """A customer at a gateway, and short ways to what the tests do most."""

    def __init__(self, harness: Harness) -> None:
        self.harness, self.gateway = harness, harness.gateway
        self.customer = self.gateway.ensure_customer(reader_ref="r1", email="ada@example.org", now=NOW)

    def open(self, ref: str = "invoice-1", amount: Money = PRICE) -> str:
        charge = NewCharge(ref, amount, self.customer, "The Harbour Light", {"period": "0"})
        return self.gateway.open_charge(charge=charge, now=NOW)

    def card(self, mood: str) -> str:
        return self.harness.card(self.customer, mood).ref

    def attempt(
        self, charge: str, card: str, key: str = "key-1", by: Initiator = Initiator.READER, now: int = NOW
    ) -> Attempted:
        return self.gateway.attempt(
            charge_ref=charge, payment_method=card, key=key, initiator=by, return_url="/done/", now=now
        )

    def paid(self, amount: Money = PRICE) -> str:
        charge = self.open(amount=amount)
        assert isinstance(self.attempt(charge, self.card("pays")), Succeeded)
        return charge

    def told(self, until: int = NOW) -> list[GatewayEvent]:
        return list(self.gateway.events_since(cursor="", until=until).events)


@pytest.fixture
def bench(harness: Harness) -> Iterator[Bench]:
    return Bench(harness)


def test_every_gateway_is_tested() -> None:
    (place,) = gateways.__path__
    folders = {entry.name for entry in Path(place).iterdir() if (entry / "__init__.py").exists()}
    assert folders == set(HARNESSES)


class TestWhatItSaysOfItself:
    """Its capabilities are true; those that need something to happen first are asked where it happens."""

    def test_it_has_the_name_that_its_news_bear(self, bench: Bench) -> None:
        bench.paid()
        assert {event.gateway for event in bench.told()} == {bench.gateway.name}

    def test_it_may_run_here(self, bench: Bench) -> None:
        assert bench.gateway.refusal() == ""

    def test_a_key_is_remembered_as_long_as_it_says(self, bench: Bench) -> None:
        charge, card = bench.open(), bench.card("declined")
        declined = bench.attempt(charge, card)
        last = NOW + bench.gateway.capabilities.idempotency_window
        assert bench.attempt(charge, bench.card("pays"), now=last) == declined

    def test_it_approves_by_itself_or_asks(self, bench: Bench) -> None:
        answer = bench.attempt(bench.open(), bench.card("asks"))
        assert isinstance(answer, ActionRequired) == bench.gateway.capabilities.sca

    def test_a_bank_that_settles_later_says_so(self, bench: Bench) -> None:
        answer = bench.attempt(bench.open(), bench.card("pays"))
        assert isinstance(answer, Processing) == bench.gateway.capabilities.async_settlement

    def test_a_part_comes_back_where_it_says_so(self, bench: Bench) -> None:
        charge = bench.paid()
        answer = bench.gateway.refund(charge_ref=charge, amount=Money(1, "USD"), key="r1", now=NOW)
        assert isinstance(answer, Refund) == bench.gateway.capabilities.partial_refund

    def test_without_an_intent_there_would_be_two_charges(self, bench: Bench) -> None:
        assert (bench.open() == bench.open()) == bench.gateway.capabilities.intent_object

    def test_it_has_a_list_where_it_says_so(self, bench: Bench) -> None:
        bench.paid()
        assert bool(bench.told()) == bench.gateway.capabilities.list_since


class TestSaving:
    def test_a_reader_is_one_customer(self, bench: Bench) -> None:
        again = bench.gateway.ensure_customer(reader_ref="r1", email="new@example.org", now=NOW)
        other = bench.gateway.ensure_customer(reader_ref="r2", email="ada@example.org", now=NOW)
        assert again == bench.customer != other

    def test_a_saved_card_is_known_by_all_but_its_number(self, bench: Bench) -> None:
        card = bench.harness.card(bench.customer, "pays")
        assert card.ref
        assert card.brand
        assert re.fullmatch("[0-9]{4}", card.last4)
        assert 1 <= card.exp_month <= 12
        assert card.exp_year >= 2026
        assert card.mandate_ref == MANDATE.consent_ref

    def test_the_same_card_saved_twice_has_one_fingerprint(self, bench: Bench) -> None:
        first, again = (bench.harness.card(bench.customer, "pays") for _time in range(2))
        other = bench.harness.card(bench.customer, "declined")
        assert first.fingerprint == again.fingerprint != other.fingerprint
        assert first.ref != again.ref

    def test_who_turns_round_has_no_card(self, bench: Bench) -> None:
        setup = bench.gateway.begin_setup(
            customer=bench.customer, return_url="/done/", mandate=MANDATE, now=NOW
        )
        assert setup.redirect_url
        with pytest.raises(base.SetupIncomplete):
            bench.gateway.finish_setup(setup_ref=setup.ref, now=NOW)

    def test_a_stranger_saves_no_card(self, bench: Bench) -> None:
        with pytest.raises(base.GatewayError):
            bench.gateway.begin_setup(customer="nobody", return_url="/", mandate=MANDATE, now=NOW)

    def test_a_setup_that_never_was_is_refused(self, bench: Bench) -> None:
        with pytest.raises(base.GatewayError):
            bench.gateway.finish_setup(setup_ref="nothing", now=NOW)

    def test_a_forgotten_card_pays_no_more(self, bench: Bench) -> None:
        card = bench.card("pays")
        bench.gateway.forget(payment_method=card, now=NOW)
        bench.gateway.forget(payment_method=card, now=NOW)
        answer = bench.attempt(bench.open(), card)
        assert isinstance(answer, Declined)
        assert answer.cause is DeclineClass.HARD
        assert [event.kind for event in bench.told()].count(Kind.METHOD_DETACHED) == 1


class TestCharging:
    def test_a_good_card_pays(self, bench: Bench) -> None:
        charge = bench.open()
        answer = bench.attempt(charge, bench.card("pays"))
        assert isinstance(answer, Succeeded)
        assert (answer.charge_ref, answer.amount, answer.at) == (charge, PRICE, NOW)
        assert answer.fee is None or Money(0, "USD") < answer.fee < PRICE
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == answer

    def test_the_same_reference_twice_is_one_charge(self, bench: Bench) -> None:
        assert bench.open() == bench.open()
        assert bench.open("invoice-2") != bench.open()

    def test_the_same_reference_for_another_amount_is_refused(self, bench: Bench) -> None:
        bench.open()
        with pytest.raises(base.GatewayError):
            bench.open(amount=Money(299, "USD"))

    def test_the_same_key_twice_is_one_attempt(self, bench: Bench) -> None:
        charge, card = bench.open(), bench.card("pays")
        assert bench.attempt(charge, card) == bench.attempt(charge, card, now=NOW + 99)
        assert [event.kind for event in bench.told(NOW + 99)].count(Kind.CHARGE_SUCCEEDED) == 1

    def test_the_same_key_gives_the_same_decline_again(self, bench: Bench) -> None:
        charge = bench.open()
        declined = bench.attempt(charge, bench.card("declined"))
        assert isinstance(declined, Declined)
        assert declined.cause is DeclineClass.SOFT
        assert declined.code
        assert sentence(declined.code, declined.cause)
        assert bench.attempt(charge, bench.card("pays")) == declined, (
            "a key stands for one try, whatever else"
        )

    def test_success_after_success_is_refused(self, bench: Bench) -> None:
        charge = bench.paid()
        assert bench.attempt(charge, bench.card("pays"), "key-2") == AlreadySucceeded(charge)
        assert [event.kind for event in bench.told()].count(Kind.CHARGE_SUCCEEDED) == 1

    def test_another_card_pays_what_one_refused(self, bench: Bench) -> None:
        charge = bench.open()
        assert isinstance(bench.attempt(charge, bench.card("declined")), Declined)
        assert isinstance(bench.attempt(charge, bench.card("pays"), "key-2"), Succeeded)
        assert isinstance(bench.gateway.lookup_charge(ref="invoice-1", now=NOW), Succeeded)

    def test_a_charge_can_be_looked_up_at_any_time(self, bench: Bench) -> None:
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == NotFound("invoice-1")
        charge = bench.open()
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == Open(charge)
        declined = bench.attempt(charge, bench.card("declined"))
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == declined

    def test_a_cancelled_charge_takes_nothing(self, bench: Bench) -> None:
        charge = bench.open()
        assert bench.gateway.cancel_charge(charge_ref=charge, now=NOW) == Canceled(charge)
        assert bench.gateway.cancel_charge(charge_ref=charge, now=NOW) == Canceled(charge)
        assert bench.attempt(charge, bench.card("pays")) == Canceled(charge)
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == Canceled(charge)

    def test_it_is_too_late_to_cancel_what_is_paid(self, bench: Bench) -> None:
        charge = bench.paid()
        assert bench.gateway.cancel_charge(charge_ref=charge, now=NOW) == AlreadySucceeded(charge)

    def test_references_that_were_never_given_are_refused(self, bench: Bench) -> None:
        stranger = bench.gateway.ensure_customer(reader_ref="r2", email="b@example.org", now=NOW)
        with pytest.raises(base.GatewayError):
            bench.attempt("nothing", bench.card("pays"))
        with pytest.raises(base.GatewayError):
            bench.attempt(bench.open(), bench.harness.card(stranger, "pays").ref)
        with pytest.raises(base.GatewayError):
            bench.gateway.open_charge(charge=NewCharge("i", PRICE, "nobody", "x"), now=NOW)


class TestLostAnswers:
    def test_a_lost_answer_is_unknown_and_found_by_lookup(self, bench: Bench) -> None:
        charge, card = bench.open(), bench.card("loses_answer")
        assert isinstance(bench.attempt(charge, card), Unknown)
        found = bench.gateway.lookup_charge(ref="invoice-1", now=NOW)
        assert isinstance(found, Succeeded)
        assert isinstance(bench.attempt(charge, card), Unknown)
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW + 9) == found
        assert [event.kind for event in bench.told()].count(Kind.CHARGE_SUCCEEDED) == 1

    def test_a_request_that_never_arrived_took_nothing(self, bench: Bench) -> None:
        charge = bench.open()
        assert isinstance(bench.attempt(charge, bench.card("never_answers")), Unknown)
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == Open(charge)


class TestApproval:
    def asked(self, bench: Bench) -> ActionRequired:
        if not bench.gateway.capabilities.sca:
            pytest.skip("this gateway asks for no approval")
        answer = bench.attempt(bench.open(), bench.card("asks"))
        assert isinstance(answer, ActionRequired)
        assert answer.expires_at > NOW
        return answer

    def test_an_approved_charge_pays(self, bench: Bench) -> None:
        asked = self.asked(bench)
        assert bench.gateway.lookup_charge(ref="invoice-1", now=NOW) == asked
        bench.harness.answer_the_bank(asked.charge_ref, is_approved=True, now=NOW + 60)
        found = bench.gateway.lookup_charge(ref="invoice-1", now=NOW + 60)
        assert isinstance(found, Succeeded)
        assert found.at == NOW + 60

    def test_a_charge_that_is_not_approved_is_declined(self, bench: Bench) -> None:
        asked = self.asked(bench)
        bench.harness.answer_the_bank(asked.charge_ref, is_approved=False, now=NOW + 60)
        found = bench.gateway.lookup_charge(ref="invoice-1", now=NOW + 60)
        assert isinstance(found, Declined)
        assert found.cause is DeclineClass.AUTH

    def test_a_question_nobody_answered_is_over_one_day(self, bench: Bench) -> None:
        asked = self.asked(bench)
        found = bench.gateway.lookup_charge(ref="invoice-1", now=asked.expires_at)
        assert isinstance(found, Declined)
        assert found.cause is DeclineClass.AUTH

    def test_without_the_reader_the_bank_refuses(self, bench: Bench) -> None:
        self.asked(bench)
        answer = bench.attempt(bench.open("invoice-2"), bench.card("asks"), "key-2", by=Initiator.MERCHANT)
        assert isinstance(answer, Declined)
        assert answer.cause is DeclineClass.AUTH

    def test_a_newer_try_takes_the_place_of_a_question(self, bench: Bench) -> None:
        asked = self.asked(bench)
        assert isinstance(bench.attempt(asked.charge_ref, bench.card("pays"), "key-2"), Succeeded)
        assert isinstance(bench.attempt(asked.charge_ref, bench.card("pays"), "key-1"), Declined)
        assert [event.kind for event in bench.told(NOW + 60)].count(Kind.CHARGE_SUCCEEDED) == 1


class TestRefunds:
    def refund(self, bench: Bench, charge: str, amount: int, key: str) -> base.RefundOutcome:
        return bench.gateway.refund(charge_ref=charge, amount=Money(amount, "USD"), key=key, now=NOW)

    def test_all_of_a_charge_comes_back(self, bench: Bench) -> None:
        charge = bench.paid()
        answer = self.refund(bench, charge, 199, "r1")
        assert isinstance(answer, Refund)
        assert (answer.charge_ref, answer.amount, answer.state) == (charge, PRICE, RefundState.SUCCEEDED)
        assert bench.gateway.lookup_refund(key="r1", now=NOW) == answer

    def test_the_same_key_twice_is_one_refund(self, bench: Bench) -> None:
        charge = bench.paid()
        assert self.refund(bench, charge, 150, "r1") == self.refund(bench, charge, 150, "r1")
        assert [event.kind for event in bench.told()].count(Kind.REFUND_SUCCEEDED) == 1

    def test_refunds_never_exceed_the_charge(self, bench: Bench) -> None:
        charge = bench.paid()
        assert self.refund(bench, charge, 200, "r0") == RefundRefused("more_than_charged")
        assert isinstance(self.refund(bench, charge, 100, "r1"), Refund)
        assert self.refund(bench, charge, 100, "r2") == RefundRefused("more_than_charged")
        assert isinstance(self.refund(bench, charge, 99, "r3"), Refund)
        assert self.refund(bench, charge, 1, "r4") == RefundRefused("more_than_charged")
        assert bench.gateway.lookup_refund(key="r2", now=NOW) == NotFound("r2")

    def test_what_was_not_charged_cannot_come_back(self, bench: Bench) -> None:
        charge = bench.open()
        bench.attempt(charge, bench.card("declined"))
        assert self.refund(bench, charge, 1, "r1") == RefundRefused("not_charged")

    @pytest.mark.parametrize("amount", [Money(0, "USD"), Money(-1, "USD"), Money(100, "EUR")])
    def test_an_amount_that_makes_no_sense_is_refused(self, bench: Bench, amount: Money) -> None:
        charge = bench.paid()
        with pytest.raises(base.GatewayError):
            bench.gateway.refund(charge_ref=charge, amount=amount, key="r1", now=NOW)


class TestEvents:
    def test_a_page_begins_where_the_last_one_ended(self, bench: Bench) -> None:
        bench.paid()
        first = bench.gateway.events_since(cursor="", until=NOW)
        assert [event.kind for event in first.events] == [Kind.CHARGE_SUCCEEDED]
        bench.gateway.refund(charge_ref=first.events[0].charge_id, amount=PRICE, key="r1", now=NOW)
        second = bench.gateway.events_since(cursor=first.cursor, until=NOW)
        assert [event.kind for event in second.events] == [Kind.REFUND_SUCCEEDED]
        third = bench.gateway.events_since(cursor=second.cursor, until=NOW)
        assert (third.events, third.cursor) == ((), second.cursor)

    def test_the_list_ends_with_the_moment_that_is_asked_for(self, bench: Bench) -> None:
        charge = bench.paid()
        bench.gateway.refund(charge_ref=charge, amount=PRICE, key="r1", now=NOW + 60)
        assert [event.kind for event in bench.told(NOW + 59)] == [Kind.CHARGE_SUCCEEDED]
        assert [event.kind for event in bench.told(NOW + 60)][1:] == [Kind.REFUND_SUCCEEDED]
        first = bench.gateway.events_since(cursor="", until=NOW)
        assert len(bench.gateway.events_since(cursor=first.cursor, until=NOW + 60).events) == 1

    def test_a_charge_that_was_called_off_is_told(self, bench: Bench) -> None:
        charge = bench.open()
        bench.gateway.cancel_charge(charge_ref=charge, now=NOW)
        assert [(event.kind, event.ref) for event in bench.told()] == [(Kind.CHARGE_CANCELED, "invoice-1")]

    def test_a_refund_is_told_by_our_key_and_its_charge(self, bench: Bench) -> None:
        charge = bench.paid()
        given = bench.gateway.refund(charge_ref=charge, amount=Money(99, "USD"), key="r1", now=NOW)
        assert isinstance(given, Refund)
        event = bench.told()[-1]
        assert (event.object_id, event.charge_id, event.ref, event.amount) == (
            given.ref,
            charge,
            "r1",
            Money(99, "USD"),
        )

    def test_the_same_news_has_the_same_key(self, bench: Bench) -> None:
        charge = bench.open()
        for number in range(3):
            bench.attempt(charge, bench.card("declined"), f"key-{number}")
        assert {event.key for event in bench.told()} == {(bench.gateway.name, charge, "charge.failed")}

    def test_an_event_names_our_reference_and_the_money(self, bench: Bench) -> None:
        charge = bench.paid()
        (event,) = bench.told()
        assert (event.object_id, event.charge_id, event.ref, event.amount) == (
            charge,
            charge,
            "invoice-1",
            PRICE,
        )

    def test_a_decline_is_told_with_its_class(self, bench: Bench) -> None:
        bench.attempt(bench.open(), bench.card("declined"))
        (event,) = bench.told()
        assert (event.kind, event.cause, event.amount) == (Kind.CHARGE_FAILED, DeclineClass.SOFT, None)

    def test_a_cursor_of_someone_else_is_refused(self, bench: Bench) -> None:
        with pytest.raises(base.GatewayError):
            bench.gateway.events_since(cursor="x:y", until=NOW)


class TestWebhooks:
    def test_a_signed_message_is_read(self, bench: Bench) -> None:
        headers, body, event = bench.harness.webhook(NOW)
        assert bench.gateway.parse_webhook(headers=headers, body=body, now=NOW + 10) == (event,)

    @pytest.mark.parametrize("passed", [301, -301, 86_400])
    def test_an_old_message_is_refused(self, bench: Bench, passed: int) -> None:
        headers, body, _ = bench.harness.webhook(NOW)
        with pytest.raises(base.BadWebhook):
            bench.gateway.parse_webhook(headers=headers, body=body, now=NOW + passed)

    def test_a_wrong_secret_is_refused(self, bench: Bench) -> None:
        headers, body, _ = bench.harness.webhook(NOW, secret=b"guessed")
        with pytest.raises(base.BadWebhook):
            bench.gateway.parse_webhook(headers=headers, body=body, now=NOW)

    def test_a_changed_body_is_refused(self, bench: Bench) -> None:
        headers, body, _ = bench.harness.webhook(NOW)
        with pytest.raises(base.BadWebhook):
            bench.gateway.parse_webhook(headers=headers, body=body.replace(b"199", b"999"), now=NOW)

    @pytest.mark.parametrize("value", ["", "t=,v1=", "t=1795000000", "nonsense", "t=x,v1=é", "=,=,="])
    def test_a_broken_signature_is_refused(self, bench: Bench, value: str) -> None:
        headers, body, _ = bench.harness.webhook(NOW)
        with pytest.raises(base.BadWebhook):
            bench.gateway.parse_webhook(headers=dict.fromkeys(headers, value), body=body, now=NOW)
        with pytest.raises(base.BadWebhook):
            bench.gateway.parse_webhook(headers={}, body=body, now=NOW)
