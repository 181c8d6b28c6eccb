"""Plans, prices and offers: what can be subscribed to, and what it costs."""

from typing import cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from newsstand.rules.billing.offer import OfferStep as Step
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import Rhythm, Unit
from newsstand.rules.money import Money

UNITS: dict[Unit, Promise] = {"day": _("day"), "month": _("month"), "year": _("year")}


def check_rights(value: object) -> None:
    """Refuse what is no list of rights."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(right, str) and right for right in value)
    ):
        raise ValidationError(_('Write a list of rights, for example ["read", "ad_free"].'))


class Plan(models.Model):
    """What can be subscribed to: one product, any number of rights, a rhythm. One that does not renew is bought
    once, and its rhythm says how long it lasts."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    product = models.ForeignKey(
        "accounts.Product", models.PROTECT, related_name="plans", verbose_name=_("product")
    )
    rights = models.JSONField(_("rights"), validators=[check_rights])
    lines = models.TextField(
        _("further benefits"),
        blank=True,
        help_text=_("One a line. What the rights give is said by itself; write only what they do not."),
    )
    rhythm_unit = models.CharField(_("charged by"), max_length=5, choices=list(UNITS.items()), default="day")
    rhythm_count = models.PositiveSmallIntegerField(_("every so many"), default=28)
    renews = models.BooleanField(_("renews by itself"), default=True)

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.CheckConstraint(condition=models.Q(rhythm_unit__in=list(UNITS)), name="billing_plan_unit"),
            models.CheckConstraint(condition=models.Q(rhythm_count__gte=1), name="billing_plan_count"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(cast(Unit, self.rhythm_unit), self.rhythm_count)


class Price(models.Model):
    """What a period costs, nothing being a price too. Never changed: append-only by a trigger."""

    amount = models.BigIntegerField(_("amount in smallest units"))
    currency = models.CharField(_("currency"), max_length=3)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="billing_price_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Offer(models.Model):
    """One way to buy a plan: ordered steps of prices. Another price is another offer, so that what a reader
    agreed to never changes below them."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="offers", verbose_name=_("plan"))
    is_on_sale = models.BooleanField(_("on sale"), default=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return f"{self.plan.name} ({self.code})"

    def terms(self, rhythm: Rhythm | None = None) -> OfferTerms:
        """The offer as the rules know it; with the rhythm that was agreed, or else the plan's."""
        steps = tuple(Step(step.price.money, step.periods) for step in self.ordered_steps)
        return OfferTerms(rhythm or self.plan.rhythm, steps)

    @cached_property
    def ordered_steps(self) -> tuple["OfferStep", ...]:
        """The steps with their prices, asked for once: they never change."""
        return tuple(self.steps.all())

    def price_row(self, seq: int) -> Price:
        """The price that the rules say holds for period `seq`, counted from 0."""
        wanted = self.terms().price_of(seq)
        return next(step.price for step in self.ordered_steps if step.price.money == wanted)


class StepManager(models.Manager["OfferStep"]):
    """Steps come with their prices: nobody wants the one without the other."""

    def get_queryset(self) -> models.QuerySet["OfferStep"]:
        return super().get_queryset().select_related("price")


class OfferStep(models.Model):
    """A price for a number of periods; the last one holds until the reader cancels. Append-only by a trigger."""

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="steps")
    order = models.PositiveSmallIntegerField()
    price = models.ForeignKey(Price, models.PROTECT, related_name="+")
    periods = models.PositiveSmallIntegerField(null=True)

    objects = StepManager()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["offer", "order"], name="billing_step_once"),
            models.CheckConstraint(
                condition=models.Q(periods__isnull=True) | models.Q(periods__gte=1),
                name="billing_step_periods",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer_id}/{self.order}"
