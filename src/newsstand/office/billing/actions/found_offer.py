"""Putting a plan and its offer on sale."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from newsstand.office.accounts.actions.products import keep_product
from newsstand.office.billing.models import Offer, OfferStep, Plan, Price
from newsstand.office.kit import audit
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
) -> Offer:
    """Put a plan with one price on sale, product included; the same again changes nothing.

    `benefits` are the lines that do not follow from the rights. Raises OfferExists for another price.
    """
    with transaction.atomic():
        found = Offer.objects.filter(code=code).first()
        if found is not None:
            if found.terms().full_price != price:
                raise OfferExists(code)
            return found
        product = keep_product(code=product_code, name=plan_name, by=by, now=now)
        plan = _plan(code, plan_name, product, rights, rhythm, benefits)
        offer = Offer(code=code, plan=plan, made_at=now, is_on_sale=False)
        offer.save()
        row = Price.objects.create(amount=price.amount, currency=price.currency, made_at=now)
        OfferStep.objects.create(offer=offer, order=0, price=row, periods=None)
        offer.is_on_sale = True
        offer.save(update_fields=["is_on_sale"])
        after = {"plan": plan.code, "amount": price.amount, "currency": price.currency}
        audit.record(by=by, verb="found_offer", subject=f"offer:{code}", after=after, now=now)
    return offer


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
