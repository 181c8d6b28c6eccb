"""Subscriptions: who subscribes to what, since when, and what happens next."""

from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.periods import Period, Rhythm, Unit, period

LIVE = (State.PENDING, State.ACTIVE, State.PAST_DUE)
RUNNING = (State.ACTIVE, State.PAST_DUE)

CHECKOUT_FOR = timedelta(days=1)  # so long an order waits for its first payment

STATES = [
    (State.PENDING.value, _("pending")),
    (State.ACTIVE.value, _("active")),
    (State.PAST_DUE.value, _("payment failed")),
    (State.ENDED.value, _("ended")),
]
END_REASONS = [
    (EndReason.CHECKOUT_ABANDONED.value, _("checkout abandoned")),
    (EndReason.CANCELLED.value, _("cancelled")),
    (EndReason.PAYMENT_FAILED.value, _("payment failed")),
    (EndReason.WITHDRAWN.value, _("withdrawn")),
    (EndReason.DISPUTED.value, _("disputed")),
    (EndReason.STAFF.value, _("ended by staff")),
]


class Engine(models.TextChoices):
    """Who charges: this house, or another system from which the subscription was taken over."""

    OWN = "own", _("this site")
    EXTERNAL = "external", _("another system")


class Subscription(models.Model):
    """One reader's subscription to one plan.

    A cancellation is a date, not a state. What was agreed stands on the row: the product, the rhythm and, by
    the offer, the prices; a plan that changes later changes nothing here.
    """

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="subscriptions")
    plan = models.ForeignKey("billing.Plan", models.PROTECT, related_name="subscriptions")
    offer = models.ForeignKey("billing.Offer", models.PROTECT, related_name="subscriptions")
    product_code = models.CharField(max_length=40)
    rhythm_unit = models.CharField(max_length=5)
    rhythm_count = models.PositiveSmallIntegerField()
    anchor_on = models.DateField()
    next_seq = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.PENDING)
    payment_method = models.ForeignKey("billing.PaymentMethod", models.PROTECT, null=True, related_name="+")
    engine = models.CharField(max_length=10, choices=Engine.choices, default=Engine.OWN)
    created_at = models.DateTimeField(_("ordered at"))
    started_at = models.DateTimeField(_("first paid at"), null=True)
    cancel_requested_at = models.DateTimeField(_("cancelled at"), null=True)
    cancel_at = models.DateTimeField(_("paid time over at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("reason"), max_length=20, choices=END_REASONS, blank=True)
    next_action_at = models.DateTimeField(null=True)
    parked_reason = models.CharField(_("parked because"), max_length=160, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        # What is over has no next moment, so the index holds what can be due, and both databases use it in order.
        indexes = [
            models.Index(
                fields=["next_action_at", "id"], name="billing_due", condition=Q(next_action_at__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "product_code"],
                condition=Q(state__in=LIVE),
                name="billing_one_live_subscription",
            ),
            models.CheckConstraint(condition=Q(state__in=list(State)), name="billing_subscription_state"),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state=State.ENDED) & Q(ended_at__isnull=True, end_reason=""),
                name="billing_ended_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=RUNNING) | Q(started_at__isnull=False), name="billing_running_was_paid"
            ),
            models.CheckConstraint(
                condition=Q(cancel_at__isnull=True) | Q(cancel_requested_at__isnull=False),
                name="billing_cancel_was_asked_for",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The public id as 32 hexadecimal characters: the source reference of the grant, and for support."""
        return self.public_id.hex

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(cast(Unit, self.rhythm_unit), self.rhythm_count)

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def is_cancelled(self) -> bool:
        """Whether the reader has asked for the end."""
        return self.cancel_requested_at is not None

    @property
    def checkout_ends_at(self) -> datetime:
        """Until then the reader can finish the order."""
        return self.created_at + CHECKOUT_FOR

    def period(self, seq: int) -> Period:
        """The dates of period `seq`."""
        return period(self.anchor_on, self.rhythm, seq)
