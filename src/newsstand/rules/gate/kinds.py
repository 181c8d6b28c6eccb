"""Which stories the gate cannot tell apart: those of one kind, for who has no right to a single one of them."""

from typing import NamedTuple

from newsstand.rules.gate.decide import Decision
from newsstand.rules.gate.facts import ArticleFacts, Level, ReaderFacts, level_at


class Kind(NamedTuple):
    """All that the gate looks at in a story that may be read now, but for its id."""

    level: Level
    product: str
    section: str
    counts: bool


def kind_at(article: ArticleFacts, now: int) -> Kind | None:
    """The story's kind at this moment; None for one that is gone or not there yet.

    Two metered stories of one product and section, published at 10 and at 20, are of one kind at 20 and not at 19.
    """
    if article.published_at is None or now < article.published_at:
        return None
    if article.embargo_until is not None and now < article.embargo_until:
        return None
    if article.gone_from is not None and article.gone_from <= now:
        return None
    return Kind(level_at(article, now), article.product, article.section, article.counts)


def is_of_the_kind(decision: Decision, reader: ReaderFacts | None) -> bool:
    """Whether this, decided for a visit of which nothing is known, holds for every story of the kind.

    It does not where the story is to be counted, which names it, and for a reader with a right to a single story.
    """
    if decision.visit_after is not None:
        return False
    return reader is None or not any(grant.subject.startswith("article:") for grant in reader.grants)
