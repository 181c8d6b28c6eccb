"""Ordering: the consent is kept, the order waits for its payment, and the reader goes on to the card page."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

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
class Thing:
    """What is bought once. `subject` is what the grant will be for (`product:news`, `article:17`, `site`), `title` what
    receipts call it."""

    subject: str
    title: str


@dataclass(frozen=True, slots=True)
class CheckoutStarted:
    """The order waits for its payment; the reader goes on to `redirect_url`, the gateway's card page."""

    sale: Subscription | Purchase
    redirect_url: str


@dataclass(frozen=True, slots=True)
class AlreadyHeld:
    """Nothing was ordered: the reader subscribes to this product, or has bought this and its time is not over."""

    sale: Subscription | Purchase


@dataclass(frozen=True, slots=True)
class PaymentUnderWay:
    """Nothing was ordered: a payment for the same is on its way and has to be waited for."""

    sale: Subscription | Purchase


def start_checkout(
    *,
    account: "Account",
    offer: Offer,
    terms: Terms,
    thing: Thing | None = None,
    next_path: str,
    return_url: str,
    by: str,
    now: datetime,
) -> CheckoutStarted | AlreadyHeld | PaymentUnderWay:
    """Keep what the reader agreed to and open the card page. Pressed twice, or in two tabs, it is one order.

    `thing` is what is bought once; without it the plan is subscribed to. `terms` is what was shown and agreed to;
    `next_path` where the reader goes on to after paying.
    """
    if offer.plan.renews and thing is not None:
        raise ValueError(f"{offer.code} is subscribed to, and not bought once")
    if not offer.plan.renews and thing is None:
        raise ValueError(f"{offer.code} is bought once, and not subscribed to")
    sale = _held(account, offer, thing, now) or _order(account, offer, thing, by=by, now=now)
    if sale.state != State.PENDING:
        return AlreadyHeld(sale)
    if not _still_fits(sale, offer, now):
        if queries.unsettled_attempt(sale) is not None:
            return PaymentUnderWay(sale)
        end_sale(sale=sale, event=lifecycle.CheckoutExpired(), by=by, why="ordered anew", now=now)
        sale = _order(account, offer, thing, by=by, now=now)
    consent = keep_consent(sale=sale, terms=terms, by=by, now=now)
    redirect_url = begin_card(
        sale=sale,
        consent=consent,
        button=terms.button,
        next_path=next_path,
        return_url=return_url,
        now=now,
    )
    return CheckoutStarted(sale, redirect_url)


def _held(
    account: "Account", offer: Offer, thing: Thing | None, now: datetime
) -> Subscription | Purchase | None:
    """What the reader has of this already, or has ordered and not paid yet."""
    if thing is None:
        return queries.subscription_of(account, offer.plan.product.code)
    running = queries.purchase_running(account, thing.subject, now)
    return running or queries.purchase_ordered(account, thing.subject)


def _still_fits(sale: Subscription | Purchase, offer: Offer, now: datetime) -> bool:
    """Whether a waiting order is for this offer and this day, and its charge may still be tried."""
    is_same = sale.offer_id == offer.pk and sale.anchor_on == wording.day_of(now)
    invoice = sale.invoices.first()
    return is_same and (invoice is None or invoice.attempts.count() < MOST_ATTEMPTS)


def _order(
    account: "Account", offer: Offer, thing: Thing | None, *, by: str, now: datetime
) -> Subscription | Purchase:
    """A new order; of two at the same moment one is made, and both get it."""
    plan = offer.plan
    agreed: dict[str, Any] = {
        "account": account,
        "plan": plan,
        "offer": offer,
        "product_code": plan.product.code,
        "rhythm_unit": plan.rhythm_unit,
        "rhythm_count": plan.rhythm_count,
        "anchor_on": wording.day_of(now),
        "created_at": now,
    }
    row: Subscription | Purchase = Subscription(**agreed)
    after = {"offer": offer.code}
    if thing is not None:
        row = Purchase(**agreed, subject=thing.subject, title=thing.title)
        after["subject"] = thing.subject
    row.next_action_at = row.checkout_ends_at
    try:
        with transaction.atomic():
            row.save()
            audit.record(by=by, verb=f"order_{row.kind}", subject=row.log_subject, after=after, now=now)
    except IntegrityError:
        found = _held(account, offer, thing, now)
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
