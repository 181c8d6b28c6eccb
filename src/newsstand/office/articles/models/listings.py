"""The pages that list stories: the front page, sections, authors and tags."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from newsstand.office.articles.models.public_page import PublicPage, is_taken


class FrontPage(PublicPage, Page):
    """The root of the site: the newest stories."""

    kind = "front"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["articles.SectionPage", "articles.AuthorIndexPage", "articles.TagIndexPage"]

    class Meta:
        verbose_name = _("front page")
        verbose_name_plural = _("front pages")


class SectionPage(PublicPage, Page):
    """A section such as Harbour: its stories, newest first."""

    kind = "section"
    description = models.CharField(
        _("description"), max_length=200, blank=True, help_text=_("One sentence, stands under the name.")
    )
    parent_page_types = ["articles.FrontPage"]
    subpage_types = ["articles.ArticlePage"]
    content_panels = [*Page.content_panels, FieldPanel("description")]

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")

    def clean(self) -> None:
        """Refuse an address under which something else of the site stands."""
        super().clean()
        if self.slug and is_taken(self.slug):
            raise ValidationError({"slug": _("The site itself uses this address: choose another one.")})


class AuthorIndexPage(PublicPage, Page):
    """All authors by name."""

    kind = "authors"
    max_count = 1
    parent_page_types = ["articles.FrontPage"]
    subpage_types = ["articles.AuthorPage"]

    class Meta:
        verbose_name = _("list of authors")
        verbose_name_plural = _("lists of authors")


class AuthorPage(PublicPage, Page):
    """Somebody who writes: the name is the title. The author's stories stand here, newest first."""

    kind = "author"
    role = models.CharField(_("role"), max_length=80, blank=True, help_text=_("Such as: court reporter."))
    about = models.TextField(_("about"), max_length=600, blank=True)
    picture = models.ForeignKey(
        "articles.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    parent_page_types = ["articles.AuthorIndexPage"]
    subpage_types: list[str] = []
    content_panels = [
        *Page.content_panels,
        FieldPanel("role"),
        FieldPanel("about"),
        FieldPanel("picture"),
    ]

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")


class TagIndexPage(PublicPage, Page):
    """All tags by name."""

    kind = "tags"
    max_count = 1
    parent_page_types = ["articles.FrontPage"]
    subpage_types = ["articles.TagPage"]

    class Meta:
        verbose_name = _("list of tags")
        verbose_name_plural = _("lists of tags")


class TagPage(PublicPage, Page):
    """A tag: what several stories are about. Its stories stand here, newest first."""

    kind = "tag"
    description = models.CharField(_("description"), max_length=200, blank=True)
    parent_page_types = ["articles.TagIndexPage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("description")]

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
