"""Questions about stories and the pages that list them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, prefetch_related_objects
from django.http import HttpRequest
from wagtail.models import Page, ReferenceIndex, Revision
from wagtail.query import PageQuerySet

from newsstand.office.articles.models import (
    ArticleAuthor,
    ArticlePage,
    AuthorPage,
    FrontPage,
    Picture,
    SectionPage,
    ShownPaths,
    TagPage,
)
from newsstand.office.articles.models.public_page import address_of


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A section in the menu."""

    title: str
    address: str


def public_articles(now: datetime) -> PageQuerySet:
    """Stories that listings may show now, newest first."""
    return (
        ArticlePage.objects.live()
        .filter(published_at__lte=now)
        .filter(Q(embargo_until__isnull=True) | Q(embargo_until__lte=now))
        .filter(Q(gone_from__isnull=True) | Q(gone_from__gt=now))
        .order_by("-published_at", "-pk")
    )


def latest(
    limit: int,
    *,
    now: datetime,
    section: SectionPage | None = None,
    tag: TagPage | None = None,
    author: AuthorPage | None = None,
    skip: int = 0,
) -> list[ArticlePage]:
    """The newest stories, ready to be listed: a fixed number of queries, however many they are."""
    stories = public_articles(now)
    if section is not None:
        stories = stories.child_of(section)
    if tag is not None:
        stories = stories.filter(tags=tag)
    if author is not None:
        stories = stories.filter(bylines__author=author)
    return for_listing(stories[skip : skip + limit])


def related(article: ArticlePage, limit: int, *, now: datetime) -> list[ArticlePage]:
    """What to read next: stories with most tags in common, then others of the section; newest first."""
    tags = [tag.pk for tag in article.tags.all()]
    others = public_articles(now).exclude(pk=article.pk)
    shared = others.filter(tags__in=tags).annotate(in_common=Count("tags"))
    shared = shared.order_by("-in_common", "-published_at", "-pk")
    found = list(shared[:limit]) if tags else []
    if len(found) < limit:
        beside = others.child_of(article.section).exclude(pk__in=[story.pk for story in found])
        found += beside[: limit - len(found)]
    return for_listing(found)


def for_listing(stories: Iterable[ArticlePage]) -> list[ArticlePage]:
    """Stories with their section, authors, tags and lead picture read in a few queries for all of them."""
    found = list(stories)
    paths = {parent_path(story) for story in found}
    by_path = {section.path: section for section in SectionPage.objects.filter(path__in=paths)}
    for story in found:
        story.section = by_path[parent_path(story)]
    prefetch_related_objects(found, "bylines__author", "tags", "product", "lead_picture__renditions")
    return found


def parent_path(page: Page) -> str:
    """The place in the tree of the page above."""
    return page.path[: -page.steplen]


def article(article_id: str) -> ArticlePage | None:
    """The live story with this public id. Whether it may be read now is for the gate to say."""
    try:
        wanted = UUID(hex=article_id)
    except ValueError:
        return None
    found = for_listing(ArticlePage.objects.live().filter(public_id=wanted))
    return found[0] if found else None


def page_at(address: str) -> Page | None:
    """The live page at this path of the site, as its own type; stories are ready to be printed."""
    front = front_page()
    if front is None or not address.startswith("/"):
        return None
    page = Page.objects.live().filter(url_path=front.url_path + address[1:]).first()
    if page is None:
        return None
    specific = page.specific
    return for_listing([specific])[0] if isinstance(specific, ArticlePage) else specific


def front_page() -> FrontPage | None:
    """The root of the site."""
    return FrontPage.objects.first()


def sections() -> list[SectionPage]:
    """The live sections in the order that staff gave them."""
    return list(SectionPage.objects.live().order_by("path"))


def authors() -> list[AuthorPage]:
    """All live authors by name."""
    return list(AuthorPage.objects.live().order_by("title", "pk"))


def tags() -> list[TagPage]:
    """All live tags by name."""
    return list(TagPage.objects.live().order_by("title", "pk"))


def menu(request: HttpRequest) -> dict[str, Any]:
    """What every page knows about the sections."""
    return {"menu": [MenuEntry(section.title, section.address) for section in sections()]}


def paths_of(story: ArticlePage) -> list[str]:
    """The story's own address, then every listing that shows it."""
    return [story.address, *listings_of(story)]


def listings_of(story: ArticlePage) -> list[str]:
    """The addresses of the listings that show a story: front page, its section, its authors, its tags."""
    named = [*story.authors, *story.tags.all()]
    return ["/", story.section.address, *(page.address for page in named if page.live)]


def next_change(now: datetime) -> datetime | None:
    """The next moment at which listings change by the clock alone: an embargo ends, a story goes."""
    coming = ArticlePage.objects.live().aggregate(
        published=Min("published_at", filter=Q(published_at__gt=now)),
        embargo=Min("embargo_until", filter=Q(embargo_until__gt=now)),
        gone=Min("gone_from", filter=Q(gone_from__gt=now)),
    )
    return min((moment for moment in coming.values() if moment is not None), default=None)


def stories_below(page: Page) -> list[ArticlePage]:
    """The live stories whose pages show something of this page: its name, or its address in theirs."""
    stories = ArticlePage.objects.live()
    if isinstance(page, AuthorPage):
        return for_listing(stories.filter(bylines__author=page))
    if isinstance(page, TagPage):
        return for_listing(stories.filter(tags=page))
    return for_listing(stories.descendant_of(page, inclusive=True))


def listings_below(page: Page) -> list[Page]:
    """This page and all pages below it that are no stories, each as its own type."""
    below = Page.objects.descendant_of(page, inclusive=True).not_type(ArticlePage)
    return list(below.specific())


def last_shown(story: ArticlePage) -> list[str]:
    """Where the story was last announced; empty if it was not public."""
    row = ShownPaths.objects.filter(article_id=story.pk).first()
    return list(row.paths) if row is not None else []


def stories_showing(picture: Picture) -> list[ArticlePage]:
    """The live stories whose pages show this picture."""
    references = ReferenceIndex.get_references_to(picture).values_list("object_id", flat=True)
    pages = {int(pk) for pk in references if pk.isdigit()}
    return for_listing(ArticlePage.objects.live().filter(pk__in=pages))


def expired_pages(now: datetime) -> list[Page]:
    """Live pages whose time is over."""
    return list(Page.objects.live().filter(expire_at__lte=now).order_by("expire_at", "pk"))


def due_revisions(now: datetime) -> list[Revision]:
    """Revisions that were approved for a moment that has come."""
    waiting = Revision.page_revisions.filter(approved_go_live_at__lte=now)
    return list(waiting.order_by("approved_go_live_at", "pk"))


def next_scheduled(now: datetime) -> datetime | None:
    """The earliest moment, past or future, at which a page goes live or expires."""
    going = Revision.page_revisions.aggregate(first=Min("approved_go_live_at"))["first"]
    ending = Page.objects.live().aggregate(first=Min("expire_at"))["first"]
    return min((moment for moment in (going, ending) if moment is not None), default=None)


def forgotten_stories(before: datetime) -> list[ArticlePage]:
    """Stories published before this real moment whose present revision was never announced."""
    told = Q(shown__revision=F("live_revision_id"))
    waiting = ArticlePage.objects.live().filter(last_published_at__lt=before, live_revision__isnull=False)
    return for_listing(waiting.exclude(pk__in=ArticlePage.objects.filter(told).values("pk")))


def withdrawn_unsaid() -> list[ArticlePage]:
    """Stories that are no longer public, although the last that was told of them is where they are shown."""
    return for_listing(ArticlePage.objects.filter(live=False, shown__isnull=False))


def stories_by_slug(slug: str) -> list[ArticlePage]:
    """Every story of this slug, live or not, in whatever section."""
    return for_listing(ArticlePage.objects.filter(slug=slug).order_by("pk"))


def closed_articles(limit: int, *, now: datetime) -> list[ArticlePage]:
    """The newest stories that nobody but staff may see now: drafts, under embargo, taken down."""
    public = public_articles(now).values("pk")
    return for_listing(ArticlePage.objects.exclude(pk__in=public).order_by("-pk")[:limit])


def months(now: datetime) -> list[date]:
    """The months in which stories were published that are public now, the newest first."""
    found = public_articles(now).order_by().datetimes("published_at", "month", order="DESC", tzinfo=UTC)
    return [month.date() for month in found]


def addresses_between(
    begin: datetime, end: datetime, limit: int, *, now: datetime
) -> list[tuple[str, datetime]]:
    """Where the public stories of a span lie, and when each was last changed; the newest first."""
    stories = public_articles(now).filter(published_at__gte=begin, published_at__lt=end)[:limit]
    return [
        (address_of(url_path), max(changed_at or published_at, published_at))
        for url_path, published_at, changed_at in stories.values_list(
            "url_path", "published_at", "last_published_at"
        )
    ]


def listings() -> list[Page]:
    """The front page and all live pages below it that are no stories, as their own types."""
    front = front_page()
    return list(_public_listings(front).specific()) if front is not None else []


def _public_listings(front: FrontPage) -> PageQuerySet:
    return Page.objects.live().public().descendant_of(front, inclusive=True).not_type(ArticlePage)


def last_change() -> tuple[datetime | None, int]:
    """Something else as soon as a page is published, changed or taken away."""
    found = Page.objects.live().aggregate(at=Max("last_published_at"), pages=Count("pk"))
    return found["at"], found["pages"]


@dataclass(frozen=True, slots=True)
class StoryTraits:
    """A live story as far as rules may ask about it, without its text. Sections, tags and authors by row ids."""

    title: str
    address: str
    own_level: str
    section: int
    section_slug: str
    product: str
    tags: frozenset[int]
    authors: frozenset[int]
    published_at: datetime | None
    embargo_until: datetime | None
    gone_from: datetime | None


def archive() -> list[StoryTraits]:
    """Every live story, the newest first, in a fixed number of queries."""
    stories = ArticlePage.objects.live().order_by("-published_at", "-pk")
    sections = {section.path: section for section in SectionPage.objects.all()}
    tags: defaultdict[int, set[int]] = defaultdict(set)
    authors: defaultdict[int, set[int]] = defaultdict(set)
    for story, tag in ArticlePage.tags.through.objects.values_list("articlepage_id", "tagpage_id"):
        tags[story].add(tag)
    for story, author in ArticleAuthor.objects.values_list("article_id", "author_id"):
        authors[story].add(author)
    found = []
    for story in stories.select_related("product").defer("body"):
        section = sections[parent_path(story)]
        found.append(
            StoryTraits(
                title=story.title,
                address=story.address,
                own_level=story.level,
                section=section.pk,
                section_slug=section.slug,
                product=story.product_code,
                tags=frozenset(tags[story.pk]),
                authors=frozenset(authors[story.pk]),
                published_at=story.published_at,
                embargo_until=story.embargo_until,
                gone_from=story.gone_from,
            )
        )
    return found


def live_story_ids() -> list[int]:
    """The row ids of all live stories."""
    return list(ArticlePage.objects.live().order_by("pk").values_list("pk", flat=True))


def live_stories(ids: Iterable[int]) -> list[ArticlePage]:
    """The live stories with these row ids."""
    return for_listing(ArticlePage.objects.live().filter(pk__in=ids))


def public_stories(article_ids: Iterable[str], *, now: datetime) -> list[ArticlePage]:
    """Those of the stories with these public ids that listings may show now."""
    wanted = [UUID(hex=article_id) for article_id in article_ids]
    return for_listing(public_articles(now).filter(public_id__in=wanted))
