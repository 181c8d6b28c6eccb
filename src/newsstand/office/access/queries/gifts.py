"""Who may give a story away, and what a reader has given."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import QuerySet

from newsstand.office.access.models import Gift
from newsstand.office.access.queries.policy import facts_for_gate, policy, publication, rules_of_site
from newsstand.office.accounts.passes import key_ring
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.kit import clock
from newsstand.rules.gate import gifts as rules
from newsstand.rules.gate.decide import Reason, decide
from newsstand.rules.gate.facts import Visit
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.policy import Policy

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage


@dataclass(frozen=True, slots=True)
class GiftsLeft:
    """How many links a reader may still make this month, of how many."""

    left: int
    of: int


def may_give(account: "Account", article: "ArticlePage", now: datetime) -> bool:
    """Whether the reader reads this story by a right of their own, for which more was paid than for it alone."""
    reader, moment = reader_facts(account, now), clock.to_unix(now)
    lasting = tuple(grant for grant in reader.grants if not grant.subject.startswith("article:"))
    asked = facts_for_gate(article)
    decision = decide(asked, replace(reader, grants=lasting), Visit(), policy(now), moment)
    return decision.reason in (Reason.GRANT, Reason.GRACE, Reason.STAFF)


def gifts_left(account: "Account", now: datetime) -> GiftsLeft:
    """The links of this calendar month. One that was taken back counts, too."""
    allowed = rules_of_site().gifts_a_month
    month = window_at(Policy(zone=publication().zone), clock.to_unix(now))
    made = Gift.objects.filter(giver=account, made_at__gte=clock.from_unix(month.start_at)).count()
    return GiftsLeft(max(0, allowed - made), allowed)


def gifts_of(account: "Account") -> QuerySet[Gift]:
    """What a reader has given away, the newest first."""
    return Gift.objects.filter(giver=account).order_by("-made_at", "-pk")


def gift_address(gift: Gift) -> str:
    """The whole address of a gift's link."""
    token = rules.seal_gift(rules.Gift(gift.gift_id, gift.article, clock.to_unix(gift.until)), key_ring())
    return f"{settings.SITE_URL}{gift.address}?gift={token}"


def all_gifts() -> QuerySet[Gift]:
    """Every gift of every reader."""
    return Gift.objects.all()
