"""Who may read what: one function for every output.

The first of the `GATES` that answers decides; when none does, there is a wall.
"""

from enum import StrEnum
from typing import Final, Literal, NamedTuple

from newsstand.rules.gate.facts import (
    ArticleFacts,
    Declares,
    Level,
    ReaderFacts,
    ReaderState,
    Right,
    Visit,
    holds,
    level_at,
    subject_covers,
)
from newsstand.rules.gate.gates import GATES, Case, is_stopped_by_the_brake
from newsstand.rules.gate.gates import Reason as Reason
from newsstand.rules.gate.meter import allowance_for, left
from newsstand.rules.gate.policy import ANY_ACCOUNT, Policy
from newsstand.rules.gate.ways import ways_for

Show = Literal["full", "opening", "gone", "refused"]


class NoteKind(StrEnum):
    """The lines that may stand above the text: a closed list."""

    METER = "meter"
    PAYMENT_FAILED = "payment_failed"
    GIFT = "gift"


class Note(NamedTuple):
    """The line above the text. Only the meter has numbers: `left` of `of` free articles."""

    kind: str
    left: int = 0
    of: int = 0


class Wall(NamedTuple):
    """Where the text ends: the ways on, and how many more articles registering opens."""

    ways: tuple[str, ...]
    adds: int


class Decision(NamedTuple):
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


def decide(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> Decision:
    """Who may read this article now, and what stands there otherwise.

    A device with {a} counted of 3 asks for the metered story b: full, for the reason `meter`,
    with the note 1 of 3 left, and {a, b} to be counted.
    """
    case = Case(article, reader, visit, policy, now, level_at(article, now))
    for _, gate in GATES:
        reason = gate(case)
        if reason is not None:
            return _closed(case, reason) if reason in _CLOSED else _full(case, reason)
    return _wall(case)


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


_GONE: Final = frozenset({Reason.TAKEN_DOWN, Reason.EMBARGO, Reason.NOT_YET})
_CLOSED: Final = _GONE | {Reason.PREFETCH}
_FOR_EVERYONE: Final = frozenset({Reason.FREE, Reason.OPEN_HOUSE})
_BY_THE_METER: Final = frozenset({Reason.METER, Reason.COUNTED})
_BY_A_GRANT: Final = frozenset({Reason.GRANT, Reason.GRACE})
# Looking a member up in its enumeration takes as long as a whole gate.
_METER: Final = Reason.METER
_GIFT: Final = Reason.GIFT


def _closed(case: Case, reason: Reason) -> Decision:
    """Nothing at all is shown: the article is gone, or a prefetch would have to be counted."""
    return Decision(
        show="gone" if reason in _GONE else "refused",
        reason=reason,
        ads=False,
        note=None,
        wall=None,
        visit_after=None,
        shared=False,
        signed_in=case.reader is not None,
        may_comment=False,
    )


def _full(case: Case, reason: Reason) -> Decision:
    after = case.visit.counted | {case.article.id} if reason is _METER else None
    is_anonymous = case.reader is None
    return Decision(
        "full",
        reason,
        is_anonymous or not _holds_here(case, Right.AD_FREE),
        _note(case, reason, len(case.visit.counted if after is None else after)),
        None,
        after,
        reason in _FOR_EVERYONE and _is_a_stranger(case),
        not is_anonymous,
        not is_anonymous and _may_comment(case),
    )


def _wall(case: Case) -> Decision:
    ways, adds = ways_for(
        case.article, case.level, case.reader, len(case.visit.counted), case.policy, case.now
    )
    # Somebody else behind the same cache may be let in by their address.
    is_for_all = not case.policy.crawlers and not case.policy.network_access
    return Decision(
        show="opening",
        reason=wall_reason(
            case.level,
            counts=case.article.counts,
            counted=len(case.visit.counted),
            allowance=allowance_for(case.policy, case.reader),
            declares=case.visit.declares,
            is_braked=case.visit.is_braked and is_stopped_by_the_brake(case),
        ),
        ads=not _holds_here(case, Right.AD_FREE),
        note=None,
        wall=Wall(ways, adds),
        visit_after=None,
        shared=is_for_all and _is_a_stranger(case) and case.visit.declares == Declares.NOTHING,
        signed_in=case.reader is not None,
        may_comment=False,
    )


def wall_reason(
    level: Level, *, counts: bool, counted: int, allowance: int, declares: str, is_braked: bool
) -> Reason:
    """Why there is a wall, once no gate has opened the article: 3 counted of 3 allowed is `meter_spent`."""
    if level is Level.REGISTERED:
        return Reason.MUST_REGISTER
    if level is not Level.METERED:
        return Reason.SUBSCRIBERS_ONLY
    if not counts:
        return Reason.OFF_METER
    if allowance == 0:
        return Reason.NO_METER
    if left(counted, allowance) == 0:
        return Reason.METER_SPENT
    if is_braked:
        return Reason.NETWORK_BRAKE
    return Reason.DECLARED_HEAD if declares == Declares.HEAD else Reason.DECLARED_CRAWLER


def _note(case: Case, reason: Reason, counted: int) -> Note | None:
    if reason in _BY_THE_METER:
        allowance = allowance_for(case.policy, case.reader)
        return Note(NoteKind.METER, left(counted, allowance), allowance)
    if reason is _GIFT:
        return Note(NoteKind.GIFT)
    is_failing = case.reader is not None and case.reader.state == ReaderState.PAYMENT_FAILED
    return Note(NoteKind.PAYMENT_FAILED) if is_failing and reason in _BY_A_GRANT else None


def _is_a_stranger(case: Case) -> bool:
    """Whether nothing at all is known about who asks, so that the answer is the same for all such."""
    visit = case.visit
    is_unknown = visit.gift is None and visit.network is None and visit.crawler is None
    return case.reader is None and is_unknown and not visit.counted and not visit.is_braked


def _holds_here(case: Case, right: str) -> bool:
    """Whether the reader has this right for this article now, by any grant."""
    if case.reader is None:
        return False
    for grant in case.reader.grants:
        if holds(grant, right, case.now) and subject_covers(grant.subject, case.article):
            return True
    return False


def _may_comment(case: Case) -> bool:
    if case.reader is None:
        return False
    is_open = case.reader.is_staff or case.policy.comment_needs == ANY_ACCOUNT
    return is_open or _holds_here(case, Right.COMMENT)


def _is_ad_free_on_pages(reader: ReaderFacts | None, now: int) -> bool:
    """On a page without a product every plan counts; a single article bought does not."""
    if reader is None:
        return False
    return any(
        holds(grant, Right.AD_FREE, now) and not grant.subject.startswith("article:")
        for grant in reader.grants
    )
