"""What is on sale, in words that are computed from what is really sold."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from newsstand.office.accounts.queries import products
from newsstand.office.billing.models import Offer, Plan
from newsstand.office.billing.queries import wording
from newsstand.rules.billing import price_text
from newsstand.rules.gate.facts import Right

WHAT_RIGHTS_GIVE = {
    Right.READ: gettext_lazy("Unlimited access to all articles"),  # where there is one product
    Right.AD_FREE: gettext_lazy("Ad-free reading"),
    Right.COMMENT: gettext_lazy("Write comments under the stories"),
    Right.ARCHIVE: gettext_lazy("The whole archive"),
}


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer as it stands on a wall or a page of offers.

    `card` is the price in a few words; `line` all that is charged and when, without a date, so that it can be
    printed and kept; `disclosure` the same for the day it was asked for, or `line` where no day was given.
    """

    code: str
    plan_name: str
    card: str
    line: str
    disclosure: str
    benefits: tuple[str, ...]
    button: str
    url: str


def offers_on_the_wall(product: str | None = None) -> list[OfferFacts]:
    """The offers that printed pages show, in the order that staff gave them; those of one product, or all."""
    rows = _on_sale() if product is None else _on_sale().filter(plan__product__code=product)
    return [offer_facts(offer) for offer in rows]


def offer_facts(offer: Offer, today: date | None = None) -> OfferFacts:
    """An offer in words; `today` is the day of the first charge."""
    terms, locale = offer.terms(), wording.locale()
    line = price_text.line(terms, locale)
    return OfferFacts(
        code=offer.code,
        plan_name=offer.plan.name,
        card=price_text.card(terms, locale),
        line=line,
        disclosure=line if today is None else price_text.disclosure(terms, today, locale),
        benefits=benefits(offer.plan),
        button=gettext("Subscribe now") if today is None else price_text.button(terms, locale),
        url=reverse("subscribe_offer", args=[offer.code]),
    )


def benefits(plan: Plan) -> tuple[str, ...]:
    """What the plan's rights really give, then what staff add to it."""
    given = {right: str(text) for right, text in WHAT_RIGHTS_GIVE.items() if right in plan.rights}
    if Right.READ in given and len(products()) > 1:
        given[Right.READ] = gettext("Unlimited access to all articles of %(product)s") % {
            "product": plan.product.name
        }
    return (*given.values(), *filter(None, (line.strip() for line in plan.lines.splitlines())))


def offer_on_sale(code: str) -> Offer | None:
    """The offer of this code, if it can be bought."""
    return _on_sale().filter(code=code).first()


def offer_of_code(code: str) -> Offer | None:
    """The offer of this code, whether it can be bought or not."""
    return Offer.objects.select_related("plan").filter(code=code).first()


def products_on_sale() -> frozenset[str]:
    """The codes of the products for which a plan is sold."""
    return frozenset(_on_sale().values_list("plan__product__code", flat=True))


def _on_sale() -> QuerySet[Offer]:
    """What can be subscribed to; what is bought once is not among it."""
    rows = Offer.objects.filter(is_on_sale=True, plan__renews=True)
    return rows.select_related("plan__product").prefetch_related("steps")
