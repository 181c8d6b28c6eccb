"""What is refused leaves no trace, and what must always hold is held by the database itself."""

from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from newsstand.office.accounts.actions import keep_product, rename_product
from newsstand.office.accounts.models import Account, Product
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions import found_offer
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.actions.begin_attempt import Refusal, Wanted, begin_attempts
from newsstand.office.billing.actions.found_offer import OfferExists
from newsstand.office.billing.gateways.base import Initiator
from newsstand.office.billing.models import (
    Attempt,
    CardSetup,
    Consent,
    GatewayEvent,
    Invoice,
    Offer,
    OfferStep,
    PaymentMethod,
    Plan,
    Price,
    Subscription,
    Transfer,
)
from newsstand.office.billing.signals import offers_changed
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow, OutboxRow
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.offer import OfferStep as Step
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money
from tests.office.billing.buying import LOST, come_back, order, subscribe, type_card
from tests.office.billing.conftest import RIGHTS, Time, put_on_sale

pytestmark = pytest.mark.django_db(databases=["default", "sandbox"])


def traces() -> dict[str, int]:
    """How many rows there are of everything that an action could leave."""
    models = (Subscription, Invoice, Attempt, Transfer, Consent, CardSetup, AuditRow, OutboxRow, GatewayEvent)
    return {model.__name__: model.objects.count() for model in models}


def try_to_begin(invoice: Invoice, method: PaymentMethod) -> Attempt | Refusal:
    return begin_attempts(
        wanted=[Wanted(invoice, method, "charge-1")],
        initiator=Initiator.MERCHANT,
        return_url="",
        by="system",
        now=clock.now(),
    )[0]


def test_a_paid_invoice_is_not_tried_again(ada: Account, offer: Offer) -> None:
    subscription = subscribe(ada, offer)
    before = traces()
    method = subscription.payment_method
    assert method is not None
    assert try_to_begin(Invoice.objects.get(), method) == Refusal("paid")
    assert traces() == before


def test_one_attempt_at_a_time(ada: Account, offer: Offer, monkeypatch: pytest.MonkeyPatch) -> None:
    ref = order(ada, offer)
    type_card(ref, name="SIM TIMEOUT")
    come_back(ref)
    before = traces()
    assert try_to_begin(Invoice.objects.get(), PaymentMethod.objects.get()) == Refusal("in_flight")
    assert traces() == before


def test_a_cancelled_subscription_gets_no_attempt(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    price = Price.objects.get()
    invoice = Invoice.objects.create(
        subscription=subscription,
        seq=1,
        starts_on=subscription.period(1).starts_on,
        ends_on=subscription.period(1).ends_on,
        price=price,
        amount=price.amount,
        currency=price.currency,
        consent=Consent.objects.get(),
        opened_at=clock.now(),
    )
    before = traces()
    method = subscription.payment_method
    assert method is not None
    assert try_to_begin(invoice, method) == Refusal("cancelled")
    assert traces() == before


def test_a_card_that_was_lost_is_not_asked_again(ada: Account, offer: Offer, time: Time) -> None:
    from newsstand.office.billing.gateways.sandbox.models import Method

    subscription = subscribe(ada, offer)
    Method.objects.update(scenario="declined_at_charge")
    PaymentMethod.objects.update(status=PaymentMethod.Status.REFUSED)
    time.pass_by(days=30)
    subscription.refresh_from_db()
    assert subscription.parked_reason
    assert Attempt.objects.count() == 1


def test_a_card_of_a_gateway_that_is_gone_keeps_nobody_else_waiting(
    ada: Account, offer: Offer, time: Time
) -> None:
    left_behind = subscribe(ada, offer)
    subscribe(Account.objects.create_user("ben@example.org"), offer)
    PaymentMethod.objects.filter(pk=left_behind.payment_method_id).update(gateway="gone")
    time.pass_by(days=29)
    left_behind.refresh_from_db()
    assert left_behind.parked_reason == "gateway: gone"
    assert list(Attempt.objects.values_list("status", flat=True)) == ["succeeded"] * 3


def test_the_lost_card_is_refused_on_the_card_page(ada: Account, offer: Offer) -> None:
    with pytest.raises(AssertionError, match="does not accept"):
        type_card(order(ada, offer), LOST)
    assert not Invoice.objects.exists()


def test_ended_is_final(ada: Account, offer: Offer, time: Time) -> None:
    subscription = subscribe(ada, offer)
    ending: dict[str, Any] = {"by": "staff:1", "why": "hardship", "now": clock.now()}
    staff = lifecycle.EndedByStaff()
    assert actions.end_sale(sale=subscription, event=staff, **ending)
    before = traces()
    assert not actions.end_sale(sale=subscription, event=staff, **ending)
    assert not actions.cancel_subscription(subscription=subscription, by=ada.actor, now=clock.now())
    assert not actions.undo_cancel(subscription=subscription, by=ada.actor, now=clock.now())
    assert traces() == before
    assert subscribe(ada, offer).pk != subscription.pk


def test_the_same_offer_twice_is_one_and_another_price_is_refused(offer: Offer) -> None:
    assert put_on_sale().pk == offer.pk
    before = Price.objects.count(), OfferStep.objects.count(), Plan.objects.count()
    with pytest.raises(OfferExists):
        put_on_sale(amount=299)
    assert (Price.objects.count(), OfferStep.objects.count(), Plan.objects.count()) == before


def test_a_change_of_plan_or_offer_is_announced(offer: Offer) -> None:
    heard = []

    def hear(**kwargs: Any) -> None:
        heard.append(queries.offers_on_the_wall())

    offers_changed.connect(hear)
    try:
        offer.is_on_sale = False
        offer.save()
        offer.plan.name = "Everything"
        offer.plan.save()
    finally:
        offers_changed.disconnect(hear)
    assert heard == [[], []]


def test_a_new_offer_is_whole_when_it_is_announced(time: Time) -> None:
    heard = []

    def hear(**kwargs: Any) -> None:
        heard.append([facts.card for facts in queries.offers_on_the_wall()])

    offers_changed.connect(hear)
    try:
        put_on_sale()
    finally:
        offers_changed.disconnect(hear)
    assert heard[-1] == ["$1.99 every 4 weeks"]


def test_benefits_are_what_the_rights_really_give(time: Time) -> None:
    found_offer(
        code="read",
        plan_name="Reading",
        product_code="news",
        rights=["read"],
        price=Money(99, "USD"),
        rhythm=Rhythm("month", 1),
        benefits=[],
        by="system",
        now=clock.now(),
    )
    put_on_sale()
    few, all_of_them = (facts.benefits for facts in queries.offers_on_the_wall())
    assert few == ("Unlimited access to all articles",)
    assert all_of_them == (
        "Unlimited access to all articles",
        "Ad-free reading",
        "Write comments under the stories",
        "The whole archive",
        "You support independent journalism",
    )
    assert len(all_of_them) == len(RIGHTS) + 1


def test_a_plan_promises_no_articles_of_another_product(time: Time) -> None:
    put_on_sale()
    heard: list[object] = []

    def hear(sender: object, **kwargs: object) -> None:
        heard.append(sender)

    offers_changed.connect(hear)
    try:
        product = keep_product(code="magazine", name="The Magazine", by="system", now=clock.now())
        keep_product(code="magazine", name="Another", by="system", now=clock.now())
        assert heard == [Product]
        rename_product(product=product, name="The Glossy", by="system", now=clock.now())
        assert heard == [Product, Product]
    finally:
        offers_changed.disconnect(hear)
    put_on_sale("magazine", 499, "magazine")
    paper, magazine = (facts.benefits[0] for facts in queries.offers_on_the_wall())
    assert paper == f"Unlimited access to all articles of {Product.objects.get(code='news').name}"
    assert magazine == "Unlimited access to all articles of The Glossy"


@pytest.mark.parametrize("model", [Price, OfferStep, Consent, GatewayEvent, Transfer])
def test_what_is_kept_for_ever_is_neither_changed_nor_deleted(ada: Account, offer: Offer, model: Any) -> None:
    subscribe(ada, offer)
    row = model.objects.first()
    assert row is not None
    field = next(field.attname for field in model._meta.concrete_fields if not field.primary_key)
    for change in (
        lambda: model.objects.filter(pk=row.pk).update(**{field: getattr(row, field)}),
        lambda: model.objects.filter(pk=row.pk)._raw_delete(model.objects.db),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def _second_live(row: Subscription) -> Any:
    row.pk, row.public_id = None, None
    row.public_id = Subscription._meta.get_field("public_id").get_default()
    return row.save


def test_the_database_itself_refuses_what_must_never_be(ada: Account, offer: Offer) -> None:
    subscription = subscribe(ada, offer)
    attempt = Attempt.objects.get()
    copies = {"payment_method": attempt.payment_method, "initiator": "reader", "begun_at": clock.now()}
    invoice, transfer = Invoice.objects.get(), Transfer.objects.first()
    assert transfer is not None
    never = [
        lambda: Attempt.objects.create(invoice=invoice, n=2, status="succeeded", **copies),
        lambda: Attempt.objects.create(invoice=invoice, n=1, status="declined", cause="soft", **copies),
        lambda: Attempt.objects.create(invoice=invoice, n=3, status="declined", **copies),
        lambda: Attempt.objects.bulk_create(
            Attempt(invoice=invoice, n=n, status=status, **copies)
            for n, status in ((4, "sending"), (5, "unknown"))
        ),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(ends_on=invoice.starts_on),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(paid_at=None),
        lambda: Invoice.objects.filter(pk=invoice.pk).update(status="lost"),
        lambda: Subscription.objects.filter(pk=subscription.pk).update(state="ended"),
        lambda: Subscription.objects.filter(pk=subscription.pk).update(started_at=None),
        lambda: Transfer.objects.create(
            key="x", debit="a", credit="b", amount=0, currency="USD", reference="", at=clock.now()
        ),
        lambda: Transfer.objects.create(
            key=transfer.key, debit="a", credit="b", amount=1, currency="USD", reference="", at=clock.now()
        ),
        _second_live(Subscription.objects.get()),
    ]
    for change in never:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_rows_that_are_kept_for_ever_name_nobody(ada: Account, offer: Offer) -> None:
    subscribe(ada, offer)
    for model in (Consent, GatewayEvent, Transfer, AuditRow):
        for row in model.objects.all():
            assert ada.email not in str(vars(row))


def _found(price: Money, rhythm: Rhythm, intro: tuple[Step, ...] = ()) -> Offer:
    return found_offer(
        code="trial",
        plan_name="Trial",
        product_code="news",
        rights=["read"],
        price=price,
        rhythm=rhythm,
        benefits=[],
        by="system",
        now=clock.now(),
        intro=intro,
    )


def test_an_introductory_price_holds_for_its_periods(ada: Account, time: Time) -> None:
    offer = _found(Money(199, "USD"), Rhythm("day", 28), (Step(Money(50, "USD"), 2),))
    subscribe(ada, offer)
    time.pass_by(days=84)
    rows = Invoice.objects.order_by("seq").values_list("amount", "status")
    assert list(rows) == [(50, "paid"), (50, "paid"), (199, "paid"), (199, "paid")]
    assert audit_books(now=clock.now()).violations == ()
