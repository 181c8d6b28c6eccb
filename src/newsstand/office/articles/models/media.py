"""Pages, pictures and documents of the newsroom."""

from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager
from wagtail.documents.models import AbstractDocument
from wagtail.documents.models import Document as WagtailDocument
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class Picture(AbstractImage):
    """A picture. Its file and every rendition have random names, so that none can be guessed."""

    alt_text = models.CharField(_("alternative text"), max_length=300, blank=True)
    caption = models.CharField(_("caption"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=120, blank=True)

    admin_form_fields = (*Image.admin_form_fields, "alt_text", "caption", "credit")

    def get_upload_to(self, filename: str) -> str:
        ending = filename.rpartition(".")[2].lower()
        return f"pictures/{token_hex(16)}.{ending}"


class Rendition(AbstractRendition):
    """One size and format of a picture."""

    image = models.ForeignKey(Picture, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="articles_rendition_once"
            )
        ]

    def get_upload_to(self, filename: str) -> str:
        ending = filename.rpartition(".")[2].lower()
        return f"renditions/{token_hex(16)}.{ending}"


def document_path(instance: Any, filename: str) -> str:
    """Where a document is kept: a random name, the ending stays."""
    return f"documents/{token_hex(16)}.{filename.rpartition('.')[2].lower()}"


class Document(AbstractDocument):
    """A document that a story links to."""

    file = models.FileField(upload_to=document_path, verbose_name=_("file"))
    # Wagtail's own model is called Document too, so these two need names of their own for the way back.
    tags = TaggableManager(
        help_text=None, blank=True, verbose_name=_("tags"), related_name="newsroom_documents"
    )
    uploaded_by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    admin_form_fields = WagtailDocument.admin_form_fields
