"""Which ways stand on a wall, in the policy's order.

A way stands there only when it is known that it opens this article, so that what the wall
promises and what the gate grants cannot differ. Asking a group promises nothing but an answer.
"""

from typing import Final

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
from newsstand.rules.gate.policy import (
    ARTICLE,
    ASK_GROUP,
    DAY_PASS,
    MEND_CARD,
    REGISTER,
    SUBSCRIBE,
    UPGRADE,
    WIN_BACK,
    Policy,
)


def ways_for(
    article: ArticleFacts, level: Level, reader: ReaderFacts | None, counted: int, policy: Policy, now: int
) -> tuple[tuple[str, ...], int]:
    """The ways on the wall of this article, and how many more articles registering opens.

    Anonymous, a metered story, 3 counted, a reader's allowance of 6: subscribe and register, 3.
    The number is 0 where registering is no way, and for a story that is open to every reader.
    """
    if reader is not None:
        return _standing(_wanted(article, reader, policy, now), article, policy), 0
    adds = left(counted, policy.reader_allowance) if level is Level.METERED and article.counts else 0
    registering_opens = level is Level.REGISTERED or adds > 0
    if registering_opens and policy.registering_open and REGISTER in policy.ways:
        return _standing((SUBSCRIBE, REGISTER), article, policy), adds
    return _standing(_TO_BUY, article, policy), 0


def walls_of_readers(article: ArticleFacts, policy: Policy) -> tuple[tuple[str, ...], ...]:
    """Every set of ways that can stand on the wall of a signed-in reader."""
    one = [(way,) for way in (MEND_CARD, UPGRADE) if way in _standing((way,), article, policy)]
    more = [_standing(wanted, article, policy) for wanted in (_TO_COME_BACK, _OF_A_GROUP, _ANY)]
    return tuple(dict.fromkeys((*one, *more)))


_TO_BUY: Final = (SUBSCRIBE, DAY_PASS, ARTICLE)
_TO_COME_BACK: Final = (WIN_BACK, SUBSCRIBE)
_OF_A_GROUP: Final = (ASK_GROUP, SUBSCRIBE)
_ANY: Final = (*_TO_BUY, ASK_GROUP)


def _wanted(article: ArticleFacts, reader: ReaderFacts, policy: Policy, now: int) -> tuple[str, ...]:
    """The ways that fit this reader: one step where one step is enough, else what there is to choose from.

    A site that does not offer the fitting step offers the others in its place.
    """
    if _card_opens(article, reader, policy) and _standing((MEND_CARD,), article, policy):
        return (MEND_CARD,)
    is_upgrade = any(_reads_another(grant, article, now) for grant in reader.grants)
    if is_upgrade and _standing((UPGRADE,), article, policy):
        return (UPGRADE,)
    by_state = {ReaderState.LAPSED: _TO_COME_BACK, ReaderState.SEAT_EXPIRED: _OF_A_GROUP}
    wanted = by_state.get(reader.state, _ANY)
    return wanted if _standing(wanted, article, policy) else _ANY


def _standing(wanted: tuple[str, ...], article: ArticleFacts, policy: Policy) -> tuple[str, ...]:
    """Those of the wanted ways that the site offers for this article, in the policy's order.

    Whose seat in a group is over is sent to the group first.
    """
    standing = [way for way in policy.ways if way in wanted and _is_offered(way, article, policy)]
    if wanted == _OF_A_GROUP and ASK_GROUP in standing:
        standing = [ASK_GROUP, *(way for way in standing if way != ASK_GROUP)]
    return tuple(standing)


def _is_offered(way: str, article: ArticleFacts, policy: Policy) -> bool:
    """Whether the way ends in something that opens this article. A free account and a group cost nothing."""
    sold = {
        DAY_PASS: policy.day_pass_products,
        ARTICLE: policy.article_products,
        WIN_BACK: policy.win_back_products,
    }
    return way in (REGISTER, ASK_GROUP) or article.product in sold.get(way, policy.plan_products)


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
