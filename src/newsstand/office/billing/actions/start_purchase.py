"""Buying once: a day pass, one article. From the card page on it goes the way of every charge."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions.begin_card import begin_card
from newsstand.office.billing.actions.end_sale import end_sale
from newsstand.office.billing.actions.start_checkout import keep_consent
from newsstand.office.billing.models import Offer, Purchase
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.terms import Terms
from newsstand.office.kit import audit
from newsstand.rules.billing import lifecycle
from newsstand.rules.billing.dunning import MOST_ATTEMPTS

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


@dataclass(frozen=True, slots=True)
class PurchaseStarted:
    """The order waits for its payment; the reader goes on to `redirect_url`, the gateway's card page."""

    purchase: Purchase
    redirect_url: str


@dataclass(frozen=True, slots=True)
class AlreadyBought:
    """Nothing was ordered: the reader has it, and its time is not over."""

    purchase: Purchase


@dataclass(frozen=True, slots=True)
class PurchaseUnderWay:
    """Nothing was ordered: a payment for it is on its way and has to be waited for."""

    purchase: Purchase


def start_purchase(
    *,
    account: "Account",
    offer: Offer,
    terms: Terms,
    subject: str,
    title: str,
    next_path: str,
    return_url: str,
    by: str,
    now: datetime,
) -> PurchaseStarted | AlreadyBought | PurchaseUnderWay:
    """Keep what the reader agreed to and open the card page. Pressed twice, or in two tabs, it is one order.

    `subject` is what the grant will be for (`product:news`, `article:17`, `site`), `title` what receipts call it.
    """
    if offer.plan.renews:
        raise ValueError(f"{offer.code} is subscribed to, and not bought once")
    bought = queries.purchase_running(account, subject, now)
    if bought is not None:
        return AlreadyBought(bought)
    purchase = _pending(account, subject) or _order(account, offer, subject, title, by=by, now=now)
    if not _still_fits(purchase, offer, now):
        if queries.unsettled_attempt(purchase) is not None:
            return PurchaseUnderWay(purchase)
        expired = lifecycle.CheckoutExpired()
        end_sale(sale=purchase, event=expired, by=by, why="ordered anew", now=now)
        purchase = _order(account, offer, subject, title, by=by, now=now)
    consent = keep_consent(sale=purchase, terms=terms, by=by, now=now)
    redirect_url = begin_card(
        sale=purchase,
        consent=consent,
        button=terms.button,
        next_path=next_path,
        return_url=return_url,
        now=now,
    )
    return PurchaseStarted(purchase, redirect_url)


def _pending(account: "Account", subject: str) -> Purchase | None:
    rows = Purchase.objects.filter(account=account, subject=subject, state=lifecycle.State.PENDING)
    return rows.select_related("account", "plan", "offer").first()


def _still_fits(purchase: Purchase, offer: Offer, now: datetime) -> bool:
    """Whether a waiting order is for this offer and this day, and its charge may still be tried."""
    is_same = purchase.offer_id == offer.pk and purchase.anchor_on == wording.day_of(now)
    invoice = purchase.invoices.first()
    return is_same and (invoice is None or invoice.attempts.count() < MOST_ATTEMPTS)


def _order(account: "Account", offer: Offer, subject: str, title: str, *, by: str, now: datetime) -> Purchase:
    """A new order; of two at the same moment one is made, and both get it."""
    plan = offer.plan
    row = Purchase(
        account=account,
        plan=plan,
        offer=offer,
        subject=subject,
        title=title,
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
            after = {"offer": offer.code, "subject": subject}
            audit.record(by=by, verb="order_purchase", subject=row.log_subject, after=after, now=now)
    except IntegrityError:
        found = _pending(account, subject)
        if found is None:
            raise
        return found
    return row
