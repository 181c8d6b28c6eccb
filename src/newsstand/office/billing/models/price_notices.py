"""Prices that readers were told of ahead: append-only, like what they agreed to."""

from django.db import models

from newsstand.rules.billing import price_notices as rules


class PriceNoticeManager(models.Manager["PriceNotice"]):
    """A notice comes with its price."""

    def get_queryset(self) -> models.QuerySet["PriceNotice"]:
        return super().get_queryset().select_related("price")


class PriceNotice(models.Model):
    """A reader was told what a period costs, `seq` being the first one at that price. Written with its mail, in one
    transaction; it has no name and no e-mail. Append-only by a trigger."""

    subscription = models.ForeignKey(
        "billing.Subscription", models.PROTECT, related_name="price_notices", editable=False
    )
    about = models.CharField(max_length=10, choices=[(about.value, about.value) for about in rules.About])
    seq = models.PositiveIntegerField()
    price = models.ForeignKey("billing.Price", models.PROTECT, related_name="+")
    told_on = models.DateField()  # the publication's day
    at = models.DateTimeField()

    objects = PriceNoticeManager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["subscription", "about", "seq"], name="billing_price_told_once"),
            models.CheckConstraint(
                condition=models.Q(about__in=[about.value for about in rules.About]),
                name="billing_price_notice_about",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}/{self.seq} {self.about}"

    @property
    def plain(self) -> rules.PriceNotice:
        """The notice as the rules know it."""
        return rules.PriceNotice(rules.About(self.about), self.seq, self.price.amount, self.told_on)
