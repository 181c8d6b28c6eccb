"""What readers agreed to, and with which card they pay. No card number is ever here."""

from uuid import uuid4

from django.db import models

from newsstand.office.billing.models.sales import OfSale


class Consent(OfSale):
    """Agreement to a subscription or a purchase, kept as it was shown. Append-only by a trigger; it has
    no name and no e-mail."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    reader_id = models.CharField(max_length=32)
    offer = models.ForeignKey("billing.Offer", models.PROTECT, related_name="+")
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    locale = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            *OfSale.Meta.constraints,
            models.UniqueConstraint(fields=["subscription", "sha256"], name="billing_same_text_agreed_once"),
            models.UniqueConstraint(fields=["purchase", "sha256"], name="billing_same_text_agreed_to_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.at:%Y-%m-%d}"


class PaymentMethod(models.Model):
    """A saved card: the gateway's token for it, and what a reader knows it by."""

    class Status(models.TextChoices):
        LIVE = "live"
        REFUSED = "refused"

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="payment_methods")
    gateway = models.CharField(max_length=20)
    customer = models.CharField(max_length=80)
    token = models.CharField(max_length=120)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    fingerprint = models.CharField(max_length=80, blank=True)
    mandate_ref = models.CharField(max_length=80, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.LIVE)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "token"], name="billing_card_once")]

    def __str__(self) -> str:
        return f"{self.brand} •••• {self.last4}"


class CardSetup(OfSale):
    """A visit to the gateway's card page for a sale, and where the reader goes on to afterwards."""

    gateway = models.CharField(max_length=20)
    ref = models.CharField(max_length=120)
    customer = models.CharField(max_length=80)
    next_path = models.TextField()
    payment_method = models.ForeignKey(PaymentMethod, models.PROTECT, null=True, related_name="+")
    begun_at = models.DateTimeField()

    class Meta:
        constraints = [
            *OfSale.Meta.constraints,
            models.UniqueConstraint(fields=["gateway", "ref"], name="billing_setup_once"),
        ]

    def __str__(self) -> str:
        return self.ref
