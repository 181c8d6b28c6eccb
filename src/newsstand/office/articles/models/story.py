"""A story, who wrote it, and where it was last shown."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import (
    FieldPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
    PublishingPanel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from newsstand.office.articles.blocks import NO_ALT_TEXT, BodyBlock
from newsstand.office.articles.levels import LEVELS
from newsstand.office.articles.models.listings import AuthorPage, SectionPage
from newsstand.office.articles.models.public_page import PREVIEW_READERS, PublicPage
from newsstand.office.articles.panels import NotesPanel
from newsstand.rules.gate.facts import Level

NEWSPAPER = "news"  # the product of a story for which no other was chosen


class StoryForm(WagtailAdminPageForm):
    """The editor's form, with the tags in the order of their names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "tags" in self.fields:
            self.fields["tags"].queryset = self.fields["tags"].queryset.order_by(Lower("title"), "pk")


class ArticlePage(PublicPage, Page):
    """A story. Its headline is the title, its section is the page above it.

    `published_at` is the moment that readers see; it is set at the first publication where the editor set none.
    Between `embargo_until` and `gone_from` the story can be read.
    """

    kind = "story"
    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    standfirst = models.TextField(
        _("standfirst"), max_length=400, blank=True, help_text=_("One or two sentences under the headline.")
    )
    lead_picture = models.ForeignKey(
        "articles.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    lead_alt = models.CharField(
        _("alternative text"),
        max_length=300,
        blank=True,
        help_text=_("What the picture shows, for those who do not see it. Empty: the picture's own text."),
    )
    lead_is_decorative = models.BooleanField(
        _("decorative"), default=False, help_text=_("It says nothing that the text does not say.")
    )
    lead_caption = models.CharField(_("caption"), max_length=300, blank=True)
    lead_credit = models.CharField(_("credit"), max_length=120, blank=True)
    tags = ParentalManyToManyField(
        "articles.TagPage", blank=True, related_name="stories", verbose_name=_("tags")
    )
    level = models.CharField(
        _("access level"),
        max_length=12,
        blank=True,
        choices=LEVELS,
        help_text=_("Who may read the whole story. Empty: what the site's access rules say."),
    )
    product = models.ForeignKey(
        "accounts.Product",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("product"),
        help_text=_("What a reader must have subscribed to. Empty: the newspaper."),
    )
    published_at = models.DateTimeField(
        _("published"),
        null=True,
        blank=True,
        db_index=True,
        help_text=_("The moment that readers see. Empty: the moment of the first publication."),
    )
    embargo_until = models.DateTimeField(
        _("embargo"),
        null=True,
        blank=True,
        help_text=_("Nobody but staff sees the story before this moment."),
    )
    gone_from = models.DateTimeField(
        _("taken down"),
        null=True,
        blank=True,
        help_text=_("Nobody but staff sees the story from this moment on."),
    )
    body = StreamField(BodyBlock(), blank=True, verbose_name=_("text"))

    parent_page_types = ["articles.SectionPage"]
    subpage_types: list[str] = []
    preview_modes = PREVIEW_READERS
    search_fields = [*Page.search_fields, index.SearchField("standfirst"), index.FilterField("level")]

    text_panels = [
        TitleFieldPanel(
            "title",
            heading=_("Headline"),
            placeholder=_("Headline"),
            help_text=_("On the page, in every list, and in search results."),
        ),
        FieldPanel("standfirst"),
        MultiFieldPanel(
            [
                FieldPanel("lead_picture"),
                FieldPanel("lead_alt"),
                FieldPanel("lead_is_decorative"),
                FieldPanel("lead_caption"),
                FieldPanel("lead_credit"),
            ],
            heading=_("Lead picture"),
        ),
        FieldPanel("body"),
    ]
    about_panels = [
        InlinePanel("bylines", heading=_("Authors"), label=_("author")),
        MultiFieldPanel([FieldPanel("level"), NotesPanel(), FieldPanel("product")], heading=_("Access")),
        MultiFieldPanel(
            [FieldPanel("published_at"), FieldPanel("embargo_until"), FieldPanel("gone_from")],
            heading=_("Time"),
        ),
        FieldPanel("tags", widget=forms.CheckboxSelectMultiple),
    ]
    base_form_class = StoryForm
    edit_handler = TabbedInterface(
        [
            ObjectList(text_panels, heading=_("Story")),
            ObjectList(about_panels, heading=_("About it")),
            ObjectList([*Page.promote_panels, PublishingPanel()], heading=_("Address and search")),
        ]
    )

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level__in=["", *[level.value for level in Level]]),
                name="articles_known_level",
            ),
            models.CheckConstraint(
                condition=models.Q(embargo_until__isnull=True)
                | models.Q(gone_from__isnull=True)
                | models.Q(gone_from__gt=models.F("embargo_until")),
                name="articles_gone_after_embargo",
            ),
        ]

    @property
    def article_id(self) -> str:
        """The id that leaves the house: 32 hexadecimal characters."""
        return self.public_id.hex

    @cached_property
    def section(self) -> SectionPage:
        """The section: the page above. A query that reads many stories sets it for all of them."""
        return SectionPage.objects.get(path=self.path[: -self.steplen])

    @property
    def authors(self) -> list[AuthorPage]:
        """Who wrote it, in the editor's order."""
        return [byline.author for byline in self.bylines.all()]

    @property
    def product_code(self) -> str:
        """The product whose readers may read the whole story."""
        return self.product.code if self.product is not None else NEWSPAPER

    def clean(self) -> None:
        """Refuse a lead picture without words, and an end that comes before the beginning."""
        super().clean()
        errors = {}
        own_words = self.lead_picture.alt_text if self.lead_picture is not None else ""
        if self.lead_picture is not None and not (self.lead_alt or self.lead_is_decorative or own_words):
            errors["lead_alt"] = ValidationError(NO_ALT_TEXT)
        if self.embargo_until and self.gone_from and self.gone_from <= self.embargo_until:
            errors["gone_from"] = ValidationError(_("Choose a moment after the end of the embargo."))
        if errors:
            raise ValidationError(errors)

    def with_content_json(self, content: dict[str, Any]) -> "ArticlePage":
        """An older revision keeps the moment of publication where it knows none itself."""
        page: ArticlePage = super().with_content_json(content)
        page.public_id = self.public_id
        if page.published_at is None and self.pk is not None:
            kept = ArticlePage.objects.filter(pk=self.pk)
            page.published_at = kept.values_list("published_at", flat=True).first()
        return page


class ArticleAuthor(Orderable):
    """One name in a byline, in the editor's order."""

    article = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(
        "articles.AuthorPage", on_delete=models.PROTECT, related_name="bylines", verbose_name=_("author")
    )

    panels = [FieldPanel("author")]

    class Meta(Orderable.Meta):
        constraints = [
            models.UniqueConstraint(fields=["article", "author"], name="articles_author_once_in_a_byline")
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.author_id}"


class ShownPaths(models.Model):
    """Where a story was last announced: its own address first, then the listings that show it.

    Kept because Wagtail tells of a change only when the old state is gone.
    """

    article = models.OneToOneField(ArticlePage, on_delete=models.CASCADE, related_name="shown")
    paths = models.JSONField(default=list)
    revision = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name = _("shown paths")
        verbose_name_plural = _("shown paths")

    def __str__(self) -> str:
        return " ".join(self.paths)
