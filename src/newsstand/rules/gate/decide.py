"""Who may read what: one function for every output.

The gates stand in `GATES` in the order in which they are asked. The first that answers decides;
when none does, there is a wall. `explain` walks the same list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from newsstand.rules.gate.facts import (
    ArticleFacts,
    Declares,
    Level,
    ReaderFacts,
    ReaderState,
    Right,
    Visit,
    holds,
    is_current,
    is_in_grace,
    level_at,
    subject_covers,
)
from newsstand.rules.gate.meter import allowance_for, left, read_one
from newsstand.rules.gate.policy import ANY_ACCOUNT, Policy
from newsstand.rules.gate.ways import ways_for

Show = Literal["full", "opening", "gone", "refused"]


class Reason(StrEnum):
    """Why a reader was let in or stopped: a closed list, each with its sentences in `explain`."""

    TAKEN_DOWN = "taken_down"
    EMBARGO = "embargo"
    NOT_YET = "not_yet"
    FREE = "free"
    OPEN_HOUSE = "open_house"
    STAFF = "staff"
    GRANT = "grant"
    GRACE = "grace"
    NETWORK = "network"
    GIFT = "gift"
    CRAWLER = "crawler"
    REGISTERED = "registered"
    COUNTED = "counted"
    METER = "meter"
    PREFETCH = "prefetch"
    MUST_REGISTER = "must_register"
    SUBSCRIBERS_ONLY = "subscribers_only"
    METER_SPENT = "meter_spent"
    NO_METER = "no_meter"
    OFF_METER = "off_meter"
    DECLARED_HEAD = "declared_head"
    DECLARED_CRAWLER = "declared_crawler"
    PAGE = "page"


class NoteKind(StrEnum):
    """The lines that may stand above the text: a closed list."""

    METER = "meter"
    PAYMENT_FAILED = "payment_failed"
    GIFT = "gift"


@dataclass(frozen=True, slots=True)
class Note:
    """The line above the text. Only the meter has numbers: `left` of `of` free articles."""

    kind: str
    left: int = 0
    of: int = 0


@dataclass(frozen=True, slots=True)
class Wall:
    """Where the text ends: the ways on, and how many more articles registering opens."""

    ways: tuple[str, ...]
    adds: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What is shown, why, and what stands around it.

    `refused` is the answer to a prefetch that would have to be counted. `visit_after` is set only
    when an article was counted. `shared` is whether an answer to a request without our cookies
    may be kept by a cache that serves many.
    """

    show: Show
    reason: Reason
    ads: bool
    note: Note | None
    wall: Wall | None
    visit_after: frozenset[str] | None
    shared: bool
    signed_in: bool
    may_comment: bool


Gate = Callable[[ArticleFacts, ReaderFacts | None, Visit, Policy, int], Reason | None]


def decide(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Decision:
    """Who may read this article now, and what stands there otherwise.

    A device with {a} counted of 3 asks for the metered story b: full, for the reason `meter`,
    with the note 1 of 3 left, and {a, b} to be counted.
    """
    for gate in GATES:
        reason = gate(article, reader, visit, policy, now)
        if reason is not None:
            return _answer(reason, article, reader, visit, policy, now)
    return _wall(article, reader, visit, policy, now)


def decide_page(reader: ReaderFacts | None, policy: Policy, now: int) -> Decision:
    """A page that is no article, such as a listing: full, with ads unless a plan takes them away."""
    return Decision(
        show="full",
        reason=Reason.PAGE,
        ads=not _is_ad_free_on_pages(reader, now),
        note=None,
        wall=None,
        visit_after=None,
        shared=reader is None,
        signed_in=reader is not None,
        may_comment=False,
    )


def _taken_down(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.TAKEN_DOWN if article.gone_from is not None and article.gone_from <= now else None


def _embargo(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.EMBARGO if article.embargo_until is not None and now < article.embargo_until else None


def _not_yet(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.NOT_YET if article.published_at is None or now < article.published_at else None


def _free(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.FREE if level_at(article, now) is Level.FREE else None


def _open_house(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    for house in policy.open_house:
        if now < house.until and house.section in ("", article.section):
            return Reason.OPEN_HOUSE
    return None


def _staff(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.STAFF if reader is not None and reader.is_staff else None


def _grant(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    for grant in reader.grants if reader is not None else ():
        if Right.READ in grant.rights and is_current(grant, now) and subject_covers(grant.subject, article):
            return Reason.GRANT
    return None


def _grace(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    for grant in reader.grants if reader is not None else ():
        if Right.READ in grant.rights and is_in_grace(grant, now) and subject_covers(grant.subject, article):
            return Reason.GRACE
    return None


def _network(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    if not policy.network_access or visit.network is None:
        return None
    return Reason.NETWORK if subject_covers(visit.network, article) else None


def _gift(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.GIFT if visit.gift is not None and visit.gift == article.id else None


def _crawler(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    return Reason.CRAWLER if visit.crawler is not None and visit.crawler in policy.crawlers else None


def _registered(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    if reader is None or level_at(article, now) is not Level.REGISTERED:
        return None
    return Reason.REGISTERED


def _meter(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Reason | None:
    """What is not counted is not opened: who only declares something gets nothing new from the meter."""
    if level_at(article, now) is not Level.METERED:
        return None
    reading = read_one(visit.counted, article.id, allowance_for(policy, reader))
    if not reading.opened:
        return None
    if article.id in visit.counted:
        return Reason.COUNTED
    if not article.counts:
        return None
    if visit.declares == Declares.NOTHING:
        return Reason.METER
    return Reason.PREFETCH if visit.declares == Declares.PREFETCH else None


GATES: Final[tuple[Gate, ...]] = (
    _taken_down,
    _embargo,
    _not_yet,
    _free,
    _open_house,
    _staff,
    _grant,
    _grace,
    _network,
    _gift,
    _crawler,
    _registered,
    _meter,
)

_GONE: Final = frozenset({Reason.TAKEN_DOWN, Reason.EMBARGO, Reason.NOT_YET})
_FOR_EVERYONE: Final = frozenset({Reason.FREE, Reason.OPEN_HOUSE})


def _answer(
    reason: Reason, article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Decision:
    """The decision for a gate that answered: gone, refused, or the whole text."""
    if reason in _GONE or reason is Reason.PREFETCH:
        return Decision(
            show="gone" if reason in _GONE else "refused",
            reason=reason,
            ads=False,
            note=None,
            wall=None,
            visit_after=None,
            shared=False,
            signed_in=reader is not None,
            may_comment=False,
        )
    counted = visit.counted | {article.id} if reason is Reason.METER else None
    return Decision(
        show="full",
        reason=reason,
        ads=not _is_ad_free(article, reader, now),
        note=_note(reason, reader, counted or visit.counted, policy),
        wall=None,
        visit_after=counted,
        shared=reason in _FOR_EVERYONE and _is_a_stranger(reader, visit),
        signed_in=reader is not None,
        may_comment=_may_comment(article, reader, policy, now),
    )


def _wall(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Decision:
    level = level_at(article, now)
    ways, adds = ways_for(article, level, reader, len(visit.counted), policy, now)
    reason = _wall_reason(article, level, reader, visit, policy)
    may_differ = bool(policy.crawlers) or policy.network_access
    return Decision(
        show="opening",
        reason=reason,
        ads=not _is_ad_free(article, reader, now),
        note=None,
        wall=Wall(ways, adds),
        visit_after=None,
        shared=_is_a_stranger(reader, visit) and visit.declares == Declares.NOTHING and not may_differ,
        signed_in=reader is not None,
        may_comment=False,
    )


def _wall_reason(
    article: ArticleFacts, level: Level, reader: ReaderFacts | None, visit: Visit, policy: Policy
) -> Reason:
    if level is Level.REGISTERED:
        return Reason.MUST_REGISTER
    if level is not Level.METERED:
        return Reason.SUBSCRIBERS_ONLY
    if not article.counts:
        return Reason.OFF_METER
    allowance = allowance_for(policy, reader)
    if allowance == 0:
        return Reason.NO_METER
    if left(len(visit.counted), allowance) == 0:
        return Reason.METER_SPENT
    return Reason.DECLARED_HEAD if visit.declares == Declares.HEAD else Reason.DECLARED_CRAWLER


def _note(reason: Reason, reader: ReaderFacts | None, counted: frozenset[str], policy: Policy) -> Note | None:
    if reason in (Reason.METER, Reason.COUNTED):
        allowance = allowance_for(policy, reader)
        return Note(NoteKind.METER, left(len(counted), allowance), allowance)
    if reason is Reason.GIFT:
        return Note(NoteKind.GIFT)
    if reason in (Reason.GRANT, Reason.GRACE) and reader is not None:
        return Note(NoteKind.PAYMENT_FAILED) if reader.state == ReaderState.PAYMENT_FAILED else None
    return None


def _is_a_stranger(reader: ReaderFacts | None, visit: Visit) -> bool:
    """Whether nothing at all is known about who asks, so that the answer is the same for all such."""
    is_unknown = visit.gift is None and visit.network is None and visit.crawler is None
    return reader is None and is_unknown and not visit.counted


def _holds_here(right: str, article: ArticleFacts, reader: ReaderFacts, now: int) -> bool:
    return any(holds(grant, right, now) and subject_covers(grant.subject, article) for grant in reader.grants)


def _is_ad_free(article: ArticleFacts, reader: ReaderFacts | None, now: int) -> bool:
    return reader is not None and _holds_here(Right.AD_FREE, article, reader, now)


def _is_ad_free_on_pages(reader: ReaderFacts | None, now: int) -> bool:
    """On a page without a product every plan counts; a single article bought does not."""
    if reader is None:
        return False
    return any(
        holds(grant, Right.AD_FREE, now) and not grant.subject.startswith("article:")
        for grant in reader.grants
    )


def _may_comment(article: ArticleFacts, reader: ReaderFacts | None, policy: Policy, now: int) -> bool:
    if reader is None:
        return False
    if reader.is_staff or policy.comment_needs == ANY_ACCOUNT:
        return True
    return _holds_here(Right.COMMENT, article, reader, now)
