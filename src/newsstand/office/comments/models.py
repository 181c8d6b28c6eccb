"""Comments of readers under stories, and who may not write any for now."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Whether a comment stands under its story."""

    SHOWN = "shown", _("shown")
    WAITING = "waiting", _("waiting for staff")
    REMOVED = "removed", _("removed")


class Comment(models.Model):
    """What a reader wrote under a story; the story is known by its public id alone.

    `digest` is made from the text, so that the same words of the same reader stand under a story once.
    """

    article_id = models.CharField(max_length=32)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("reader"),
    )
    text = models.TextField(_("text"))
    digest = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    judge = models.CharField(_("held back by"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "article_id", "digest"],
                condition=~models.Q(state="removed"),
                name="comments_said_once",
            ),
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="comments_known_state"),
        ]
        indexes = [
            models.Index(fields=["article_id", "state", "created_at"], name="comments_thread"),
            models.Index(fields=["account", "created_at"], name="comments_of_reader"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


class Silence(models.Model):
    """A reader who may not comment until staff take it back; reading is not touched."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    since_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"silence of account {self.account_id}"
