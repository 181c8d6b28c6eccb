"""What the gate may know: plain values about an article, a reader and a visit.

All moments are whole seconds since 1970 in UTC. A span runs from its first moment up to, but not
including, its last one.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple


class Level(StrEnum):
    """How open an article is by itself, before anything is known about the reader."""

    FREE = "free"
    REGISTERED = "registered"
    METERED = "metered"
    SUBSCRIBERS = "subscribers"


class Right:
    """The rights that a grant may hold; a newsletter's right is `newsletter:` and its name."""

    READ: Final = "read"
    AD_FREE: Final = "ad_free"
    COMMENT: Final = "comment"
    ARCHIVE: Final = "archive"


class Declares:
    """What a client says about itself. Nobody checked it, so it may only take away, never give."""

    NOTHING: Final = ""
    PREFETCH: Final = "prefetch"
    CRAWLER: Final = "crawler"
    HEAD: Final = "head"


class ReaderState:
    """What billing or a group has to say about a reader, where it is worth a word."""

    NOTHING: Final = ""
    PAYMENT_FAILED: Final = "payment_failed"
    CANCELLED: Final = "cancelled"
    LAPSED: Final = "lapsed"
    SEAT_EXPIRED: Final = "seat_expired"


SITE: Final = "site"


@dataclass(frozen=True, slots=True)
class Step:
    """From this moment on the article has this level, until the next step."""

    from_at: int
    level: Level


@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """One article as the gate sees it.

    `steps` are sorted by `from_at`. `counts` is whether the meter may count it; a metered story
    that may not be counted is never opened by the meter.
    """

    id: str
    product: str
    section: str
    steps: tuple[Step, ...]
    published_at: int | None
    embargo_until: int | None = None
    gone_from: int | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """Rights from a moment to a moment.

    `subject` is `site`, `product:<code>` or `article:<id>`. `until` None has no end. Between
    `until` and `grace_until` the rights still hold, while a payment is tried again.
    """

    subject: str
    rights: frozenset[str]
    from_at: int
    until: int | None
    grace_until: int | None
    source: str


@dataclass(frozen=True, slots=True)
class ReaderFacts:
    """One signed-in reader as the gate sees them; grants that are over may still be listed."""

    id: str
    is_staff: bool
    created_at: int
    grants: tuple[Grant, ...]
    state: str = ReaderState.NOTHING


class Visit(NamedTuple):
    """One request, beside who asks. It is made for each, so it is the quickest value that Python has.

    `counted` are the articles counted in this window for the identity that decides: the reader
    when signed in, else the device. `gift`, `network` and `crawler` are verified by the caller:
    the id of the article that a valid gift opens, the subject that a group's network covers
    (`site` or `product:<code>`), and the name of a crawler whose address was checked. `is_braked`: a
    new device out of a network that has brought too many of them today.
    """

    counted: frozenset[str] = frozenset()
    declares: str = Declares.NOTHING
    gift: str | None = None
    network: str | None = None
    crawler: str | None = None
    is_braked: bool = False


def level_at(article: ArticleFacts, now: int) -> Level:
    """The level of the last step that has begun; `subscribers` when none has.

    Steps (0, free), (100, metered): at 99 free, at 100 metered.
    """
    level = Level.SUBSCRIBERS
    for step in article.steps:
        if step.from_at > now:
            break
        level = step.level
    return level


def subject_covers(subject: str, article: ArticleFacts) -> bool:
    """Whether a grant's subject takes in this article: `product:news` covers all of that product."""
    if subject == SITE:
        return True
    kind, _, name = subject.partition(":")
    return (kind == "product" and name == article.product) or (kind == "article" and name == article.id)


def is_current(grant: Grant, now: int) -> bool:
    """Whether the paid or given time runs: from 100 until 200 holds at 100 and at 199, not at 200."""
    return grant.from_at <= now and (grant.until is None or now < grant.until)


def is_in_grace(grant: Grant, now: int) -> bool:
    """Whether the time is over and the grace after it is not: until 200, grace 300 holds at 200 and 299."""
    if grant.until is None or grant.grace_until is None:
        return False
    return grant.from_at <= now and grant.until <= now < grant.grace_until


def holds(grant: Grant, right: str, now: int) -> bool:
    """Whether the grant gives this right now, grace included."""
    return right in grant.rights and (is_current(grant, now) or is_in_grace(grant, now))
