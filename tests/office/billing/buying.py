"""A reader at the checkout, as the pages drive it."""

from newsstand.office.accounts.models import Account
from newsstand.office.billing import actions
from newsstand.office.billing.actions.finish_card import Finished
from newsstand.office.billing.actions.start_checkout import (
    AlreadyHeld,
    CheckoutStarted,
    PaymentUnderWay,
    Thing,
)
from newsstand.office.billing.gateways.sandbox import cards
from newsstand.office.billing.gateways.sandbox.models import CardSetup as BankSetup
from newsstand.office.billing.models import Attempt, CardSetup, Offer, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.terms import terms_shown
from newsstand.office.kit import clock

PAYS, DECLINED_AT_CHARGE, LOST = "4242424242424242", "4000000000000341", "4000000000009987"
ASKS_BANK = "4000002760003184"


def order(account: Account, offer: Offer) -> str:
    """Agree, and go to the card page; the reference of the visit."""
    now = clock.now()
    started = actions.start_checkout(
        account=account,
        offer=offer,
        terms=terms_shown(offer, wording.day_of(now)),
        next_path="/harbour/story/",
        return_url="/subscribe/return/",
        by=account.actor,
        now=now,
    )
    assert isinstance(started, CheckoutStarted)
    return visit()


def visit() -> str:
    """The reference of the newest visit to the card page."""
    return BankSetup.objects.order_by("-pk").values_list("ref", flat=True)[0]


def type_card(setup_ref: str, number: str = PAYS, name: str = "Ada Quay") -> None:
    """Save a card on the bank's page."""
    from newsstand.office.billing.gateways.sandbox.forms import CardForm

    typed = {
        "number": number,
        "name": name,
        "expiry": "12/34",
        "cvc": "1234" if number.startswith("37") else "123",
    }
    form = CardForm(typed, today=clock.today("UTC"))
    assert form.is_valid(), form.errors
    cards.save_card(setup_ref, form.card(), clock.unix())


def come_back(setup_ref: str) -> Finished:
    """Return from the card page."""
    setup = CardSetup.objects.get(ref=setup_ref)
    by = setup.sale.account.actor
    return actions.finish_card(setup=setup, return_url="/subscribe/return/", by=by, now=clock.now())


def subscribe(account: Account, offer: Offer, number: str = PAYS, name: str = "Ada Quay") -> Subscription:
    """The whole way; the subscription as it then stands."""
    ref = order(account, offer)
    type_card(ref, number, name)
    finished = come_back(ref)
    assert isinstance(finished, Attempt)
    return Subscription.objects.get(
        account=account, product_code=offer.plan.product.code, ended_at__isnull=True
    )


def start(
    account: Account, offer: Offer, subject: str = "product:news"
) -> CheckoutStarted | AlreadyHeld | PaymentUnderWay:
    """Order something that is bought once."""
    now = clock.now()
    return actions.start_checkout(
        account=account,
        offer=offer,
        terms=terms_shown(offer, wording.day_of(now)),
        thing=Thing(subject, "Day pass"),
        next_path="/harbour/story/",
        return_url="/subscribe/return/",
        by=account.actor,
        now=now,
    )


def buy(account: Account, offer: Offer, name: str = "Ada Quay", subject: str = "product:news") -> Purchase:
    """The whole way; the purchase as it then stands."""
    assert isinstance(start(account, offer, subject), CheckoutStarted)
    ref = visit()
    type_card(ref, name=name)
    come_back(ref)
    return Purchase.objects.latest("pk")
