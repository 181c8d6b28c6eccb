"""What every desk needs: the publication, the audit log, the outbox, the mail that was sent, the demo's clock."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsstand.rules.billing.price_text import speaks


def check_zone(value: str) -> None:
    """Refuse what is no time zone."""
    if value not in available_timezones():
        raise ValidationError(
            _("%(value)s is not a time zone; write one like Europe/Berlin."), params={"value": value}
        )


class Publication(models.Model):
    """The one publication of this installation."""

    name = models.CharField(max_length=80)
    tagline = models.CharField(max_length=160, blank=True)
    zone = models.CharField(max_length=60, default="UTC", validators=[check_zone])
    currency = models.CharField(max_length=3, default="USD")
    language = models.CharField(max_length=12, default="en", help_text=_("A locale such as en, en_GB or de."))
    accent = models.CharField(
        max_length=7, default="#0b5d6b", validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    support_email = models.EmailField()
    postal_address = models.TextField(blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="kit_one_publication")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a language in which the pages cannot be written."""
        if not speaks(self.language):
            said = _("%(value)s is no language that the pages can be in; write en or de, or en_GB, de_AT …")
            raise ValidationError({"language": ValidationError(said, params={"value": self.language})})

    @property
    def html_lang(self) -> str:
        """The language as pages, mails and feeds name it: "en-GB"."""
        return self.language.replace("_", "-")


class AuditRow(models.Model):
    """Who changed what, when, from what to what, and why. Append-only by a trigger; holds no name and no e-mail."""

    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    verb = models.CharField(max_length=80)
    subject = models.CharField(max_length=160, db_index=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    why = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.by} {self.verb} {self.subject}"


class OutboxRow(models.Model):
    """Something that must follow a commit. The worker does rows in order, at least once."""

    topic = models.CharField(max_length=80)
    key = models.CharField(max_length=200, blank=True)
    payload = models.JSONField()
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["topic", "key"],
                condition=models.Q(started_at__isnull=True) & ~models.Q(key=""),
                name="kit_outbox_waits_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=models.Q(done_at__isnull=True) & models.Q(parked_at__isnull=True),
                name="kit_outbox_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key or self.pk}"


class SentNotice(models.Model):
    """A mail that law or contract asks for: one per key, ever. Holds no address."""

    key = models.CharField(max_length=200, unique=True)
    template = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.key


class DemoClock(models.Model):
    """How far the demo's clock is ahead of real time, in seconds. The board holds a copy for the kiosk."""

    offset = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="kit_one_demo_clock")]

    def __str__(self) -> str:
        return f"+{self.offset} s"
