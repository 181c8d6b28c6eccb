"""Purchases: a day pass or one article, paid once and never renewed."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from newsstand.office.billing.models.sales import Sale
from newsstand.office.kit import clock
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.periods import access_until


class Purchase(Sale):
    """One reader's purchase of rights to a subject for a time. `subject` is opaque here: `product:<code>`,
    `article:<id>` or `site`."""

    subject = models.CharField(max_length=80)
    title = models.CharField(_("what was bought"), max_length=160)

    kind = "purchase"

    class Meta:
        verbose_name = _("purchase")
        verbose_name_plural = _("purchases")
        indexes = [
            models.Index(
                fields=["next_action_at", "id"],
                name="billing_purchase_due",
                condition=Q(next_action_at__isnull=False),
            )
        ]
        constraints = [
            *Sale.Meta.constraints,
            # Two tabs, or a button pressed twice, are one order.
            models.UniqueConstraint(
                fields=["account", "subject"],
                condition=Q(state=State.PENDING),
                name="billing_one_pending_purchase",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.PENDING, State.ACTIVE, State.ENDED]),
                name="billing_purchase_state",
            ),
            models.CheckConstraint(
                condition=Q(state=State.ENDED, ended_at__isnull=False) & ~Q(end_reason="")
                | ~Q(state=State.ENDED) & Q(ended_at__isnull=True, end_reason=""),
                name="billing_purchase_end_has_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.ACTIVE) | Q(started_at__isnull=False),
                name="billing_purchase_was_paid",
            ),
        ]

    @property
    def reads_until(self) -> datetime | None:
        """When its rights end: days are 24 hours each from the payment on, months and years end with a date."""
        if self.started_at is None:
            return None
        if self.rhythm_unit == "day":
            return self.started_at + timedelta(days=self.rhythm_count)
        return clock.from_unix(access_until(self.period(0).ends_on))
