"""The site's rules, and a story as the gate sees it."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.queries import offers
from newsstand.office.billing.queries import products_on_sale
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication as publication
from newsstand.rules.gate.facts import ArticleFacts, Level
from newsstand.rules.gate.levels import GivenStep, LevelRule, Traits, given_steps, level_steps
from newsstand.rules.gate.policy import (
    ARTICLE,
    ASK_GROUP,
    DAY_PASS,
    MEND_CARD,
    SUBSCRIBE,
    UPGRADE,
    WIN_BACK,
    OpenHouse,
    Policy,
)

if TYPE_CHECKING:
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
    on_sale, by_hand = products_on_sale(), offers.products_by_hand()
    return Policy(
        zone=publication().zone,
        window=row.window,
        device_allowance=row.device_allowance,
        reader_allowance=row.reader_allowance,
        ways=_ways(row.ways.split(), on_sale, by_hand, has_groups=bool(offers.contacts(now))),
        plan_products=on_sale,
        registering_open=row.registering_is_open,
        open_house=house,
        comment_needs=row.comment_needs,
        network_access=bool(offers.networks(now)),
        day_pass_products=by_hand[DAY_PASS],
        article_products=by_hand[ARTICLE],
        win_back_products=by_hand[WIN_BACK],
        gift_devices=row.gift_devices,
        new_devices=row.new_devices,
    )


def level_rules(row: AccessPolicy) -> tuple[LevelRule, ...]:
    """The rules of this row as the gate takes them, in their order."""
    return tuple(_level_rule(child.value) for child in row.rules)


def given_for(article: "ArticlePage", row: AccessPolicy | None = None) -> tuple[GivenStep, ...]:
    """The story's levels over time, each with what gave it. A story with a level of its own costs no query."""
    if article.level:
        return given_steps(_traits(article, (), ()), (), Level.SUBSCRIBERS)
    row = row or rules_of_site()
    tags, authors = (_keys(article.tags.all()), _keys(article.authors)) if row.rules else ((), ())
    return given_steps(_traits(article, tags, authors), level_rules(row), Level(row.default_level))


def facts_for_gate(article: "ArticlePage", row: AccessPolicy | None = None) -> ArticleFacts:
    """A story as the gate sees it. Who makes many gives the site's rules, which saves a query each."""
    return ArticleFacts(
        id=article.article_id,
        product=article.product_code,
        section=article.section.slug,
        steps=level_steps(given_for(article, row)),
        published_at=_unix(article.published_at),
        embargo_until=_unix(article.embargo_until),
        gone_from=_unix(article.gone_from),
    )


def begins_at(published_at: datetime | None, embargo_until: datetime | None) -> int | None:
    """The moment from which a story's age is counted: when it could first be read."""
    if published_at is None:
        return None
    return clock.to_unix(max(published_at, embargo_until or published_at))


def _traits(article: "ArticlePage", tags: Iterable[str], authors: Iterable[str]) -> Traits:
    return Traits(
        own_level=Level(article.level) if article.level else None,
        section=str(article.section.pk),
        product=article.product_code,
        tags=frozenset(tags),
        authors=frozenset(authors),
        begins_at=begins_at(article.published_at, article.embargo_until),
    )


def _level_rule(value: Any) -> LevelRule:
    """A block as a rule. Sections, tags and authors are named by their row ids."""
    hours, days = value.get("younger_than_hours"), value.get("older_than_days")
    return LevelRule(
        level=Level(value["level"]),
        section=value.get("section") or "",
        tag=value.get("tag") or "",
        author=value.get("author") or "",
        product=value.get("product") or "",
        older_than=days * 86_400 if days else None,
        younger_than=hours * 3_600 if hours else None,
    )


def _ways(
    chosen: list[str], on_sale: frozenset[str], by_hand: dict[str, frozenset[str]], *, has_groups: bool
) -> tuple[str, ...]:
    """The ways in their order: what mends or wins back first, then what staff chose, then what is sold singly."""
    first: list[str] = []
    if SUBSCRIBE in chosen:
        first = [MEND_CARD, *([UPGRADE] if len(on_sale) > 1 else [])]
    first += [WIN_BACK] if by_hand[WIN_BACK] else []
    last = [way for way in (DAY_PASS, ARTICLE) if by_hand[way]]
    return (*first, *chosen, *last, *([ASK_GROUP] if has_groups else []))


def _keys(pages: Iterable[Any]) -> tuple[str, ...]:
    return tuple(str(page.pk) for page in pages)


def _unix(moment: datetime | None) -> int | None:
    return None if moment is None else clock.to_unix(moment)
