"""Which ways stand on a wall, in the policy's order.

A way stands there only when it is known that it opens this article, so that what the wall
promises and what the gate grants cannot differ.
"""

from newsstand.rules.gate.facts import (
    ArticleFacts,
    Grant,
    Level,
    ReaderFacts,
    ReaderState,
    Right,
    holds,
    subject_covers,
)
from newsstand.rules.gate.meter import left
from newsstand.rules.gate.policy import MEND_CARD, REGISTER, SUBSCRIBE, UPGRADE, Policy


def ways_for(
    article: ArticleFacts, level: Level, reader: ReaderFacts | None, counted: int, policy: Policy, now: int
) -> tuple[tuple[str, ...], int]:
    """The ways on the wall of this article, and how many more articles registering opens.

    Anonymous, a metered story, 3 counted, a reader's allowance of 6: subscribe and register, 3.
    The number is 0 where registering is no way, and for a story that is open to every reader.
    """
    paid = _paid_way(article, reader, policy, now)
    adds = 0
    standing = set() if paid is None else {paid}
    if reader is None and policy.registering_open and REGISTER in policy.ways:
        if level is Level.REGISTERED:
            standing.add(REGISTER)
        elif level is Level.METERED and article.counts:
            adds = left(counted, policy.reader_allowance)
            if adds:
                standing.add(REGISTER)
    return tuple(way for way in policy.ways if way in standing), adds


def _paid_way(article: ArticleFacts, reader: ReaderFacts | None, policy: Policy, now: int) -> str | None:
    """The one way that ends in a plan: mend the card, upgrade or subscribe; None if no plan is sold.

    A site that does not offer the fitting way offers `subscribe` in its place.
    """
    if article.product not in policy.plan_products:
        return None
    if reader is not None:
        if MEND_CARD in policy.ways and _card_opens(article, reader, policy):
            return MEND_CARD
        if UPGRADE in policy.ways and any(_reads_another(grant, article, now) for grant in reader.grants):
            return UPGRADE
    return SUBSCRIBE


def _card_opens(article: ArticleFacts, reader: ReaderFacts, policy: Policy) -> bool:
    """Whether the failed payment was for this article's product.

    It was, when a grant to read it is over, or when the site sells no other product.
    """
    if reader.state != ReaderState.PAYMENT_FAILED:
        return False
    if len(policy.plan_products) == 1:
        return True
    return any(
        Right.READ in grant.rights and subject_covers(grant.subject, article) for grant in reader.grants
    )


def _reads_another(grant: Grant, article: ArticleFacts, now: int) -> bool:
    """Whether this grant opens another product than the article's."""
    is_other = grant.subject.startswith("product:") and not subject_covers(grant.subject, article)
    return is_other and holds(grant, Right.READ, now)
