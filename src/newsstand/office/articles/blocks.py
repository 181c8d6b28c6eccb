"""The blocks of a story. Each has a template of the same name in `templates/articles/blocks/`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH = ["bold", "italic", "link"]

PARAGRAPH = "paragraph"
HEADING = "heading"
PICTURE = "picture"
QUOTE = "quote"
LIST = "list"
EMBED = "embed"
TABLE = "table"
GALLERY = "gallery"
CODE = "code"
CALLOUT = "callout"
AUDIO = "audio"
PAYWALL = "paywall"

TEXT_COLUMN = "text"
NUMBER_COLUMN = "number"
SOUNDS = ("mp3", "m4a", "ogg", "opus", "wav", "flac")


class PictureBlock(blocks.StructBlock):
    """A picture. What is left empty here is taken from the picture itself."""

    picture = ImageChooserBlock(label=_("Picture"))
    alt_text = blocks.CharBlock(
        label=_("Alternative text"),
        required=False,
        max_length=300,
        help_text=_("What the picture shows, for those who do not see it. Empty: the picture's own text."),
    )
    decorative = blocks.BooleanBlock(
        label=_("Decorative"), required=False, help_text=_("It says nothing that the text does not say.")
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=300)
    credit = blocks.CharBlock(label=_("Credit"), required=False, max_length=120)

    class Meta:
        icon = "image"
        label = _("Picture")

    def clean(self, value: Any) -> Any:
        """A picture needs words or must be called decorative."""
        cleaned = super().clean(value)
        own_words = getattr(cleaned.get("picture"), "alt_text", "")
        if not (cleaned["alt_text"] or cleaned["decorative"] or own_words):
            raise blocks.StructBlockValidationError(block_errors={"alt_text": ValidationError(NO_ALT_TEXT)})
        return cleaned


NO_ALT_TEXT = _("Say what the picture shows, or tick “Decorative”.")


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, and whose they are."""

    text = blocks.TextBlock(label=_("Quote"))
    source = blocks.CharBlock(label=_("Who said it"), required=False, max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Quote")


class PointsBlock(blocks.StructBlock):
    """A list, with points or numbers."""

    numbered = blocks.BooleanBlock(label=_("Numbered"), required=False)
    first = blocks.IntegerBlock(
        label=_("First number"),
        required=False,
        min_value=0,
        max_value=9999,
        help_text=_("For a list that goes on after a picture or the paywall line. Empty: 1."),
    )
    points = blocks.ListBlock(
        blocks.RichTextBlock(features=RICH, label=_("Point")), label=_("Points"), min_num=1
    )

    class Meta:
        icon = "list-ul"
        label = _("List")


class EmbedBlock(blocks.StructBlock):
    """Something on another site, shown as a card with a link: the page asks no other site for anything."""

    url = blocks.URLBlock(label=_("Link"))
    title = blocks.CharBlock(label=_("Title"), max_length=160)

    class Meta:
        icon = "media"
        label = _("Link card")


class TableBlock(TypedTableBlock):
    """A table. A column of numbers is set in figures of one width, at the line's end."""

    text = blocks.CharBlock(label=_("Words"), required=False, max_length=300)
    number = blocks.CharBlock(label=_("Numbers"), required=False, max_length=60)

    class Meta:
        icon = "table"
        label = _("Table")

    def clean(self, value: Any) -> Any:
        """Refuse a table without a column or a row: nothing would stand there."""
        cleaned = super().clean(value)
        if not cleaned.columns or not cleaned.row_data:
            raise ValidationError(_("A table needs at least one column and one row."))
        return cleaned


class CalloutBlock(blocks.StructBlock):
    """A few sentences beside the story: how it was researched, what happened before."""

    title = blocks.CharBlock(label=_("Heading"), required=False, max_length=120)
    text = blocks.RichTextBlock(features=RICH, label=_("Text"))

    class Meta:
        icon = "info-circle"
        label = _("Box")


class AudioBlock(blocks.StructBlock):
    """Something to listen to, with its words for those who do not hear it."""

    file = DocumentChooserBlock(label=_("Recording"))
    title = blocks.CharBlock(label=_("Title"), max_length=160)
    words = blocks.TextBlock(
        label=_("What is said"),
        required=False,
        help_text=_("For those who do not hear it. It opens below the recording."),
    )

    class Meta:
        icon = "media"
        label = _("Recording")

    def clean(self, value: Any) -> Any:
        """Refuse a document that no browser plays."""
        cleaned = super().clean(value)
        if cleaned["file"] is not None and cleaned["file"].file_extension.lower() not in SOUNDS:
            words = _("No browser plays this file: choose one of %(kinds)s.") % {"kinds": ", ".join(SOUNDS)}
            raise blocks.StructBlockValidationError(block_errors={"file": ValidationError(words)})
        return cleaned


class BodyBlock(blocks.StreamBlock):
    """The body of a story."""

    paragraph = blocks.RichTextBlock(features=RICH, icon="pilcrow", label=_("Paragraph"))
    heading = blocks.CharBlock(max_length=160, icon="title", label=_("Heading"))
    picture = PictureBlock()
    quote = QuoteBlock()
    list = PointsBlock()
    embed = EmbedBlock()
    table = TableBlock()
    gallery = blocks.ListBlock(PictureBlock(), min_num=2, icon="image", label=_("Gallery"))
    callout = CalloutBlock()
    audio = AudioBlock()
    code = blocks.TextBlock(icon="code", label=_("Code"))
    paywall = blocks.StaticBlock(
        icon="lock",
        label=_("Paywall line"),
        admin_text=_("Everybody may read what stands above this line. Below it the access level decides."),
    )

    class Meta:
        block_counts = {PAYWALL: {"max_num": 1}}
        required = False
