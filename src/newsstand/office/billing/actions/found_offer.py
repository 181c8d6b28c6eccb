"""Putting a plan and its offer on sale."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from newsstand.office.accounts.actions.products import keep_product
from newsstand.office.billing.models import Offer, OfferStep, Plan, Price
from newsstand.office.kit import audit
from newsstand.rules.billing import price_text
from newsstand.rules.billing.offer import OfferStep as Step
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Product


class PlanDiffers(ValueError):
    """There is a plan of this code with another product, rhythm or way of selling."""


class OfferExists(ValueError):
    """There is an offer of this code at another price: a new price is a new offer with a code of its own."""


def found_offer(
    *,
    code: str,
    plan_name: str,
    product_code: str,
    rights: Iterable[str],
    price: Money,
    rhythm: Rhythm,
    benefits: Iterable[str],
    by: str,
    now: datetime,
    intro: Iterable[Step] = (),
    plan_code: str = "",
    renews: bool = True,
) -> Offer:
    """Put a plan on sale, product included; the same again changes nothing.

    `plan_code` names a plan that another offer may have already, such as one in another currency. A plan that does
    not renew is bought once, and `rhythm` says how long it lasts.

    `intro` are prices that hold for some periods before `price` does; `benefits` the lines that do not follow from
    the rights. Raises OfferExists for other prices, PlanDiffers for a plan of another product or rhythm, and
    ValueError, with nothing changed, for terms that nobody can be charged: less than nothing, nothing for ever, two
    currencies, one that does not exist, a price without an end.
    """
    terms = _terms(rhythm, (*intro, Step(price, None)), renews=renews)
    with transaction.atomic():
        found = Offer.objects.filter(code=code).first()
        if found is not None:
            if found.terms().steps != terms.steps:
                raise OfferExists(code)
            return found
        product = keep_product(code=product_code, name=plan_name, by=by, now=now)
        sold = _Sold(plan_code or code, plan_name, tuple(rights), rhythm, renews)
        plan = _plan(sold, product, benefits)
        offer = Offer(code=code, plan=plan, made_at=now, is_on_sale=False)
        offer.save()
        for order, step in enumerate(terms.steps):
            row = Price.objects.create(amount=step.price.amount, currency=price.currency, made_at=now)
            OfferStep.objects.create(offer=offer, order=order, price=row, periods=step.periods)
        offer.is_on_sale = True
        offer.save(update_fields=["is_on_sale"])
        after = {"plan": plan.code, "amount": price.amount, "currency": price.currency}
        audit.record(by=by, verb="found_offer", subject=f"offer:{code}", after=after, now=now)
    return offer


@dataclass(frozen=True, slots=True)
class _Sold:
    """What an offer's plan has to be."""

    code: str
    name: str
    rights: tuple[str, ...]
    rhythm: Rhythm
    renews: bool


def _terms(rhythm: Rhythm, steps: tuple[Step, ...], *, renews: bool) -> OfferTerms:
    """The terms, if they can be charged."""
    terms = OfferTerms(rhythm, steps)
    if not renews and len(steps) > 1:
        raise ValueError("what is bought once has one price")
    if not price_text.is_currency(terms.full_price.currency):
        raise ValueError(f"there is no currency {terms.full_price.currency}")
    return terms


def _plan(sold: _Sold, product: "Product", benefits: Iterable[str]) -> Plan:
    plan, _ = Plan.objects.get_or_create(
        code=sold.code,
        defaults={
            "name": sold.name,
            "product": product,
            "rights": list(sold.rights),
            "lines": "\n".join(benefits),
            "rhythm_unit": sold.rhythm.unit,
            "rhythm_count": sold.rhythm.count,
            "renews": sold.renews,
        },
    )
    if (plan.product_id, plan.rhythm, plan.renews) != (product.pk, sold.rhythm, sold.renews):
        raise PlanDiffers(sold.code)
    return plan
