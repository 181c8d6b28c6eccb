"""Subscriptions: who subscribes to what, since when, and what happens next."""

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from newsstand.office.billing.models.plans import Price
from newsstand.office.billing.models.sales import LIVE, RUNNING, Sale
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.price_notices import PriceNotice, price_at, told_in_time
from newsstand.rules.money import Money


class Engine(models.TextChoices):
    """Who charges: this house, or another system from which the subscription was taken over."""

    OWN = "own", _("this site")
    EXTERNAL = "external", _("another system")


class Subscription(Sale):
    """One reader's subscription to one plan. A cancellation is a date, not a state."""

    next_seq = models.PositiveIntegerField(default=0)
    engine = models.CharField(max_length=10, choices=Engine.choices, default=Engine.OWN)
    cancel_requested_at = models.DateTimeField(_("cancelled at"), null=True)
    cancel_at = models.DateTimeField(_("paid time over at"), null=True)
    kept_at = models.DateTimeField(_("cancellation taken back at"), null=True)

    kind = "subscription"

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
            *Sale.Meta.constraints,
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

    @property
    def is_cancelled(self) -> bool:
        """Whether the reader has asked for the end."""
        return self.cancel_requested_at is not None

    @cached_property
    def told(self) -> tuple[PriceNotice, ...]:
        """The prices that the reader was told of in time, asked for once."""
        notices = [row.plain for row in self.price_notices.all()]
        return told_in_time(notices, self.anchor_on, self.rhythm)

    def price_row(self, seq: int) -> Price:
        """The price of period `seq`: what was agreed, or what was told in time."""
        if not self.told and len(self.offer.ordered_steps) == 1:
            return self.offer.ordered_steps[0].price
        return self.row_of(price_at(self.terms, self.told, seq))

    def row_of(self, money: Money) -> Price:
        """The price that was agreed or told and is this sum."""
        agreed = [step.price for step in self.offer.ordered_steps]
        told = [row.price for row in self.price_notices.all()]
        return next(price for price in (*agreed, *told) if price.money == money)

    @property
    def title(self) -> str:
        """What was bought, as it stands on receipts."""
        return self.plan.name
