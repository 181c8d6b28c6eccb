"""What every story of the archive resolves to, and what another set of rules would make of it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from newsstand.office.access import blocks
from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.queries.policy import begins_at, level_rules, policy_of
from newsstand.office.accounts.queries import products
from newsstand.office.articles import queries as articles
from newsstand.office.articles.queries import StoryTraits
from newsstand.office.kit import clock
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.levels import (
    GivenStep,
    Giver,
    LevelRule,
    Traits,
    contradictions,
    given_at,
    given_steps,
)
from newsstand.rules.gate.policy import OpenHouse


@dataclass(frozen=True, slots=True)
class Resolved:
    """One story: its level now and what gave it, its next step, and the moment until which it is open to everybody."""

    title: str
    address: str
    level: Level
    given_by: str
    next_level: Level | None
    next_at: datetime | None
    open_until: datetime | None


class RuleNames:
    """The names of what rules speak of, read once."""

    def __init__(self) -> None:
        self._names = {
            "section": dict(blocks.section_choices()),
            "tag": dict(blocks.tag_choices()),
            "author": dict(blocks.author_choices()),
            "product": dict(products()),
        }

    def knows(self, kind: str, key: str) -> bool:
        """Whether there is such a section, tag, author or product now."""
        return key in self._names[kind]

    def of(self, kind: str, key: str) -> str:
        """The name, or words for what is no more."""
        return self._names[kind].get(key) or _("(gone)")


def archive(row: AccessPolicy, now: datetime) -> list[Resolved]:
    """Every live story under these rules, which need not be saved."""
    rules, names = level_rules(row), RuleNames()
    house, moment = policy_of(row, now).open_house, clock.to_unix(now)
    return [_resolved(story, rules, row, names, house, moment) for story in articles.archive()]


def as_table(rows: Iterable[Resolved], zone: str) -> Iterator[tuple[str, ...]]:
    """The same as lines of text with a heading, moments as the publication's clocks show them."""
    yield ("address", "level", "given by", "next level", "from", "open to everybody until", "headline")
    for row in rows:
        yield (
            row.address,
            row.level.value,
            row.given_by,
            row.next_level.value if row.next_level is not None else "",
            shown(row.next_at, zone),
            shown(row.open_until, zone),
            _as_text(row.title),
        )


def shown(moment: datetime | None, zone: str) -> str:
    """A moment as the publication's clocks show it; empty for none."""
    return "" if moment is None else f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M %Z}"


def _as_text(title: str) -> str:
    """A headline that no table program takes for a formula."""
    return f"'{title}" if title.startswith(("=", "+", "-", "@", "\t", "\r")) else title


def moves(before: AccessPolicy, after: AccessPolicy, now: datetime) -> Counter[tuple[Level, Level]]:
    """How many stories would go from which level to which at this moment, if these rules took the others' place."""
    moment = clock.to_unix(now)
    old_rules, new_rules = level_rules(before), level_rules(after)
    found: Counter[tuple[Level, Level]] = Counter()
    for story in articles.archive():
        old = given_at(_given(story, old_rules, Level(before.default_level)), moment).level
        new = given_at(_given(story, new_rules, Level(after.default_level)), moment).level
        if old is not new:
            found[old, new] += 1
    return found


def rule_problems(row: AccessPolicy) -> list[str]:
    """Why these rules cannot hold, a sentence each: one can never decide, or names what is no more."""
    rules, names = level_rules(row), RuleNames()
    found = []
    for problem in contradictions(rules):
        words = (
            _("Rule %(rule)s would never be asked: rule %(by)s above it fits all of its stories already.")
            if problem.by
            else _("Rule %(rule)s fits no story: no story is so old and so young at once.")
        )
        found.append(words % {"rule": problem.rule, "by": problem.by})
    for place, rule in enumerate(rules, start=1):
        named = {"section": rule.section, "tag": rule.tag, "author": rule.author, "product": rule.product}
        for kind, key in named.items():
            if key and not names.knows(kind, key):
                words = _("Rule %(rule)s names a %(kind)s that is no more.")
                found.append(words % {"rule": place, "kind": kind})
    return found


def rule_words(rule: LevelRule, names: RuleNames) -> str:
    """What a rule asks, in words: "section Harbour, older than 30 days"."""
    parts = [
        f"{label} {names.of(kind, key)}"
        for kind, label, key in (
            ("section", _("section"), rule.section),
            ("tag", _("tag"), rule.tag),
            ("author", _("author"), rule.author),
            ("product", _("product"), rule.product),
        )
        if key
    ]
    if rule.younger_than is not None:
        parts.append(_("younger than %(n)d hours") % {"n": rule.younger_than // 3600})
    if rule.older_than is not None:
        parts.append(_("older than %(n)d days") % {"n": rule.older_than // 86_400})
    return ", ".join(parts)


def giver_words(step: GivenStep, rules: Sequence[LevelRule], names: RuleNames) -> str:
    """What gave a story its level, in words."""
    if step.giver is Giver.STORY:
        return _("the story's own level")
    if step.giver is Giver.DEFAULT:
        return _("the site's level: no rule fits")
    words = rule_words(rules[step.rule - 1], names)
    return _("rule %(n)d: %(words)s") % {"n": step.rule, "words": words}


def _resolved(
    story: StoryTraits,
    rules: Sequence[LevelRule],
    row: AccessPolicy,
    names: RuleNames,
    houses: Sequence[OpenHouse],
    moment: int,
) -> Resolved:
    given = _given(story, rules, Level(row.default_level))
    step = given_at(given, moment)
    coming = next((one for one in given if one.from_at > moment and one.level is not step.level), None)
    house = next((house for house in houses if house.applies(story.section_slug, moment)), None)
    return Resolved(
        title=story.title,
        address=story.address,
        level=step.level,
        given_by=giver_words(step, rules, names),
        next_level=coming.level if coming is not None else None,
        next_at=clock.from_unix(coming.from_at) if coming is not None else None,
        open_until=clock.from_unix(house.until) if house is not None else None,
    )


def _given(story: StoryTraits, rules: Sequence[LevelRule], default: Level) -> tuple[GivenStep, ...]:
    traits = Traits(
        own_level=Level(story.own_level) if story.own_level else None,
        section=str(story.section),
        product=story.product,
        tags=frozenset(map(str, story.tags)),
        authors=frozenset(map(str, story.authors)),
        begins_at=begins_at(story.published_at, story.embargo_until),
    )
    return given_steps(traits, rules, default)
