"""Money given back, what an audit found, how far gateways' lists were read, and the switch that stops all charging."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsstand.rules.money import Money


class Refund(models.Model):
    """Money that goes back for an invoice since staff say so, or the reader has withdrawn. `key` goes with the call, so
    that asking again is the same refund."""

    class Status(models.TextChoices):
        WANTED = "wanted", _("on its way")
        PENDING = "pending", _("at the bank")
        SUCCEEDED = "succeeded", _("given back")
        FAILED = "failed", _("returned by the bank")
        REFUSED = "refused", _("not possible")

    MONEY_GOES = (Status.WANTED, Status.PENDING, Status.SUCCEEDED)

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    invoice = models.ForeignKey("billing.Invoice", models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WANTED)
    ref = models.CharField(max_length=120, blank=True)
    why = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="billing_refund_positive")]

    def __str__(self) -> str:
        return self.key.hex

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class BooksAudit(models.Model):
    """One run of the audit: how many subscriptions and purchases were looked at, and which sentences did not hold."""

    at = models.DateTimeField(db_index=True)
    sales = models.PositiveIntegerField()
    violations = models.PositiveIntegerField()
    found = models.JSONField(default=list)
    seconds = models.FloatField()

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.violations}"


class EventList(models.Model):
    """A gateway's own list of what happened, and how far it was read. `missed` counts what no webhook had brought,
    `unknown` the news of charges that are not known here."""

    gateway = models.CharField(max_length=20, unique=True)
    cursor = models.TextField(blank=True)
    read_on_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)  # when its end was reached
    missed = models.PositiveIntegerField(default=0)
    missed_at = models.DateTimeField(null=True)
    unknown = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)  # in a row

    def __str__(self) -> str:
        return f"{self.gateway} {self.cursor}"


class ChargingStop(models.Model):
    """The switch. While this row is here, no attempt begins."""

    why = models.CharField(max_length=200)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="billing_one_stop")]

    def __str__(self) -> str:
        return self.why
