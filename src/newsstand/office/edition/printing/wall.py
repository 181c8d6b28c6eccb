"""The wall in words: a card for each way that really stands there, and a heading that counts the cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from newsstand.office.kit.addresses import reading_on
from newsstand.rules.gate.decide import Note, NoteKind
from newsstand.rules.gate.policy import MEND_CARD, MONTH, REGISTER, SUBSCRIBE, UPGRADE, WEEK, Policy
from newsstand.rules.gate.variants import Variant

_ONE: Final[dict[str, Promise]] = {
    SUBSCRIBE: gettext_lazy("Subscribe to continue to read this article"),
    REGISTER: gettext_lazy("Create a free account to continue to read this article"),
    MEND_CARD: gettext_lazy("Update your card to continue to read this article"),
    UPGRADE: gettext_lazy("Change your plan to continue to read this article"),
}
_MANY: Final[dict[int, Promise]] = {
    2: gettext_lazy("Two ways to continue to read this article"),
    3: gettext_lazy("Three ways to continue to read this article"),
    4: gettext_lazy("Four ways to continue to read this article"),
    5: gettext_lazy("Five ways to continue to read this article"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One way on: its template, the offer that it sells, if any, and what registering adds."""

    way: str
    template: str
    offer: Any = None
    has_more_offers: bool = False
    adds: str = ""


@dataclass(frozen=True, slots=True)
class Wall:
    """What stands where the text ends."""

    heading: str
    cards: tuple[Card, ...]
    next: str
    is_signed_in: bool


def wall(variant: Variant, offers: Sequence[Any], policy: Policy, path: str) -> Wall:
    """The wall of an opening. A way that sells something stands only where there is an offer to sell."""
    cards = tuple(
        card for way in variant.ways if (card := _card(way, variant.adds, offers, policy)) is not None
    )
    return Wall(_heading(cards), cards, way_back(path), variant.signed_in)


def way_back(path: str) -> str:
    """The value of `next` that leads back to where the text stopped, ready to stand in an address."""
    return quote(reading_on(path), safe="/")


def note_text(note: Note, policy: Policy) -> str:
    """The line above the text."""
    if note.kind == NoteKind.METER:
        return _meter_text(note, policy)
    if note.kind == NoteKind.PAYMENT_FAILED:
        return gettext("Your card was declined. You keep reading while we try again.")
    return gettext("A subscriber gave you this story.")


def _meter_text(note: Note, policy: Policy) -> str:
    numbers = {"left": note.left, "of": note.of}
    if policy.window == MONTH:
        text = ngettext(
            "%(left)d of %(of)d free article left this month",
            "%(left)d of %(of)d free articles left this month",
            note.of,
        )
    elif policy.window == WEEK:
        text = ngettext(
            "%(left)d of %(of)d free article left this week",
            "%(left)d of %(of)d free articles left this week",
            note.of,
        )
    else:
        text = ngettext(
            "%(left)d of %(of)d free article left for now",
            "%(left)d of %(of)d free articles left for now",
            note.of,
        )
    return text % numbers


def _card(way: str, adds: int, offers: Sequence[Any], policy: Policy) -> Card | None:
    template = f"edition/ways/{way}.html"
    if way in (SUBSCRIBE, UPGRADE):
        return Card(way, template, offers[0], len(offers) > 1) if offers else None
    if way == REGISTER:
        return Card(way, template, adds=_adds_text(adds, policy))
    return Card(way, template) if way == MEND_CARD else None


def _adds_text(adds: int, policy: Policy) -> str:
    if not adds:
        return gettext("Read this article")
    if policy.window == MONTH:
        text = ngettext("Read %(n)d more article this month", "Read %(n)d more this month", adds)
    elif policy.window == WEEK:
        text = ngettext("Read %(n)d more article this week", "Read %(n)d more this week", adds)
    else:
        text = ngettext("Read %(n)d more article for free", "Read %(n)d more for free", adds)
    return text % {"n": adds}


def _heading(cards: tuple[Card, ...]) -> str:
    if not cards:
        return gettext("This article is for subscribers")
    if len(cards) == 1:
        return str(_ONE[cards[0].way])
    return str(_MANY[len(cards)])
