"""Questions about access: the policy, a story as the gate sees it, and why somebody reads it or does not."""

from datetime import datetime
from typing import TYPE_CHECKING

from newsstand.office.access.models import AccessPolicy
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.articles import queries as articles
from newsstand.office.billing.queries import products_on_sale
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication
from newsstand.rules.gate.decide import decide
from newsstand.rules.gate.explain import Explanation, explain
from newsstand.rules.gate.facts import ArticleFacts, Level, Step, Visit
from newsstand.rules.gate.policy import OpenHouse, Policy

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage


def rules_of_site() -> AccessPolicy:
    """The row that staff edit; the defaults where nobody has saved it yet."""
    return AccessPolicy.objects.select_related("open_section").order_by("pk").first() or AccessPolicy()


def policy(now: datetime) -> Policy:
    """The paywall's rules as the gate takes them. An open house that is over is left out."""
    return policy_of(rules_of_site(), now)


def policy_of(row: AccessPolicy, now: datetime) -> Policy:
    """The rules of this row, which need not be saved. Raises PolicyError for rules that make no sense."""
    house: tuple[OpenHouse, ...] = ()
    if row.open_until is not None and row.open_until > now:
        section = row.open_section.slug if row.open_section is not None else ""
        house = (OpenHouse(section, clock.to_unix(row.open_until)),)
    return Policy(
        zone=publication().zone,
        window=row.window,
        device_allowance=row.device_allowance,
        reader_allowance=row.reader_allowance,
        ways=tuple(row.ways.split()),
        plan_products=products_on_sale(),
        registering_open=row.registering_is_open,
        open_house=house,
        comment_needs=row.comment_needs,
    )


def facts_for_gate(article: "ArticlePage", default_level: str | None = None) -> ArticleFacts:
    """A story as the gate sees it. Who makes many gives the site's default level, which saves a query each."""
    level = article.level or default_level or rules_of_site().default_level
    return ArticleFacts(
        id=article.article_id,
        product=article.product_code,
        section=article.section.slug,
        steps=(Step(0, Level(level)),),
        published_at=_unix(article.published_at),
        embargo_until=_unix(article.embargo_until),
        gone_from=_unix(article.gone_from),
    )


def explain_url(path: str, account: "Account | None", *, read: int, at: datetime) -> Explanation | None:
    """Why a reader who has read so many other metered stories may read this one; None if it is no story.

    Without an account it is about an anonymous reader.
    """
    page = articles.page_at(path)
    if page is None or page.kind != "story":
        return None
    reader = reader_facts(account, at) if account is not None else None
    article, rules, now = facts_for_gate(page), policy(at), clock.to_unix(at)
    visit = Visit(counted=frozenset(f"{number:032x}" for number in range(read)))
    return explain(decide(article, reader, visit, rules, now), article, reader, visit, rules, now)


def _unix(moment: datetime | None) -> int | None:
    return None if moment is None else clock.to_unix(moment)
