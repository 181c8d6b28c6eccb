"""Ordering: the consent is kept, the order waits for its payment, and the reader goes on to the card page."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from newsstand.office.billing import queries
from newsstand.office.billing.actions.begin_card import begin_card
from newsstand.office.billing.actions.end_sale import end_sale
from newsstand.office.billing.models import Consent, Offer, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.terms import Terms
from newsstand.office.kit import audit
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.dunning import MOST_ATTEMPTS
from newsstand.rules.billing.lifecycle import State

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


@dataclass(frozen=True, slots=True)
class CheckoutStarted:
    """The order waits for its payment; the reader goes on to `redirect_url`, the gateway's card page."""

    subscription: Subscription
    redirect_url: str


@dataclass(frozen=True, slots=True)
class AlreadySubscribed:
    """Nothing was ordered: the reader has this product."""

    subscription: Subscription


@dataclass(frozen=True, slots=True)
class PaymentUnderWay:
    """Nothing was ordered: a payment for the same product is on its way and has to be waited for."""

    subscription: Subscription


def start_checkout(
    *, account: "Account", offer: Offer, terms: Terms, next_path: str, return_url: str, by: str, now: datetime
) -> CheckoutStarted | AlreadySubscribed | PaymentUnderWay:
    """Keep what the reader agreed to and open the card page. Pressed twice, or in two tabs, it is one order.

    `terms` is what was shown and agreed to; `next_path` where the reader goes on to after paying.
    """
    if not offer.plan.renews:
        raise ValueError(f"{offer.code} is bought once, and not subscribed to")
    subscription = _live(account, offer) or _order(account, offer, by=by, now=now)
    if subscription.state != State.PENDING:
        return AlreadySubscribed(subscription)
    if not _still_fits(subscription, offer, now):
        if queries.unsettled_attempt(subscription) is not None:
            return PaymentUnderWay(subscription)
        expired = lifecycle.CheckoutExpired()
        end_sale(sale=subscription, event=expired, by=by, why="ordered anew", now=now)
        subscription = _order(account, offer, by=by, now=now)
    consent = keep_consent(sale=subscription, terms=terms, by=by, now=now)
    redirect_url = begin_card(
        sale=subscription,
        consent=consent,
        button=terms.button,
        next_path=next_path,
        return_url=return_url,
        now=now,
    )
    return CheckoutStarted(subscription, redirect_url)


def _live(account: "Account", offer: Offer) -> Subscription | None:
    return queries.subscription_of(account, offer.plan.product.code)


def _still_fits(subscription: Subscription, offer: Offer, now: datetime) -> bool:
    """Whether a waiting order is for this offer and this day, and its charge may still be tried."""
    is_same = subscription.offer_id == offer.pk and subscription.anchor_on == wording.day_of(now)
    invoice = subscription.invoices.first()
    return is_same and (invoice is None or invoice.attempts.count() < MOST_ATTEMPTS)


def _order(account: "Account", offer: Offer, *, by: str, now: datetime) -> Subscription:
    """A new order; of two at the same moment one is made, and both get it."""
    plan = offer.plan
    row = Subscription(
        account=account,
        plan=plan,
        offer=offer,
        product_code=plan.product.code,
        rhythm_unit=plan.rhythm_unit,
        rhythm_count=plan.rhythm_count,
        anchor_on=wording.day_of(now),
        created_at=now,
    )
    row.next_action_at = row.checkout_ends_at
    try:
        with transaction.atomic():
            row.save()
            after = {"offer": offer.code}
            audit.record(by=by, verb="order_subscription", subject=row.log_subject, after=after, now=now)
    except IntegrityError:
        found = _live(account, offer)
        if found is None:
            raise
        return found
    return row


def keep_consent(*, sale: Subscription | Purchase, terms: Terms, by: str, now: datetime) -> Consent:
    """Keep what was agreed to; the same words agreed to twice for one order are one consent."""
    with transaction.atomic():
        row = {
            "reader_id": sale.account.reader_id,
            "offer": sale.offer,
            "text": terms.text,
            "locale": terms.locale,
            "at": now,
        }
        consent, is_new = sale.consents.get_or_create(sha256=terms.sha256, defaults=row)
        if is_new:
            after = {"consent": consent.public_id.hex}
            audit.record(by=by, verb="consent", subject=sale.log_subject, after=after, now=now)
        return consent


def change_card(*, sale: Subscription | Purchase, next_path: str, return_url: str, now: datetime) -> str:
    """Open the card page for what was ordered before, under what was agreed then; its address."""
    pays_at_once = sale.state != State.ACTIVE
    return begin_card(
        sale=sale,
        consent=sale.consents.latest("at"),
        button=_("Save this card and pay") if pays_at_once else _("Save this card"),
        next_path=next_path,
        return_url=return_url,
        now=now,
    )
