"""The gates, in the order in which they are asked.

Each gate looks at one question and answers with a reason, or with nothing when the next one is to
be asked. When none answers there is a wall. `decide` and `explain` both walk this list.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from newsstand.rules.gate.facts import (
    ArticleFacts,
    Declares,
    Grant,
    Level,
    ReaderFacts,
    Right,
    Visit,
    is_current,
    is_in_grace,
    subject_covers,
)
from newsstand.rules.gate.meter import allowance_for, read_one
from newsstand.rules.gate.policy import Policy


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
    NETWORK_BRAKE = "network_brake"
    OFF_METER = "off_meter"
    DECLARED_HEAD = "declared_head"
    DECLARED_CRAWLER = "declared_crawler"
    PAGE = "page"


@dataclass(slots=True)
class Case:
    """One question to the gate, with the level that the article has at this moment.

    It is made for each decision and read by every gate, and no gate changes it.
    """

    article: ArticleFacts
    reader: ReaderFacts | None
    visit: Visit
    policy: Policy
    now: int
    level: Level


Gate = Callable[[Case], Reason | None]

# Looking a member up in its enumeration takes as long as a whole gate.
_FREE: Final = Level.FREE
_REGISTERED: Final = Level.REGISTERED
_METERED: Final = Level.METERED


def _taken_down(case: Case) -> Reason | None:
    gone_from = case.article.gone_from
    return Reason.TAKEN_DOWN if gone_from is not None and gone_from <= case.now else None


def _embargo(case: Case) -> Reason | None:
    until = case.article.embargo_until
    return Reason.EMBARGO if until is not None and case.now < until else None


def _not_yet(case: Case) -> Reason | None:
    published_at = case.article.published_at
    return Reason.NOT_YET if published_at is None or case.now < published_at else None


def _free(case: Case) -> Reason | None:
    return Reason.FREE if case.level is _FREE else None


def _open_house(case: Case) -> Reason | None:
    for house in case.policy.open_house:
        if house.applies(case.article.section, case.now):
            return Reason.OPEN_HOUSE
    return None


def _staff(case: Case) -> Reason | None:
    return Reason.STAFF if case.reader is not None and case.reader.is_staff else None


def _grant(case: Case) -> Reason | None:
    return None if reading_grant(case, is_current) is None else Reason.GRANT


def _grace(case: Case) -> Reason | None:
    return None if reading_grant(case, is_in_grace) is None else Reason.GRACE


def _network(case: Case) -> Reason | None:
    network = case.visit.network
    if network is None or not case.policy.network_access:
        return None
    return Reason.NETWORK if subject_covers(network, case.article) else None


def _gift(case: Case) -> Reason | None:
    return Reason.GIFT if case.visit.gift == case.article.id else None


def _crawler(case: Case) -> Reason | None:
    return Reason.CRAWLER if case.visit.crawler in case.policy.crawlers else None


def _registered(case: Case) -> Reason | None:
    return Reason.REGISTERED if case.reader is not None and case.level is _REGISTERED else None


def _meter(case: Case) -> Reason | None:
    """What is not counted is not opened: who only declares something gets nothing new from the meter."""
    if case.level is not _METERED:
        return None
    article, visit = case.article, case.visit
    if visit.is_braked and is_stopped_by_the_brake(case):
        return None
    if not read_one(visit.counted, article.id, allowance_for(case.policy, case.reader)).opened:
        return None
    if article.id in visit.counted:
        return Reason.COUNTED
    if not article.counts:
        return None
    if visit.declares == Declares.NOTHING:
        return Reason.METER
    return Reason.PREFETCH if visit.declares == Declares.PREFETCH else None


def is_stopped_by_the_brake(case: Case) -> bool:
    """Whether this is a new device out of a network that brought too many, on a site that counts them."""
    is_new = case.visit.is_braked and case.reader is None and not case.visit.counted
    return is_new and case.policy.has_brake


def reading_grant(case: Case, is_running: Callable[[Grant, int], bool]) -> Grant | None:
    """The first grant that runs in this way, paid or in grace, and opens the article."""
    if case.reader is None:
        return None
    for grant in case.reader.grants:
        is_fitting = Right.READ in grant.rights and subject_covers(grant.subject, case.article)
        if is_fitting and is_running(grant, case.now):
            return grant
    return None


GATES: Final[tuple[tuple[str, Gate], ...]] = (
    ("taken down", _taken_down),
    ("under embargo", _embargo),
    ("not published yet", _not_yet),
    ("free for everyone", _free),
    ("open house", _open_house),
    ("staff", _staff),
    ("a grant", _grant),
    ("a grant's grace", _grace),
    ("a group's network", _network),
    ("a gift", _gift),
    ("a verified crawler", _crawler),
    ("registered and signed in", _registered),
    ("the meter", _meter),
)
