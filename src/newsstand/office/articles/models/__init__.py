"""The newsroom's tables: pages, and the pictures and documents that they show."""

from newsstand.office.articles.models.listings import (
    AuthorIndexPage,
    AuthorPage,
    FrontPage,
    SectionPage,
    TagIndexPage,
    TagPage,
)
from newsstand.office.articles.models.media import Document, Picture, Rendition, document_path
from newsstand.office.articles.models.story import ArticleAuthor, ArticlePage, ShownPaths

__all__ = [
    "ArticleAuthor",
    "ArticlePage",
    "AuthorIndexPage",
    "AuthorPage",
    "Document",
    "FrontPage",
    "Picture",
    "Rendition",
    "SectionPage",
    "ShownPaths",
    "TagIndexPage",
    "TagPage",
    "document_path",
]
