"""What a reader is shown before ordering or buying, and agrees to: computed from the offer, never typed."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from newsstand.office.billing.models import Offer
from newsstand.office.billing.queries import wording
from newsstand.rules.billing import price_text
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import period


@dataclass(frozen=True, slots=True)
class Terms:
    """The text next to the button that costs. `statement` stands at the box to tick, `button` on the button."""

    plan_name: str
    disclosure: str
    cancelling: str
    statement: str
    button: str
    locale: str

    @property
    def text(self) -> str:
        """All of it as it is kept with the consent."""
        parts = (self.plan_name, self.disclosure, self.cancelling, self.statement)
        return "\n".join(filter(None, parts))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def terms_shown(offer: Offer, today: date) -> Terms:
    """The terms of an offer that is taken today."""
    terms, locale = offer.terms(), wording.locale()
    if not offer.plan.renews:
        return _once(offer, terms, locale)
    return Terms(
        plan_name=offer.plan.name,
        disclosure=price_text.disclosure(terms, today, locale),
        cancelling=price_text.cancelling(locale),
        statement=_statement(terms, today, locale),
        button=price_text.button(terms, locale),
        locale=locale,
    )


def _statement(terms: OfferTerms, today: date, locale: str) -> str:
    """What is agreed to; where the beginning is free, from which day on one is charged."""
    if terms.first_price.amount:
        said = _("I agree that I am charged %(price)s until I cancel.")
        return said % {"price": price_text.card(terms, locale)}
    paid = OfferTerms(terms.rhythm, terms.steps[1:])
    first_on = period(today, terms.rhythm, terms.next_charged(0)).starts_on
    said = _("I agree that I am charged %(price)s from %(day)s on until I cancel.")
    return said % {"price": price_text.card(paid, locale), "day": price_text.date(first_on, locale)}


def _once(offer: Offer, terms: OfferTerms, locale: str) -> Terms:
    """The terms of what is bought once: nothing to cancel, since nothing follows."""
    price = terms.full_price
    card = price_text.once_card(price, terms.rhythm, locale)
    return Terms(
        plan_name=offer.plan.name,
        disclosure=price_text.once(price, terms.rhythm, locale),
        cancelling="",
        statement=_("I agree that I am charged %(price)s.") % {"price": card},
        button=price_text.button_once(price, locale),
        locale=locale,
    )
