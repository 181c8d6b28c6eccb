"""A small newsroom for tests."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image

from newsstand.office.articles.actions import found_publication
from newsstand.office.articles.actions.announce import add_live
from newsstand.office.articles.actions.hand import acting
from newsstand.office.articles.models import (
    ArticleAuthor,
    ArticlePage,
    AuthorIndexPage,
    AuthorPage,
    FrontPage,
    Picture,
    SectionPage,
    TagIndexPage,
    TagPage,
)

NOW = datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


def found(**values: Any) -> FrontPage:
    """The publication with its first pages."""
    given = {"name": "The Harbour Post", "support_email": "help@example.org", "zone": "Europe/London"}
    found_publication(**{**given, **values}, by="system", now=NOW)
    return FrontPage.objects.get()


def add(parent: Any, page: Any) -> Any:
    """A live page below another one."""
    with acting("system", NOW):
        add_live(parent, page)
    return type(page).objects.get(pk=page.pk)


def section(title: str = "Harbour", slug: str = "harbour") -> SectionPage:
    return add(FrontPage.objects.get(), SectionPage(title=title, slug=slug))


def author(name: str = "Mara Finch", slug: str = "mara-finch") -> AuthorPage:
    return add(AuthorIndexPage.objects.get(), AuthorPage(title=name, slug=slug))


def tag(title: str = "Ferries", slug: str = "ferries") -> TagPage:
    return add(TagIndexPage.objects.get(), TagPage(title=title, slug=slug))


def story(below: SectionPage, slug: str = "the-crane", **values: Any) -> ArticlePage:
    """A published story; `authors` and `tags` are pages, `body` a list of (kind, value)."""
    authors, tags = values.pop("authors", ()), values.pop("tags", ())
    page = ArticlePage(**{"title": "The crane", "slug": slug, "published_at": NOW, **values})
    page.bylines = [ArticleAuthor(author=each, sort_order=place) for place, each in enumerate(authors)]
    page.tags = list(tags)
    return add(below, page)


def paragraphs(*texts: str) -> list[tuple[str, str]]:
    """Stored paragraphs."""
    return [("paragraph", f"<p>{text}</p>") for text in texts]


def picture(width: int = 1600, height: int = 900, **words: str) -> Picture:
    """A picture of one colour."""
    data = BytesIO()
    Image.new("RGB", (width, height), "#0b5d6b").save(data, "PNG")
    return Picture.objects.create(title="Crane", file=ContentFile(data.getvalue(), "crane.png"), **words)
