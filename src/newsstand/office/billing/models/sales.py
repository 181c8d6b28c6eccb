"""What subscriptions and purchases have in common: who bought what, how far it is, and what is due.

Whatever takes money looks at a sale and never asks which of the two it is.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, cast
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import Period, Rhythm, Unit, period

if TYPE_CHECKING:
    from newsstand.office.billing.models.plans import Price
    from newsstand.office.billing.models.purchases import Purchase
    from newsstand.office.billing.models.subscriptions import Subscription

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


class Sale(models.Model):
    """One reader's subscription or purchase. What was agreed stands on the row; a plan that changes later
    changes nothing here."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="%(class)ss")
    plan = models.ForeignKey("billing.Plan", models.PROTECT, related_name="%(class)ss")
    offer = models.ForeignKey("billing.Offer", models.PROTECT, related_name="%(class)ss")
    product_code = models.CharField(max_length=40)
    rhythm_unit = models.CharField(max_length=5)
    rhythm_count = models.PositiveSmallIntegerField()
    anchor_on = models.DateField()
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=State.PENDING)
    payment_method = models.ForeignKey("billing.PaymentMethod", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("ordered at"))
    started_at = models.DateTimeField(_("first paid at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("reason"), max_length=20, choices=END_REASONS, blank=True)
    next_action_at = models.DateTimeField(null=True)
    parked_reason = models.CharField(_("parked because"), max_length=160, blank=True)
    parked_at = models.DateTimeField(_("parked at"), null=True)
    waits_for_reconcile = models.BooleanField(default=False)  # parked for what the gateway may still say

    kind = "sale"  # in the audit log, and as the source of its grant

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(waits_for_reconcile=False) | ~Q(parked_reason=""),
                name="billing_%(class)s_waits_parked",
            )
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The public id as 32 hexadecimal characters: the source reference of the grant, and for support."""
        return self.public_id.hex

    @property
    def log_subject(self) -> str:
        """How the audit log names it."""
        return f"{self.kind}:{self.ref}"

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
        return False

    @property
    def checkout_ends_at(self) -> datetime:
        """Until then the reader can finish the order."""
        return self.created_at + CHECKOUT_FOR

    def period(self, seq: int) -> Period:
        """The dates of period `seq`."""
        return period(self.anchor_on, self.rhythm, seq)

    @property
    def terms(self) -> OfferTerms:
        """The prices that were agreed."""
        return self.offer.terms(self.rhythm)

    def price_row(self, seq: int) -> "Price":
        """The price of period `seq`."""
        return self.offer.price_row(seq)


class OfSale(models.Model):
    """What belongs to exactly one sale: to a subscription or to a purchase."""

    subscription = models.ForeignKey(
        "billing.Subscription", models.PROTECT, null=True, related_name="%(class)ss"
    )
    purchase = models.ForeignKey("billing.Purchase", models.PROTECT, null=True, related_name="%(class)ss")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(subscription__isnull=True) ^ Q(purchase__isnull=True),
                name="billing_%(class)s_of_one_sale",
            )
        ]

    @property
    def sale(self) -> "Subscription | Purchase":
        """The subscription or purchase."""
        found = self.subscription if self.subscription_id is not None else self.purchase
        if found is None:
            raise LookupError("a row of no sale")
        return found

    @sale.setter
    def sale(self, sale: "Subscription | Purchase") -> None:
        setattr(self, sale.kind, sale)
