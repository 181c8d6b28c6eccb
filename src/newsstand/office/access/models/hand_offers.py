"""What is sold by hand: day passes, single stories, and offers for who once subscribed."""

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from newsstand.rules.gate.policy import ARTICLE, DAY_PASS, WIN_BACK

BY_HAND = [
    (DAY_PASS, _("A day pass")),
    (ARTICLE, _("A single story")),
    (WIN_BACK, _("For who once subscribed")),
]


class HandOffer(models.Model):
    """A card on the wall for something that is not sold by itself: staff give the right when it was paid."""

    way = models.CharField(_("what it is"), max_length=12, choices=BY_HAND)
    product = models.ForeignKey(
        "accounts.Product", on_delete=models.PROTECT, related_name="+", verbose_name=_("product")
    )
    amount = models.PositiveBigIntegerField(
        _("price in smallest units"), help_text=_("199 for 1.99."), validators=[MinValueValidator(1)]
    )
    words = models.CharField(
        _("what one gets"), max_length=160, help_text=_("One sentence: everything we publish, for 24 hours.")
    )
    link = models.CharField(
        _("where it is bought"),
        max_length=300,
        validators=[
            RegexValidator(r"^(/[^/\\]|https://|mailto:)\S*$", _("A page of this site, https:// or mailto:."))
        ],
        help_text=_("A page of this site, a page elsewhere, or an address for mail."),
    )
    is_offered = models.BooleanField(_("stands on walls"), default=True)

    class Meta:
        verbose_name = _("offer by hand")
        verbose_name_plural = _("offers by hand")
        constraints = [
            models.UniqueConstraint(fields=["way", "product"], name="access_one_hand_offer"),
            models.CheckConstraint(condition=models.Q(amount__gte=1), name="access_hand_offer_costs"),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.words}"
