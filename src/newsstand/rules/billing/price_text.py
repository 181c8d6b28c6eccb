"""The only place where an amount, a date or a rhythm becomes words.

Whatever a reader is told about money is made here from the same periods and steps that charge it, so that
what is told and what is taken cannot drift apart. A price for 28 days is never called a price for a month.
Amounts and dates alone are written in the way of any locale; sentences of a language without words here are
English throughout, never a mixture.
"""

import datetime
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.numbers import is_currency as known_to_babel

from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import Period, Rhythm, charges_per_year, period
from newsstand.rules.billing.price_words import WORDS, Words
from newsstand.rules.money import Money

ANY_ANCHOR = datetime.date(2000, 1, 1)  # over 400 years the counts per year are the same for every anchor


def amount(money: Money, locale: str) -> str:
    """An amount in the locale's way. Money(199, "USD"): "$1.99" in en, "1,99 $" in de, "1,99 $US" in fr."""
    return format_currency(
        Decimal(money.amount).scaleb(-money.exponent), money.currency, locale=_locale(locale)
    )


def date(day: datetime.date, locale: str) -> str:
    """A date written out: "Sunday, 20 December 2026" in en, "Sunday, December 20, 2026" in en_US."""
    found = _locale(locale)
    pattern = "EEEE, d MMMM y" if str(found) == "en" else "full"
    return format_date(day, pattern, locale=found)


def day(on: datetime.date, locale: str) -> str:
    """A date without the weekday, for lists and receipts: "20 December 2026"."""
    found = _locale(locale)
    return format_date(on, "d MMMM y" if str(found) == "en" else "long", locale=found)


def span(paid: Period, locale: str) -> str:
    """A period by its first and last day: "22 November 2026 to 19 December 2026"."""
    locale = _spoken(locale)
    return _words(locale).span.format(first=day(paid.starts_on, locale), last=day(paid.last_on, locale))


def is_currency(code: str) -> bool:
    """Whether there is such a currency: USD, not USX."""
    return bool(known_to_babel(code))


def speaks(locale: str) -> bool:
    """Whether this is a locale, written as "de" or "de_AT", whose language has words here."""
    try:
        return Locale.parse(locale).language in WORDS
    except (ValueError, UnknownLocaleError):
        return False


def every(rhythm: Rhythm, locale: str) -> str:
    """A rhythm in words: "every 4 weeks", "every month", "every 3 days"."""
    name, count = _shown(rhythm)
    locale = _spoken(locale)
    words = _words(locale)
    return words.every_one[name] if count == 1 else words.every_many[name].format(n=_number(count, locale))


def every_exactly(rhythm: Rhythm, locale: str) -> str:
    """A rhythm that leaves no doubt: "every 4 weeks (28 days)"."""
    locale = _spoken(locale)
    if _shown(rhythm)[0] != "week":
        return every(rhythm, locale)
    days = _words(locale).time_many["day"].format(n=_number(rhythm.count, locale))
    return f"{every(rhythm, locale)} ({days})"


def card(terms: OfferTerms, locale: str) -> str:
    """The price on a card: "$1.99 every 4 weeks", or "$0.50 every 4 weeks for 12 weeks, then …"."""
    locale = _spoken(locale)
    words = _words(locale)
    rhythm = every(terms.rhythm, locale)
    parts = []
    for step in terms.steps:
        if step.price.amount == 0:
            parts.append(words.free_for.format(time=_length(terms.rhythm, step.periods or 0, locale)))
            continue
        price = amount(step.price, locale)
        if step.periods != 1:
            price = words.price_every.format(price=price, every=rhythm)
        if step.periods is not None:
            price = words.for_time.format(price=price, time=_length(terms.rhythm, step.periods, locale))
        parts.append(price)
    return words.then.join(parts)


def line(terms: OfferTerms, locale: str) -> str:
    """What stands below a subscribe button on a printed page: all of the disclosure that has no date."""
    locale = _spoken(locale)
    said = [_charges(terms, None, None, locale), _per_year(terms, ANY_ANCHOR, locale), cancelling(locale)]
    return " ".join(filter(None, said))


def disclosure(
    terms: OfferTerms, first_on: datetime.date, locale: str, *, today: datetime.date | None = None
) -> str:
    """All that is charged and when, as it must stand next to the button that costs.

    `first_on` is the day of the first charge; given a `today` before it, that day is named instead of
    "today". Example: "$1.99 today, then $1.99 every 4 weeks (28 days) until you cancel. That is 13 payments
    ($25.87) in most years and 14 ($27.86) in some. About $2.16 a month. Next charge: Sunday, 20 December
    2026."
    """
    locale = _spoken(locale)
    words = _words(locale)
    is_later = today is not None and today < first_on
    said = [_charges(terms, first_on, first_on if is_later else None, locale)]
    said.append(_per_year(terms, first_on, locale))
    if _shown(terms.rhythm) != ("month", 1):
        said.append(words.about_monthly.format(price=amount(monthly(terms), locale)))
    following = terms.next_charged(0 if is_later else 1)
    sentence = words.next_charge if terms.first_price.amount else words.first_charge
    said.append(sentence.format(date=date(period(first_on, terms.rhythm, following).starts_on, locale)))
    return " ".join(filter(None, said))


def cancelling(locale: str) -> str:
    """That and how one can cancel: "Cancel any time in your account, in two steps." is the English one."""
    return _words(_spoken(locale)).cancelling


def button(terms: OfferTerms, locale: str) -> str:
    """The words on the button that costs: "Subscribe and pay $1.99"."""
    locale = _spoken(locale)
    words = _words(locale)
    if terms.first_price.amount == 0:
        return words.button_later.format(price=amount(terms.steps[1].price, locale))
    return words.button.format(price=amount(terms.first_price, locale))


def once_card(price: Money, lasts: Rhythm, locale: str) -> str:
    """What is bought once, on a card: "$0.99 for 1 day, once"."""
    locale = _spoken(locale)
    return _words(locale).once_card.format(price=amount(price, locale), time=_length(lasts, 1, locale))


def once(price: Money, lasts: Rhythm, locale: str) -> str:
    """All that is charged for what is bought once: "$0.99 today, once, for 1 day. It ends by itself, …"."""
    locale = _spoken(locale)
    words = _words(locale)
    time = _length(lasts, 1, locale)
    return words.once.format(price=amount(price, locale), when=words.today, time=time)


def button_once(price: Money, locale: str) -> str:
    """The words on the button that costs once: "Buy and pay $0.99"."""
    locale = _spoken(locale)
    return _words(locale).button_once.format(price=amount(price, locale))


def monthly(terms: OfferTerms) -> Money:
    """A twelfth of a usual year at the full price, half a cent up: for $1.99 every 28 days $2.16."""
    price = terms.full_price
    payments, months = _payments_in_months(terms.rhythm)
    return Money((2 * price.amount * payments + months) // (2 * months), price.currency)


def price_facts(terms: OfferTerms) -> dict[str, object]:
    """The full price for machines (schema.org): an Offer by the period, never by a month for 28 days."""
    price = format(Decimal(terms.full_price.amount).scaleb(-terms.full_price.exponent), "f")
    codes = {"day": "DAY", "month": "MON", "year": "ANN"}
    quantity = {
        "@type": "QuantitativeValue",
        "value": terms.rhythm.count,
        "unitCode": codes[terms.rhythm.unit],
    }
    return {
        "@type": "Offer",
        "price": price,
        "priceCurrency": terms.full_price.currency,
        "priceSpecification": {
            "@type": "UnitPriceSpecification",
            "price": price,
            "priceCurrency": terms.full_price.currency,
            "referenceQuantity": quantity,
        },
    }


def _charges(
    terms: OfferTerms, first_on: datetime.date | None, named_on: datetime.date | None, locale: str
) -> str:
    """The sentences that say which price is charged when; with dates where `first_on` is known."""
    words = _words(locale)
    when = words.today if named_on is None else words.on.format(date=date(named_on, locale))
    exactly = every_exactly(terms.rhythm, locale)
    full = words.until_cancelled.format(price=amount(terms.full_price, locale), every=exactly)
    if not terms.intro_periods:
        return words.first_then.format(price=amount(terms.first_price, locale), when=when, rest=full)
    said = [_first_intro(terms, when, locale)]
    passed = terms.steps[0].periods or 0
    for step in terms.steps[1:-1]:
        said.append(
            words.intro_next.format(
                when=_after(terms, passed, first_on, locale),
                price=amount(step.price, locale),
                every=exactly,
                payments=_payments(step.periods or 0, locale),
            )
        )
        passed += step.periods or 0
    said.append(words.later.format(when=_after(terms, passed, first_on, locale), rest=full))
    return " ".join(said)


def _first_intro(terms: OfferTerms, when: str, locale: str) -> str:
    """The first introductory price: "$0.50 today, then $0.50 every 4 weeks (28 days), 3 payments in all."."""
    words = _words(locale)
    price = amount(terms.first_price, locale)
    count = terms.steps[0].periods or 0
    if terms.first_price.amount == 0:
        return words.intro_free.format(when=when, time=_length(terms.rhythm, count, locale))
    if count == 1:
        return words.intro_one.format(price=price, when=when, time=_length(terms.rhythm, 1, locale))
    every_time = every_exactly(terms.rhythm, locale)
    return words.intro_many.format(
        price=price, when=when, every=every_time, payments=_payments(count, locale)
    )


def _after(terms: OfferTerms, passed: int, first_on: datetime.date | None, locale: str) -> str:
    """When the price changes that follows `passed` periods: by date, or by the time that has passed."""
    words = _words(locale)
    if first_on is None:
        return words.after_time.format(time=_length(terms.rhythm, passed, locale, after=True))
    return words.from_date.format(date=date(period(first_on, terms.rhythm, passed).starts_on, locale))


def _per_year(terms: OfferTerms, anchor_on: datetime.date, locale: str) -> str:
    """How many full-price payments a calendar year has and what they come to; "" for less than one a year."""
    words = _words(locale)
    yearly = charges_per_year(anchor_on, terms.rhythm)
    if yearly.least == 0:
        return ""
    if terms.intro_periods:
        lead = words.full_one if yearly.usual == 1 else words.full_many
    else:
        lead = words.that_one if yearly.usual == 1 else words.that_many
    payments, total = _payments(yearly.usual, locale), _sum(terms, yearly.usual, locale)
    if yearly.least == yearly.most:
        return f"{lead} {words.every_year.format(payments=payments, sum=total)}"
    other = yearly.most if yearly.usual == yearly.least else yearly.least
    said = words.most_years.format(
        payments=payments, sum=total, other=_number(other, locale), other_sum=_sum(terms, other, locale)
    )
    return f"{lead} {said}"


def _sum(terms: OfferTerms, payments: int, locale: str) -> str:
    return amount(terms.full_price * payments, locale)


def _payments(count: int, locale: str) -> str:
    words = _words(locale)
    return (words.payment_one if count == 1 else words.payment_many).format(n=_number(count, locale))


def _length(rhythm: Rhythm, periods: int, locale: str, *, after: bool = False) -> str:
    """How long some periods last: "12 weeks" for 3 of 4 weeks. `after`: as it stands behind "after"."""
    name, count = _shown(rhythm)
    words = _words(locale)
    total = count * periods
    many = words.after_many if after else words.time_many
    one = words.after_one if after else words.time_one
    return (one if total == 1 else many)[name].format(n=_number(total, locale))


def _shown(rhythm: Rhythm) -> tuple[str, int]:
    """The unit in which a rhythm is named: whole weeks are called weeks, since readers count them so."""
    if rhythm.unit == "day" and rhythm.count % 7 == 0:
        return "week", rhythm.count // 7
    return rhythm.unit, rhythm.count


def _payments_in_months(rhythm: Rhythm) -> tuple[int, int]:
    """A usual number of payments and the months they cover: (13, 12) for 28 days, (1, 3) for a quarter."""
    if rhythm.unit == "month":
        return 1, rhythm.count
    if rhythm.unit == "year":
        return 1, 12 * rhythm.count
    yearly = charges_per_year(ANY_ANCHOR, rhythm)
    return (yearly.usual, 12) if yearly.least else (365, 12 * rhythm.count)


def _number(count: int, locale: str) -> str:
    return format_decimal(count, locale=_locale(locale))


def _words(locale: str) -> Words:
    return WORDS[_locale(locale).language]


@lru_cache
def _locale(name: str) -> Locale:
    """Babel's locale for "en", "en_GB", "de-DE", "fr" …; plain English for what is none."""
    try:
        return Locale.parse(name.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _spoken(locale: str) -> str:
    """The locale itself where its language has words here, else plain English."""
    return locale if _locale(locale).language in WORDS else "en"
