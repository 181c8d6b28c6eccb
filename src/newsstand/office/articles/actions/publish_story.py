"""Publishes a whole story from outside: created or updated by its slug, with all that it names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import slugify
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.coreutils import string_to_ascii
from wagtail.models import Page

from newsstand.office.articles import queries
from newsstand.office.articles.actions.announce import add_live
from newsstand.office.articles.actions.hand import acting
from newsstand.office.articles.models import (
    ArticleAuthor,
    ArticlePage,
    AuthorIndexPage,
    AuthorPage,
    Picture,
    SectionPage,
    TagIndexPage,
    TagPage,
)
from newsstand.office.kit import outbox

DEFAULT_SECTION = "News"
SLUG_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Fault:
    """A sentence about a story: about one field of `Story` or `Lead`, or a block of the body, counted from 0."""

    reason: str
    field: str = ""
    block: int | None = None


class StoryRefused(ValueError):
    """A story cannot be published as it is; the faults say what to change."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("; ".join(fault.reason for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Lead:
    """The lead picture and its words; empty words are taken from the picture's own."""

    picture: Picture
    alt: str
    decorative: bool
    caption: str
    credit: str


@dataclass(frozen=True, slots=True)
class Story:
    """A story as it should be. `section`, `authors` and `tags` are names; who does not exist yet is made.

    An empty `section` keeps the present one, `published_at` None the present moment. `body` holds blocks as
    they are stored: kind and value.
    """

    slug: str
    title: str
    standfirst: str
    section: str
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    level: str
    published_at: datetime | None
    lead: Lead | None
    body: tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Published:
    """What was done: `made` names the pages that did not exist before."""

    outcome: Literal["created", "updated", "unchanged"]
    address: str
    made: tuple[str, ...]


def slug_of(text: str) -> str:
    """The last part of an address: lower-case letters of ASCII, digits and hyphens; empty if none is left."""
    return slugify(string_to_ascii(text))[:SLUG_LENGTH].strip("-")


def publish_story(*, story: Story, by: str, now: datetime) -> Published:
    """Create or update and publish; all of it or nothing. Raises StoryRefused."""
    with transaction.atomic(), acting(by, now):
        outbox.take_turn()  # new pages are announced before the story is
        named = _Named()
        page = _present(story)
        section = _section(story, page, named)
        authors = named.pages(AuthorPage, "authors", story.authors, AuthorIndexPage.objects.get())
        tags = named.pages(TagPage, "tags", story.tags, TagIndexPage.objects.get())
        if page is not None and _is_as_wanted(page, story, section, authors, tags):
            return Published("unchanged", page.address, ())
        is_new = page is None
        page = page or ArticlePage(slug=story.slug)
        _fill(page, story, authors, tags)
        if faults := _faults(page):
            raise StoryRefused(*faults)
        page = _put(page, section)
        return Published("created" if is_new else "updated", page.address, tuple(named.made))


def _present(story: Story) -> ArticlePage | None:
    """The story of this slug: the one in the named section first, else the only one."""
    found = queries.stories_by_slug(story.slug)
    named = [page for page in found if page.section.title.casefold() == story.section.casefold()]
    fitting = named or found
    if len(fitting) > 1:
        where = ", ".join(page.address for page in found)
        reason = f"several stories have the slug {story.slug} ({where}): name the section"
        raise StoryRefused(Fault(reason, "slug"))
    if not fitting:
        return None
    if fitting[0].locked:
        raise StoryRefused(Fault(f"{fitting[0].address} is locked by the newsroom: unlock it first"))
    return fitting[0]


def _section(story: Story, page: ArticlePage | None, named: "_Named") -> SectionPage:
    if not story.section and page is not None:
        return page.section
    return named.page(SectionPage, "section", story.section or DEFAULT_SECTION, queries.front_page())


class _Named:
    """Finds the pages that a story names, and makes those that do not exist yet."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def pages(self, model: type[Page], field: str, names: Iterable[str], parent: Page) -> list[Any]:
        """The pages of these names, each once, also where two names mean the same one."""
        return list(dict.fromkeys(self.page(model, field, name, parent) for name in names))

    def page(self, model: type[Page], field: str, name: str, parent: Page) -> Any:
        """The live page of this name below `parent`. Raises StoryRefused where there can be none."""
        slug = slug_of(name)
        if not slug:
            raise StoryRefused(Fault(f"no address can be made from {name!r}", field))
        below = model.objects.child_of(parent)
        page = below.filter(title__iexact=name).first() or below.filter(slug=slug).first()
        if page is None:
            return self._make(model(title=name, slug=slug), field, parent)
        if not page.live:
            raise StoryRefused(
                Fault(f"{page.address} is not published: publish it, or name another one", field)
            )
        return page

    def _make(self, page: Page, field: str, parent: Page) -> Page:
        if faults := _faults(page):
            raise StoryRefused(*(replace(fault, field=field) for fault in faults))
        add_live(parent, page)
        self.made.append(f"new {page.kind} {page.title}")
        return page


def _fill(page: ArticlePage, story: Story, authors: list[AuthorPage], tags: list[TagPage]) -> None:
    page.title = page.draft_title = story.title
    page.standfirst = story.standfirst
    page.level = story.level
    page.published_at = story.published_at or page.published_at
    page.go_live_at = None
    lead = story.lead
    page.lead_picture = lead.picture if lead else None
    page.lead_alt = lead.alt if lead else ""
    page.lead_is_decorative = lead.decorative if lead else False
    page.lead_caption = lead.caption if lead else ""
    page.lead_credit = lead.credit if lead else ""
    page.body = [{"type": kind, "value": value} for kind, value in story.body]
    page.bylines = [ArticleAuthor(author=author, sort_order=place) for place, author in enumerate(authors)]
    page.tags = tags


def _faults(page: Page) -> list[Fault]:
    """Everything that the editor's form would say, in the words of `Story`."""
    found = [*_too_long(page)]
    try:
        page.full_clean(exclude=["path", "depth", "url_path", "draft_title", "content_type", "locale"])
    except ValidationError as error:
        for name, reasons in error.message_dict.items():
            found += [Fault(reason, name.removeprefix("lead_")) for reason in reasons]
    if isinstance(page, ArticlePage):
        found += _faults_of_blocks(page)
    return found


def _too_long(page: Page) -> Iterator[Fault]:
    """Long texts have their limit in the editor's form alone."""
    for field in page._meta.concrete_fields:
        if isinstance(field, models.TextField) and field.max_length:
            letters = len(field.value_from_object(page) or "")
            if letters > field.max_length:
                yield Fault(f"may have {field.max_length} characters, and has {letters}", field.name)


def _faults_of_blocks(page: ArticlePage) -> Iterator[Fault]:
    try:
        page.body.stream_block.clean(page.body)
    except StreamBlockValidationError as error:
        yield from (Fault(reason) for reason in error.non_block_errors or ())
        for place, inner in (error.block_errors or {}).items():
            kind = page.body[place].block_type
            yield from (Fault(f"{kind}: {reason}", block=place) for reason in _sentences(inner))


def _sentences(error: ValidationError) -> list[str]:
    """The messages of a block's error; parts of a block keep theirs one level down."""
    inner = getattr(error, "block_errors", None)
    if not inner:
        return list(error.messages)
    named = inner.items() if isinstance(inner, dict) else (("", part) for part in inner if part is not None)
    return [f"{name}: {text}" if name else text for name, part in named for text in _sentences(part)]


def _put(page: ArticlePage, section: SectionPage) -> ArticlePage:
    """Save, move if the section is another one, and publish."""
    if page.pk is None:
        add_live(section, page)
        return page
    if page.section != section:
        page.move(section, pos="last-child")
        moved = ArticlePage.objects.get(pk=page.pk)
        page.path, page.depth, page.url_path = moved.path, moved.depth, moved.url_path
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)


def _is_as_wanted(
    page: ArticlePage, story: Story, section: SectionPage, authors: list[AuthorPage], tags: list[TagPage]
) -> bool:
    """Whether publishing this story would change nothing that a reader sees."""
    if not page.live or page.section != section:
        return False
    wanted = ArticlePage()
    wanted.published_at = page.published_at
    _fill(wanted, story, authors, tags)
    same = all(getattr(page, name) == getattr(wanted, name) for name in _COMPARED)
    names = [byline.author_id for byline in page.bylines.all()] == [author.pk for author in authors]
    topics = {tag.pk for tag in page.tags.all()} == {tag.pk for tag in tags}
    return same and names and topics and _plain(page.body) == _plain(wanted.body)


_COMPARED = (
    "title",
    "standfirst",
    "level",
    "published_at",
    "lead_picture_id",
    "lead_alt",
    "lead_is_decorative",
    "lead_caption",
    "lead_credit",
)


def _plain(body: Any) -> Any:
    """A body without the ids of its blocks, which are new in every import."""

    def without_ids(value: Any) -> Any:
        if isinstance(value, list):
            return [without_ids(each) for each in value]
        if isinstance(value, dict):
            return {name: without_ids(each) for name, each in value.items() if name != "id"}
        return value

    return [(bound.block_type, without_ids(bound.block.get_prep_value(bound.value))) for bound in body]
