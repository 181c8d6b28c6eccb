"""The form of a comment, and what staff are asked when they move one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from newsstand.office.comments.moderation import length


class CommentForm(forms.Form):
    """The one field of a comment. Judges say what is wrong with it, so that there is one place for that."""

    text = forms.CharField(
        label=_("Your comment"),
        help_text=_("It appears under your name, for everybody who may read this article."),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": length.LONGEST, "required": True}),
    )


class WhyForm(forms.Form):
    """Why one of the staff does this."""

    why = forms.CharField(label=_("Why"), max_length=200)
