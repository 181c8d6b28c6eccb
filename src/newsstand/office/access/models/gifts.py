"""Stories that readers gave away."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gift(models.Model):
    """One story given away by one reader: until a moment, unless somebody takes it back.

    The title and address are kept as they were, so that the giver's list needs no story that is gone.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    giver = models.ForeignKey(
        "accounts.Account", on_delete=models.CASCADE, related_name="gifts", verbose_name=_("giver")
    )
    article = models.CharField(_("story"), max_length=32, db_index=True)
    title = models.CharField(_("headline"), max_length=255)
    address = models.CharField(_("address"), max_length=500)
    made_at = models.DateTimeField(_("made"))
    until = models.DateTimeField(_("until"))
    revoked_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until__gt=models.F("made_at")), name="access_gift_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def gift_id(self) -> str:
        """The id that leaves the house: 32 hexadecimal characters."""
        return self.public_id.hex
