"""Places for advertisements, and what stands in them."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Place(models.TextChoices):
    """Where on the pages a slot can be."""

    STORY_MIDDLE = "story-middle", _("in the text of a story, after the opening")
    STORY_END = "story-end", _("after the text of a story, or after its wall")
    FRONT = "front", _("on the front page, between the newest stories and the sections")
    LISTING = "listing", _("in the list of a section, an author or a tag")


class Slot(models.Model):
    """A place that can hold an advertisement. Its code says where on the pages it is; each place has one slot."""

    code = models.CharField(_("place"), max_length=20, unique=True, choices=Place.choices)
    name = models.CharField(
        _("name"), max_length=80, help_text=_("What you call it, such as: story, middle.")
    )

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(code__in=Place.values), name="ads_slot_has_a_known_place"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Creative(models.Model):
    """A house advertisement: a headline, some words, a link, and perhaps a picture.

    Of several in one slot each page shows one; one of weight 2 stands on twice as many pages as one of weight 1.
    """

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="creatives", verbose_name=_("slot"))
    headline = models.CharField(_("headline"), max_length=80)
    words = models.CharField(_("words"), max_length=200, blank=True)
    link = models.CharField(
        _("link"),
        max_length=300,
        validators=[
            RegexValidator(r"^(https?://[^\s]+|/([^/\s][^\s]*)?)$", _("Write a whole address or a path."))
        ],
        help_text=_(
            "A whole address such as https://example.org/, or a path of this site such as /subscribe/."
        ),
    )
    picture = models.ForeignKey(
        "articles.Picture",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("picture"),
    )
    from_at = models.DateTimeField(_("from"), null=True, blank=True)
    until_at = models.DateTimeField(_("until"), null=True, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("house advertisement")
        verbose_name_plural = _("house advertisements")
        ordering = ["slot", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=100), name="ads_weight_from_1_to_100"
            ),
            models.CheckConstraint(
                condition=models.Q(from_at__isnull=True)
                | models.Q(until_at__isnull=True)
                | models.Q(until_at__gt=models.F("from_at")),
                name="ads_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.headline
