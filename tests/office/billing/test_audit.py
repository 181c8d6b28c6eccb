"""The audit of the tables finds a fault planted into the tables for each of the fifteen sentences."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.models import (
    Attempt,
    GatewayEvent,
    Invoice,
    Offer,
    PaymentMethod,
    Subscription,
    Transfer,
)
from newsstand.office.kit import clock
from newsstand.office.kit.models import SentNotice
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.invariants import INVARIANTS
from tests.office.billing.buying import subscribe
from tests.office.billing.conftest import Time

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def newest() -> Invoice:
    return Invoice.objects.latest("seq")


def told(kind: Kind, object_id: str) -> None:
    invoice = newest()
    GatewayEvent.objects.create(
        gateway="sandbox",
        object_id=object_id,
        kind=kind.value,
        charge_id=invoice.charge_ref,
        ref=invoice.ref,
        amount=invoice.amount,
        currency=invoice.currency,
        via="webhook",
        at=clock.now(),
        received_at=clock.now(),
    )


def booked(key: str, amount: int, reference: str) -> None:
    Transfer.objects.create(
        key=key,
        debit="refunds:news",
        credit="clearing:sandbox",
        amount=amount,
        currency="USD",
        reference=reference,
        at=clock.now(),
    )


def another_day() -> None:
    Invoice.objects.filter(pk=newest().pk).update(starts_on=F("starts_on") + timedelta(days=1))


def a_gap() -> None:
    Invoice.objects.filter(pk=newest().pk).update(seq=5)


def taken_and_not_booked() -> None:
    Invoice.objects.filter(pk=newest().pk).update(public_id="0" * 31 + "7")
    Invoice.objects.filter(pk=newest().pk).update(status="open", paid_at=None)
    told(Kind.CHARGE_SUCCEEDED, "another")


def booked_for_nobody() -> None:
    booked("charge:sandbox:another", 199, "")


def reads_too_long() -> None:
    Grant.objects.update(until=F("until") + timedelta(days=1))


def reads_too_short() -> None:
    Grant.objects.update(until=F("until") - timedelta(days=1))


def charged_after_cancelling() -> None:
    begun_at = Attempt.objects.latest("pk").begun_at
    Subscription.objects.update(cancel_requested_at=begun_at - timedelta(minutes=1))


def another_price() -> None:
    Invoice.objects.filter(pk=newest().pk).update(amount=299)


def a_lost_dispute_is_not_booked() -> None:
    told(Kind.DISPUTE_LOST, "dispute")


def more_went_back() -> None:
    for part in ("one", "two"):
        booked(f"refund:sandbox:{part}", 150, newest().ref)


def no_agreement() -> None:
    PaymentMethod.objects.update(mandate_ref="")


def a_refused_card_is_asked() -> None:
    first = Attempt.objects.earliest("pk")
    Attempt.objects.filter(pk=first.pk).update(cause="hard")


def asked_too_often() -> None:
    last = Attempt.objects.latest("pk")
    for n in range(2, 6):
        last.pk, last.key, last.n = None, f"{n:032}", n
        last.status, last.cause = Attempt.Status.DECLINED, "soft"
        last.save(force_insert=True)


def no_receipt() -> None:
    SentNotice.objects.filter(key=f"billing.receipt:{newest().ref}").delete()


def open_after_the_end() -> None:
    Invoice.objects.filter(pk=newest().pk).update(status="open", paid_at=None)
    Subscription.objects.update(state="ended", ended_at=clock.now(), end_reason="staff")


def charged_while_parked() -> None:
    begun_at = Attempt.objects.latest("pk").begun_at
    Subscription.objects.update(parked_reason="a look", parked_at=begun_at - timedelta(minutes=1))


def before_the_order() -> None:
    Attempt.objects.update(begun_at=F("begun_at") - timedelta(days=60))


def another_state() -> None:
    Subscription.objects.update(state="past_due")


def forgotten() -> None:
    Subscription.objects.update(next_action_at=None)


PLANTS: list[tuple[int, Callable[[], None]]] = [
    (1, another_day),
    (1, a_gap),
    (2, taken_and_not_booked),
    (2, booked_for_nobody),
    (3, reads_too_long),
    (3, reads_too_short),
    (4, charged_after_cancelling),
    (5, another_price),
    (6, a_lost_dispute_is_not_booked),
    (7, more_went_back),
    (8, no_agreement),
    (9, a_refused_card_is_asked),
    (9, asked_too_often),
    (10, no_receipt),
    (11, open_after_the_end),
    (12, charged_while_parked),
    (13, before_the_order),
    (14, another_state),
    (14, forgotten),
]


@pytest.mark.parametrize(
    ("number", "plant"), PLANTS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_a_fault_in_the_tables_is_found(
    ada: Account, offer: Offer, time: Time, number: int, plant: Callable[[], None]
) -> None:
    subscribe(ada, offer)
    time.pass_by(days=28, hours=1)
    assert audit_books(now=clock.now()).violations == ()
    plant()
    assert number in {row.number for row in audit_books(now=clock.now()).violations}


def test_play_money_in_a_real_ledger_is_found(ada: Account, offer: Offer, time: Time, settings: Any) -> None:
    subscribe(ada, offer)
    settings.ALLOW_SANDBOX_PAYMENTS = settings.DEBUG = False
    assert {row.number for row in audit_books(now=clock.now()).violations} == {15}


def test_every_sentence_has_a_fault_in_the_tables() -> None:
    assert {number for number, _ in PLANTS} | {15} == set(INVARIANTS)
