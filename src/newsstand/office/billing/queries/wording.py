"""The publication's way of writing dates and amounts, and its days: what the rules' texts are asked with."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from newsstand.office.kit.queries import publication
from newsstand.rules.billing import price_text
from newsstand.rules.billing.offer import OfferStep, OfferTerms
from newsstand.rules.billing.periods import Period, Rhythm
from newsstand.rules.money import Money


def locale() -> str:
    """The publication's locale, as the price texts take it."""
    return publication().language


def day_of(moment: datetime) -> date:
    """The day of a moment where the publication is."""
    return moment.astimezone(ZoneInfo(publication().zone)).date()


def amount(money: Money) -> str:
    return price_text.amount(money, locale())


def card(price: Money, rhythm: Rhythm) -> str:
    """A price with its rhythm: "$1.99 every 4 weeks"."""
    return price_text.card(OfferTerms(rhythm, (OfferStep(price, None),)), locale())


def weekday(on: date) -> str:
    """A date with its weekday: "Sunday, 20 December 2026"."""
    return price_text.date(on, locale())


def day(on: date) -> str:
    """A date without the weekday: "20 December 2026"."""
    return price_text.day(on, locale())


def span(paid: Period) -> str:
    """A period by its first and last day."""
    return price_text.span(paid, locale())


def moment(at: datetime) -> str:
    """A day and the time of day where the publication is, for what must be provable later."""
    there = at.astimezone(ZoneInfo(publication().zone))
    return f"{day(there.date())}, {there:%H:%M} {there:%Z}"
