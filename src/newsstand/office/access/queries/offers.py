"""What stands on walls beside the plans: offers by hand, and groups that can be asked."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from newsstand.office.access.models import HandOffer, ReaderGroup
from newsstand.office.billing.queries import wording
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication
from newsstand.rules.billing import price_text
from newsstand.rules.gate.networks import Network
from newsstand.rules.gate.policy import ARTICLE, DAY_PASS, WIN_BACK
from newsstand.rules.money import Money


@dataclass(frozen=True, slots=True)
class HandCard:
    """An offer by hand as it stands on a wall."""

    way: str
    product: str
    price: str
    words: str
    link: str


def hand_offers() -> tuple[HandCard, ...]:
    """What is offered by hand now, in the currency and language of the publication."""
    currency, locale = publication().currency, wording.locale()
    return tuple(
        HandCard(
            offer.way,
            offer.product.code,
            price_text.amount(Money(offer.amount, currency), locale),
            offer.words,
            offer.link,
        )
        for offer in HandOffer.objects.filter(is_offered=True).select_related("product").order_by("pk")
    )


def products_by_hand() -> dict[str, frozenset[str]]:
    """For each way that is sold by hand, the products for which it is."""
    rows = HandOffer.objects.filter(is_offered=True).values_list("way", "product__code")
    found: dict[str, set[str]] = {DAY_PASS: set(), ARTICLE: set(), WIN_BACK: set()}
    for way, product in rows:
        found[way].add(product)
    return {way: frozenset(products) for way, products in found.items()}


def contacts(now: datetime) -> tuple[tuple[str, str], ...]:
    """The groups that can be asked, and whom to ask there."""
    return tuple(_running(now).values_list("name", "contact"))


def networks(now: datetime) -> tuple[Network, ...]:
    """The ranges of all groups that are not over."""
    return tuple(
        network
        for group in _running(now).exclude(ranges="").select_related("product")
        for network in group.networks(clock.to_unix(group.until) if group.until is not None else None)
    )


def _running(now: datetime) -> QuerySet[ReaderGroup]:
    return ReaderGroup.objects.filter(Q(until__isnull=True) | Q(until__gt=now))
