"""Putting a plan and its offer on sale."""

from collections.abc import Iterable
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
) -> Offer:
    """Put a plan on sale, product included; the same again changes nothing.

    `intro` are prices that hold for some periods before `price` does; `benefits` the lines that do not follow from
    the rights. Raises OfferExists for other prices, and ValueError, with nothing changed, for terms that nobody can
    be charged: nothing or less than nothing, two currencies, one that does not exist, a price without an end.
    """
    terms = _terms(rhythm, (*intro, Step(price, None)))
    with transaction.atomic():
        found = Offer.objects.filter(code=code).first()
        if found is not None:
            if found.terms().steps != terms.steps:
                raise OfferExists(code)
            return found
        product = keep_product(code=product_code, name=plan_name, by=by, now=now)
        plan = _plan(code, plan_name, product, rights, rhythm, benefits)
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


def _terms(rhythm: Rhythm, steps: tuple[Step, ...]) -> OfferTerms:
    """The terms, if they can be charged."""
    terms = OfferTerms(rhythm, steps)
    if any(step.price.amount < 1 for step in steps):
        raise ValueError("a price is more than nothing: a period without a charge cannot be sold yet")
    if not price_text.is_currency(terms.full_price.currency):
        raise ValueError(f"there is no currency {terms.full_price.currency}")
    return terms


def _plan(
    code: str, name: str, product: "Product", rights: Iterable[str], rhythm: Rhythm, benefits: Iterable[str]
) -> Plan:
    plan, _ = Plan.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "product": product,
            "rights": list(rights),
            "lines": "\n".join(benefits),
            "rhythm_unit": rhythm.unit,
            "rhythm_count": rhythm.count,
        },
    )
    return plan
