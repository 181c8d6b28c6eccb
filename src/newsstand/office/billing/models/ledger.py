"""The ledger, and what gateways told us. Append-only by triggers; neither holds a name or an e-mail."""

from django.db import models
from django.db.models import F, Q

from newsstand.rules.money import Money


class Transfer(models.Model):
    """Money that moved from one account of the books to another: balanced by construction.

    `key` says what moved it, so that nothing is booked twice.
    """

    key = models.CharField(max_length=160, unique=True)
    debit = models.CharField(max_length=80)
    credit = models.CharField(max_length=80)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=80, db_index=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="billing_transfer_between_two"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class GatewayEvent(models.Model):
    """One thing a gateway told us, by webhook, answer or lookup; the same news again makes no second row."""

    gateway = models.CharField(max_length=20)
    object_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=30)
    charge_id = models.CharField(max_length=120, blank=True)
    ref = models.CharField(max_length=64, blank=True, db_index=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=60, blank=True)
    cause = models.CharField(max_length=10, blank=True)
    via = models.CharField(max_length=10)
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "object_id", "kind"], name="billing_gateway_event_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.kind} {self.object_id}"
