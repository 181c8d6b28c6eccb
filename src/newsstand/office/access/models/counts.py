"""What the meter counted for readers, kept where it outlives the machine."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ReaderCount(models.Model):
    """The stories counted for one reader in one window: a copy of what the shelf holds, from a minute ago at most.

    It goes with the account, and with its window.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    window = models.CharField(_("window"), max_length=20)
    articles = models.JSONField(_("stories"), default=list)

    class Meta:
        verbose_name = _("count of a reader")
        verbose_name_plural = _("counts of readers")
        constraints = [
            models.UniqueConstraint(fields=["account", "window"], name="access_one_count_a_window")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.window}"
