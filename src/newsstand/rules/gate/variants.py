"""The finite list of pages that can be made of one article: what differs between readers, and no more."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Final, cast

from newsstand.rules.gate.decide import Decision, Note, NoteKind, Reason, Show, wall_reason
from newsstand.rules.gate.facts import ArticleFacts, Declares, Level, level_at
from newsstand.rules.gate.policy import ANY_ACCOUNT, Policy
from newsstand.rules.gate.ways import walls_of_readers, ways_for

SHOWS: Final = ("full", "opening", "gone", "refused")
_NAME: Final = re.compile(
    r"(?P<show>full|opening|gone|refused)(?P<ads>\.ads)?(?P<signed_in>\.in)?(?P<may_comment>\.talk)?"
    r"(?:\.note-(?P<kind>[a-z_]+)(?:-(?P<left>[0-9]+)-(?P<of>[0-9]+))?)?"
    r"(?:\.by-(?P<ways>[a-z_]+(?:\+[a-z_]+)*))?(?:\.adds-(?P<adds>[0-9]+))?"
)


@dataclass(frozen=True, slots=True)
class Variant:
    """One ready-made page of an article; two variants with the same name are the same page."""

    show: Show
    ways: tuple[str, ...] = ()
    adds: int = 0
    ads: bool = False
    note: Note | None = None
    signed_in: bool = False
    may_comment: bool = False
    name: str = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", _name_of(self))

    @staticmethod
    def parse(name: str) -> "Variant":
        """The variant of that name: `full.ads.note-meter-2-3`; raises ValueError for any other text."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is not the name of a variant")
        kind = match["kind"]
        variant = Variant(
            show=cast(Show, match["show"]),
            ways=tuple(match["ways"].split("+")) if match["ways"] else (),
            adds=int(match["adds"] or 0),
            ads=match["ads"] is not None,
            note=Note(kind, int(match["left"] or 0), int(match["of"] or 0)) if kind else None,
            signed_in=match["signed_in"] is not None,
            may_comment=match["may_comment"] is not None,
        )
        if variant.name != name:
            raise ValueError(f"{name!r} is not how this variant is written; {variant.name!r} is")
        return variant


def _name_of(variant: Variant) -> str:
    name: str = variant.show
    if variant.ads:
        name += ".ads"
    if variant.signed_in:
        name += ".in"
    if variant.may_comment:
        name += ".talk"
    if variant.note is not None:
        name += f".note-{variant.note.kind}"
        if variant.note.of:
            name += f"-{variant.note.left}-{variant.note.of}"
    if variant.ways:
        name += ".by-" + "+".join(variant.ways)
    if variant.adds:
        name += f".adds-{variant.adds}"
    return name


def variant_of(decision: Decision) -> Variant:
    """The ready-made page that this decision asks for. Nothing of one person is in it."""
    if decision.show in ("gone", "refused"):
        return _variant(decision.show, (), 0, False, None, False, False)
    wall = decision.wall
    ways, adds = (wall.ways, wall.adds) if wall is not None else ((), 0)
    return _variant(
        decision.show, ways, adds, decision.ads, decision.note, decision.signed_in, decision.may_comment
    )


@lru_cache(maxsize=1024)
def _variant(
    show: Show,
    ways: tuple[str, ...],
    adds: int,
    ads: bool,
    note: Note | None,
    signed_in: bool,
    may_comment: bool,
) -> Variant:
    return Variant(show, ways, adds, ads, note, signed_in, may_comment)


def variants(article: ArticleFacts, policy: Policy) -> tuple[Variant, ...]:
    """Every page of this article that any decision can ask for, at any moment and for any reader.

    A metered story with 3 free articles for a device and 6 for a reader has 52 of them; a free
    story has 6.
    """
    found: dict[Variant, None] = {Variant("gone"): None}
    levels = _levels(article)
    if Level.FREE in levels or _may_be_open_house(article, policy):
        found.update(dict.fromkeys(_full(policy, (None,), (None,))))
    gated = [level for level in levels if level is not Level.FREE]
    if gated:
        metered = Level.METERED in gated
        anonymous = (Note(NoteKind.GIFT), None, *_meter_notes(policy.device_allowance, metered))
        signed_in = (
            None,
            Note(NoteKind.PAYMENT_FAILED),
            Note(NoteKind.GIFT),
            *_meter_notes(policy.reader_allowance, metered),
        )
        found.update(dict.fromkeys(_full(policy, anonymous, signed_in)))
        found.update(dict.fromkeys(_openings(article, gated, policy)))
        if metered:
            found[Variant("refused")] = None
    return tuple(found)


def printed_reason(variant: Variant, article: ArticleFacts, policy: Policy, now: int) -> Reason:
    """Why who meets this wall is stopped, as far as it is the same for all who meet it: `meter_spent`.

    Only who declares to be a crawler may read there another reason than the gate's own, and only where
    registering would open nothing, or where networks are counted.
    """
    allowance = policy.reader_allowance if variant.signed_in else policy.device_allowance
    return wall_reason(
        level_at(article, now),
        counts=article.counts,
        counted=policy.reader_allowance - variant.adds if variant.adds else allowance,
        allowance=allowance,
        declares=Declares.CRAWLER,
        is_braked=policy.has_brake and variant.adds == policy.reader_allowance,
    )


def page_variants(policy: Policy) -> tuple[Variant, ...]:
    """Every page of an address that is no article: for strangers, and signed in with ads or without.

    The policy has no say in it yet; it is asked for so that a listing may have a wall one day.
    """
    return (
        Variant("full", ads=True),
        Variant("full", ads=True, signed_in=True),
        Variant("full", ads=False, signed_in=True),
    )


def printed_at_once(article: ArticleFacts, policy: Policy) -> tuple[Variant, ...]:
    """What most readers meet, printed when an article is: the stranger's wall, full with ads, full without.

    The other variants are printed when they are first asked for.
    """
    subscriber = Variant("full", signed_in=True, may_comment=True)
    found: dict[Variant, None] = {}
    levels = _levels(article)
    for level in levels:
        found.update(dict.fromkeys(_first_met(article, level, policy)))
    if _may_be_open_house(article, policy):
        found[Variant("full", ads=True)] = None
    found[subscriber] = None
    return tuple(found)


def _first_met(article: ArticleFacts, level: Level, policy: Policy) -> Iterator[Variant]:
    if level is Level.FREE:
        yield Variant("full", ads=True)
        return
    counted = policy.device_allowance if level is Level.METERED else 0
    ways, adds = ways_for(article, level, None, counted, policy, 0)
    yield Variant("opening", ways, adds, ads=True)
    if level is Level.REGISTERED:
        yield Variant("full", ads=True, signed_in=True, may_comment=policy.comment_needs == ANY_ACCOUNT)
    elif level is Level.METERED and article.counts and policy.device_allowance:
        first = Note(NoteKind.METER, policy.device_allowance - 1, policy.device_allowance)
        yield Variant("full", ads=True, note=first)


def _levels(article: ArticleFacts) -> tuple[Level, ...]:
    """Every level that this article can have while it may be read; before the first step, subscribers."""
    levels = dict.fromkeys(step.level for step in article.steps)
    begins_at = max(article.published_at or 0, article.embargo_until or 0)
    if not article.steps or article.steps[0].from_at > begins_at:
        levels[Level.SUBSCRIBERS] = None
    return tuple(levels)


def _may_be_open_house(article: ArticleFacts, policy: Policy) -> bool:
    return any(house.section in ("", article.section) for house in policy.open_house)


def _meter_notes(allowance: int, metered: bool) -> tuple[Note, ...]:
    """One note for each number that may be left after a reading: 2, 1 and 0 of 3."""
    if not metered:
        return ()
    return tuple(Note(NoteKind.METER, n, allowance) for n in reversed(range(allowance)))


def _full(
    policy: Policy, anonymous: tuple[Note | None, ...], signed_in: tuple[Note | None, ...]
) -> Iterator[Variant]:
    """The whole text: strangers with ads, readers with ads or without, who may comment or may not."""
    for note in anonymous:
        yield Variant("full", ads=True, note=note)
    talks = (True,) if policy.comment_needs == ANY_ACCOUNT else (False, True)
    for note, ads, may_comment in product(signed_in, (True, False), talks):
        yield Variant("full", ads=ads, note=note, signed_in=True, may_comment=may_comment)


def _openings(article: ArticleFacts, levels: Iterable[Level], policy: Policy) -> Iterator[Variant]:
    """The walls: for strangers by what is counted, for readers by what fits them."""
    for level in levels:
        for counted in range(policy.reader_allowance + 1 if level is Level.METERED else 1):
            ways, adds = ways_for(article, level, None, counted, policy, 0)
            yield Variant("opening", ways, adds, ads=True)
    for ways, ads in product(walls_of_readers(article, policy), (True, False)):
        yield Variant("opening", ways, ads=ads, signed_in=True)
