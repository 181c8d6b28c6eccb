"""The wall in words: a card for each way that really stands there, and a heading that counts the cards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy, ngettext

from newsstand.office.kit.addresses import reading_on
from newsstand.rules.gate.decide import Note, NoteKind, Reason
from newsstand.rules.gate.policy import (
    ARTICLE,
    ASK_GROUP,
    DAY_PASS,
    MEND_CARD,
    MONTH,
    REGISTER,
    SUBSCRIBE,
    UPGRADE,
    WEEK,
    WIN_BACK,
    Policy,
)
from newsstand.rules.gate.sentences import SENTENCES
from newsstand.rules.gate.variants import Variant

_ONE: Final[dict[str, Promise]] = {
    SUBSCRIBE: gettext_lazy("Subscribe to continue to read this article"),
    REGISTER: gettext_lazy("Create a free account to continue to read this article"),
    MEND_CARD: gettext_lazy("Update your card to continue to read this article"),
    UPGRADE: gettext_lazy("Add a plan to continue to read this article"),
    DAY_PASS: gettext_lazy("Buy a day pass to continue to read this article"),
    ARTICLE: gettext_lazy("Buy this article to continue to read it"),
    WIN_BACK: gettext_lazy("Come back to continue to read this article"),
    ASK_GROUP: gettext_lazy("Ask your library or company to continue to read this article"),
}
_MANY: Final[dict[int, Promise]] = {
    2: gettext_lazy("Two ways to continue to read this article"),
    3: gettext_lazy("Three ways to continue to read this article"),
    4: gettext_lazy("Four ways to continue to read this article"),
    5: gettext_lazy("Five ways to continue to read this article"),
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands on a wall besides the plans: what is sold by hand for the story's product, groups that can be
    asked (name and address), the publication's own words, and where the reader is told what was counted."""

    by_hand: Mapping[str, Any] = field(default_factory=dict)
    contacts: tuple[tuple[str, str], ...] = ()
    line: str = ""
    benefits: tuple[str, ...] = ()
    why: str = ""


NOTHING_BESIDE: Final = Beside()


@dataclass(frozen=True, slots=True)
class Card:
    """One way on: its template, the offer that it sells, if any, and what registering adds."""

    way: str
    template: str
    offer: Any = None
    has_more_offers: bool = False
    adds: str = ""
    link: str = ""
    contacts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wall:
    """What stands where the text ends."""

    heading: str
    cards: tuple[Card, ...]
    next: str
    is_signed_in: bool
    line: str
    benefits: tuple[str, ...]
    why: str
    sentence: str


def wall(
    variant: Variant,
    offers: Sequence[Any],
    policy: Policy,
    path: str,
    reason: Reason,
    beside: Beside = NOTHING_BESIDE,
) -> Wall:
    """The wall of an opening, which stands there for this reason.

    A way that sells something stands only where there is an offer to sell.
    """
    back = way_back(path)
    found = (
        _card(way, variant.adds, offers, policy) or _card_beside(way, beside, back) for way in variant.ways
    )
    cards = tuple(card for card in found if card is not None)
    return Wall(
        heading=_heading(cards),
        cards=cards,
        next=back,
        is_signed_in=variant.signed_in,
        line=beside.line,
        benefits=beside.benefits,
        why=beside.why if reason is Reason.METER_SPENT else "",
        sentence=gettext(SENTENCES[reason].reader),
    )


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


def _card_beside(way: str, beside: Beside, back: str) -> Card | None:
    """The card of a way that no plan is sold by: something sold by hand, or a group to ask."""
    template = f"edition/ways/{way}.html"
    if way == ASK_GROUP:
        return Card(way, template, contacts=beside.contacts) if beside.contacts else None
    offer = beside.by_hand.get(way)
    if offer is None:
        return None
    link = f"{offer.link}?next={back}" if offer.link.startswith("/") and "?" not in offer.link else offer.link
    return Card(way, template, offer, link=link)


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
