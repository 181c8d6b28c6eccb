"""The page of a story: the one place where its text, the wall and all that stands around them meet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from newsstand.office.access import queries as access
from newsstand.office.ads import queries as ads
from newsstand.office.articles import pictures
from newsstand.office.articles import queries as articles
from newsstand.office.articles.cut import Cut, cut
from newsstand.office.billing import queries as billing
from newsstand.office.comments import queries as comments
from newsstand.office.edition.printing import frame, markup, teasers
from newsstand.office.edition.printing.plate import Plate, earliest
from newsstand.office.edition.printing.wall import Beside, note_text, wall, way_back
from newsstand.office.kit import clock, language
from newsstand.office.kit.queries import publication
from newsstand.rules.gate.facts import ArticleFacts, Level, level_at
from newsstand.rules.gate.policy import ANY_ACCOUNT, Policy
from newsstand.rules.gate.variants import Variant, printed_at_once, printed_reason

TEMPLATE: Final = "edition/story.html"
LEAD_SIZES: Final = "(min-width: 64rem) 60rem, 100vw"
WORDS_A_MINUTE: Final = 230
READ_NEXT: Final = 4
AD_AFTER_BLOCKS: Final = 3  # at least so many blocks of the rest stand before the advertisement in the text
HEADING: Final = "heading"
# The name in the template, and the slot.
SLOTS: Final = {"story_middle": "story-middle", "story_end": "story-end"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the variants of a story are put together from. The rest of the text stands here and in `base` not."""

    base: Mapping[str, Any]
    rest: tuple[str, ...]
    ad_place: int
    ads: Mapping[str, Any]
    offers: tuple[Any, ...]
    beside: Beside
    talk: Mapping[str, Any]
    policy: Policy
    facts: ArticleFacts
    now: int


def story_plate(article: Any, now: datetime) -> Plate:
    """Gather all that the story's page needs, in a fixed number of queries."""
    facts, policy = access.facts_for_gate(article), access.policy(now)
    with language.in_language_of_publication():
        parts = _gather(article, facts, policy, now)
    return Plate(
        path=article.address,
        kind="story",
        facts=facts,
        fresh_until=_fresh_until(article, facts, now),
        first=printed_at_once(facts, policy),
        render=lambda variant: _render(parts, variant),
    )


def _gather(article: Any, facts: ArticleFacts, policy: Policy, now: datetime) -> _Parts:
    text = cut(article)
    base = {**frame.frame(article.address), **_head(article, text, facts, now)}
    base["opening"] = [block.html() for block in text.opening]
    base["next"] = teasers.teasers(articles.related(article, READ_NEXT, now=now), sizes=teasers.GRID_SIZES)
    return _Parts(
        base=base,
        rest=tuple(block.html() for block in text.rest),
        ad_place=ad_place([block.kind for block in text.rest]),
        ads={name: ads.creative_for(slot, article.address, now) for name, slot in SLOTS.items()},
        offers=tuple(billing.offers_on_the_wall(facts.product)),
        beside=_beside(facts, now),
        talk={
            "thread": comments.thread(facts.id),
            "count": comments.count(facts.id),
            "needs_any_account": policy.comment_needs == ANY_ACCOUNT,
        },
        policy=policy,
        facts=facts,
        now=clock.to_unix(now),
    )


def _beside(facts: ArticleFacts, now: datetime) -> Beside:
    """What stands on this story's walls besides the plans."""
    words = access.rules_of_site()
    return Beside(
        by_hand={card.way: card for card in access.hand_offers() if card.product == facts.product},
        contacts=access.contacts(now),
        line=words.wall_line,
        benefits=tuple(filter(None, (line.strip() for line in words.wall_benefits.splitlines()))),
        why=reverse("why", args=[facts.id]),
    )


def ad_place(kinds: list[str]) -> int:
    """How many blocks of the rest stand before the advertisement, which never parts a heading from its text."""
    place = AD_AFTER_BLOCKS
    while place < len(kinds) and kinds[place - 1] == HEADING:
        place += 1
    return place


def _head(article: Any, text: Cut, facts: ArticleFacts, now: datetime) -> dict[str, Any]:
    """All that is always open: headline, standfirst, byline, lead picture, tags, and what machines are told.

    Plain values only: the page itself would bring its whole text along.
    """
    lead = pictures.lead_picture(article)
    level = level_at(facts, clock.to_unix(now))
    published_at = article.published_at or now
    story = {
        "article_id": facts.id,
        "path": article.address,
        "headline": article.title,
        "standfirst": article.standfirst,
        "seo_title": article.seo_title,
        "section": article.section.title,
        "section_url": article.section.address,
        "authors": [(author.title, author.address) for author in article.authors],
        "tags": [(tag.title, tag.address) for tag in article.tags.all() if tag.live],
        "published_at": published_at.isoformat(),
        "changed_at": (article.last_published_at or published_at).isoformat(),
        "published_on": language.day(published_at),
        "minutes": max(1, round(text.words / WORDS_A_MINUTE)),
        "lead": lead.html(sizes=LEAD_SIZES, eager=True) if lead is not None else "",
        "caption": lead.caption if lead is not None else "",
        "credit": lead.credit if lead is not None else "",
        "image": _whole_address(lead.sources.largest.url) if lead is not None else "",
    }
    return {
        "story": story,
        "section_path": article.section.address,
        "way_back": way_back(article.address),
        "give": "" if level is Level.FREE else reverse("give_story", args=[facts.id]),
        "markup": markup.news_article(story, publication().name, settings.SITE_URL, level),
    }


def _whole_address(url: str) -> str:
    return url if "://" in url else settings.SITE_URL + url


def _render(parts: _Parts, variant: Variant) -> str:
    """One variant. Of an opening, not even the template is told what comes after it."""
    context: dict[str, Any] = dict(parts.base)
    if variant.ads:
        context["ads"] = parts.ads
    with language.in_language_of_publication():
        if variant.note is not None:
            context["note"] = note_text(variant.note, parts.policy)
        if variant.show == "full":
            context["rest_begins"] = parts.rest[: parts.ad_place]
            context["rest_ends"] = parts.rest[parts.ad_place :]
            context["talk"] = parts.talk
        else:
            # The level's next step makes this print out of date, so the reason holds as long as the print does.
            reason = printed_reason(variant, parts.facts, parts.policy, parts.now)
            path = parts.base["story"]["path"]
            context["wall"] = wall(variant, parts.offers, parts.policy, path, reason, parts.beside)
    return frame.render(TEMPLATE, context, variant)


def _fresh_until(article: Any, facts: ArticleFacts, now: datetime) -> int | None:
    """The next moment at which what is printed changes by the clock alone."""
    listings_change = articles.next_change(now)
    ads_change = ads.next_change(now)
    return earliest(
        [
            *(step.from_at for step in facts.steps),
            clock.to_unix(listings_change) if listings_change is not None else None,
            clock.to_unix(ads_change) if ads_change is not None else None,
        ],
        after=clock.to_unix(now),
    )
