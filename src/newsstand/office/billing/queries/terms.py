"""What a reader is shown before ordering, and agrees to: computed from the offer, never typed."""

import hashlib
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from newsstand.office.billing.models import Offer
from newsstand.office.billing.queries import wording
from newsstand.rules.billing import price_text


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
        return "\n".join((self.plan_name, self.disclosure, self.cancelling, self.statement))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


def terms_shown(offer: Offer, today: date) -> Terms:
    """The terms of an offer whose first charge is today."""
    terms, locale = offer.terms(), wording.locale()
    statement = _("I agree that I am charged %(price)s until I cancel.")
    return Terms(
        plan_name=offer.plan.name,
        disclosure=price_text.disclosure(terms, today, locale),
        cancelling=price_text.cancelling(locale),
        statement=statement % {"price": price_text.card(terms, locale)},
        button=price_text.button(terms, locale),
        locale=locale,
    )
