"""The words of price texts, one value per language. No Babel here: amounts and dates come ready-made."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """Templates for `str.format`. Mappings go from "day", "week", "month", "year" to a template with {n}."""

    every_one: Mapping[str, str]
    every_many: Mapping[str, str]
    time_one: Mapping[str, str]
    time_many: Mapping[str, str]
    after_one: Mapping[str, str]
    after_many: Mapping[str, str]
    payment_one: str
    payment_many: str
    price_every: str
    for_time: str
    then: str
    span: str
    today: str
    on: str
    until_cancelled: str
    first_then: str
    free_for: str
    intro_free: str
    intro_one: str
    intro_many: str
    intro_next: str
    later: str
    from_date: str
    after_time: str
    that_one: str
    that_many: str
    full_one: str
    full_many: str
    every_year: str
    most_years: str
    about_monthly: str
    next_charge: str
    first_charge: str
    cancelling: str
    button: str
    button_later: str
    button_once: str
    once: str
    once_card: str


ENGLISH = Words(
    every_one={"day": "every day", "week": "every week", "month": "every month", "year": "every year"},
    every_many={
        "day": "every {n} days",
        "week": "every {n} weeks",
        "month": "every {n} months",
        "year": "every {n} years",
    },
    time_one={"day": "{n} day", "week": "{n} week", "month": "{n} month", "year": "{n} year"},
    time_many={"day": "{n} days", "week": "{n} weeks", "month": "{n} months", "year": "{n} years"},
    after_one={"day": "{n} day", "week": "{n} week", "month": "{n} month", "year": "{n} year"},
    after_many={"day": "{n} days", "week": "{n} weeks", "month": "{n} months", "year": "{n} years"},
    payment_one="{n} payment",
    payment_many="{n} payments",
    price_every="{price} {every}",
    for_time="{price} for {time}",
    then=", then ",
    span="{first} to {last}",
    today="today",
    on="on {date}",
    until_cancelled="{price} {every} until you cancel",
    first_then="{price} {when}, then {rest}.",
    free_for="Free for {time}",
    intro_free="Free for the first {time}: nothing is charged {when}.",
    intro_one="{price} {when} for the first {time}.",
    intro_many="{price} {when}, then {price} {every}, {payments} in all.",
    intro_next="{when}: {price} {every}, {payments}.",
    later="{when}: {rest}.",
    from_date="From {date}",
    after_time="After {time}",
    that_one="That is",
    that_many="That is",
    full_one="At the full price that is",
    full_many="At the full price that is",
    every_year="{payments} ({sum}) a year.",
    most_years="{payments} ({sum}) in most years and {other} ({other_sum}) in some.",
    about_monthly="About {price} a month.",
    next_charge="Next charge: {date}.",
    first_charge="First charge: {date}.",
    cancelling="Cancel any time in your account, in two steps.",
    button="Subscribe and pay {price}",
    button_later="Subscribe, then pay {price}",
    button_once="Buy and pay {price}",
    once="{price} {when}, once, for {time}. It ends by itself, and nothing else is charged.",
    once_card="{price} for {time}, once",
)

GERMAN = Words(
    every_one={"day": "jeden Tag", "week": "jede Woche", "month": "jeden Monat", "year": "jedes Jahr"},
    every_many={
        "day": "alle {n} Tage",
        "week": "alle {n} Wochen",
        "month": "alle {n} Monate",
        "year": "alle {n} Jahre",
    },
    time_one={"day": "{n} Tag", "week": "{n} Woche", "month": "{n} Monat", "year": "{n} Jahr"},
    time_many={"day": "{n} Tage", "week": "{n} Wochen", "month": "{n} Monate", "year": "{n} Jahre"},
    after_one={"day": "{n} Tag", "week": "{n} Woche", "month": "{n} Monat", "year": "{n} Jahr"},
    after_many={"day": "{n} Tagen", "week": "{n} Wochen", "month": "{n} Monaten", "year": "{n} Jahren"},
    payment_one="{n} Zahlung",
    payment_many="{n} Zahlungen",
    price_every="{price} {every}",
    for_time="{price} für {time}",
    then=", dann ",
    span="{first} bis {last}",
    today="heute",
    on="am {date}",
    until_cancelled="{price} {every}, bis Sie kündigen",
    first_then="{price} {when}, dann {rest}.",
    free_for="Kostenlos für {time}",
    intro_free="Kostenlos für {time}: {when} wird nichts abgebucht.",
    intro_one="{price} {when} für {time}.",
    intro_many="{price} {when}, dann {price} {every}, insgesamt {payments}.",
    intro_next="{when}: {price} {every}, {payments}.",
    later="{when}: {rest}.",
    from_date="Ab {date}",
    after_time="Nach Ablauf von {time}",
    that_one="Das ist",
    that_many="Das sind",
    full_one="Zum vollen Preis ist das",
    full_many="Zum vollen Preis sind das",
    every_year="{payments} ({sum}) im Jahr.",
    most_years="{payments} ({sum}) in den meisten Jahren und {other} ({other_sum}) in manchen.",
    about_monthly="Etwa {price} im Monat.",
    next_charge="Nächste Zahlung: {date}.",
    first_charge="Erste Zahlung: {date}.",
    cancelling="Jederzeit kündbar, in Ihrem Konto, in zwei Schritten.",
    button="Zahlungspflichtig abonnieren: {price}",
    button_later="Zahlungspflichtig abonnieren, später {price}",
    button_once="Zahlungspflichtig kaufen: {price}",
    once="{price} {when}, einmalig, für {time}. Das endet von selbst, und sonst wird nichts abgebucht.",
    once_card="{price} für {time}, einmalig",
)

WORDS: Mapping[str, Words] = {"en": ENGLISH, "de": GERMAN}
