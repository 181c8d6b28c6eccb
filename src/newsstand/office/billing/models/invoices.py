"""Invoices and attempts: one row per period or purchase, one row per try to take its money."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from newsstand.office.billing.models.sales import OfSale
from newsstand.rules.billing.books import CANCELLED
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.periods import Period
from newsstand.rules.money import Money


class Invoice(OfSale):
    """One period of a subscription, or one purchase, whose `seq` is 0. `public_id` is the reference of its one
    charge at the gateway."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        VOID = "void", _("void")
        UNCOLLECTIBLE = "uncollectible", _("uncollectible")

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    seq = models.PositiveIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField()
    price = models.ForeignKey("billing.Price", models.PROTECT, related_name="+")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    consent = models.ForeignKey("billing.Consent", models.PROTECT, related_name="+")
    status = models.CharField(max_length=14, choices=Status.choices, default=Status.OPEN)
    void_reason = models.CharField(max_length=40, blank=True)
    gateway = models.CharField(max_length=20, blank=True)
    charge_ref = models.CharField(max_length=120, blank=True)
    opened_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    earn_on = models.DateField(null=True)  # the day on which the next part of its money becomes revenue

    class Meta:
        ordering = ["subscription", "purchase", "seq"]
        indexes = [
            models.Index(fields=["earn_on"], name="billing_to_earn", condition=Q(earn_on__isnull=False))
        ]
        constraints = [
            *OfSale.Meta.constraints,
            models.CheckConstraint(
                condition=Q(purchase__isnull=True) | Q(seq=0), name="billing_purchase_has_one_period"
            ),
            # A purchase, or a period that was called off may get another invoice: the first one stays as history.
            models.UniqueConstraint(
                fields=["subscription", "seq"],
                condition=~Q(void_reason=CANCELLED),
                name="billing_period_once",
            ),
            models.UniqueConstraint(
                fields=["purchase"], condition=~Q(void_reason=CANCELLED), name="billing_purchase_once"
            ),
            models.UniqueConstraint(
                fields=["gateway", "charge_ref"], condition=~Q(charge_ref=""), name="billing_charge_once"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")), name="billing_period_ends_after_start"
            ),
            models.CheckConstraint(condition=Q(amount__gte=0), name="billing_invoice_not_negative"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "paid", "void", "uncollectible"]),
                name="billing_invoice_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(paid_at__isnull=False), name="billing_paid_has_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(status="void") | ~Q(void_reason=""), name="billing_void_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id or self.purchase_id}/{self.seq}"

    @property
    def ref(self) -> str:
        """Our reference of the charge: 32 hexadecimal characters."""
        return self.public_id.hex

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def period(self) -> Period:
        return Period(self.seq, self.starts_on, self.ends_on)


CAUSES = [(cause.value, cause.value) for cause in DeclineClass]


class Attempt(models.Model):
    """One try to take an invoice's money. Written and committed before the gateway is called; `key` goes with
    the call, so that asking again is the same try."""

    class Status(models.TextChoices):
        SENDING = "sending", _("being sent")
        SUCCEEDED = "succeeded", _("succeeded")
        DECLINED = "declined", _("declined")
        ACTION = "action", _("waits for the reader's approval")
        UNKNOWN = "unknown", _("no answer yet")
        CANCELED = "canceled", _("called off")

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="attempts")
    n = models.PositiveSmallIntegerField()
    payment_method = models.ForeignKey("billing.PaymentMethod", models.PROTECT, related_name="+")
    initiator = models.CharField(max_length=10)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.SENDING)
    cause = models.CharField(max_length=10, choices=CAUSES, blank=True)
    code = models.CharField(max_length=60, blank=True)
    action_url = models.TextField(blank=True)
    return_url = models.TextField(blank=True)
    sends = models.PositiveSmallIntegerField(default=1)
    begun_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["invoice", "n"]
        indexes = [models.Index(fields=["begun_at"], name="billing_attempt_begun")]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "n"], name="billing_attempt_number_once"),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(status__in=["sending", "unknown"]),
                name="billing_one_attempt_in_flight",
            ),
            models.UniqueConstraint(
                fields=["invoice"], condition=Q(status="succeeded"), name="billing_one_success_per_invoice"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["sending", "succeeded", "declined", "action", "unknown", "canceled"]),
                name="billing_attempt_status",
            ),
            models.CheckConstraint(
                condition=~Q(status="declined") | ~Q(cause=""), name="billing_decline_has_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("begun_at")),
                name="billing_attempt_ends_after_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}#{self.n}"

    @staticmethod
    def ends_at(now: datetime) -> Greatest:
        """What to write as the end of an attempt: never before its begin.

        Whoever learns of the end, a webhook's worker for one, may have looked at the clock before another began it.
        """
        return Greatest(F("begun_at"), Value(now, models.DateTimeField()))


IN_FLIGHT = (Attempt.Status.SENDING, Attempt.Status.UNKNOWN)
UNSETTLED = (*IN_FLIGHT, Attempt.Status.ACTION)
