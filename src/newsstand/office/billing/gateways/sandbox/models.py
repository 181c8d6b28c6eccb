"""What the sandbox bank remembers. Never a card's number or code: a scenario, brand, last four, expiry.

All moments are unix seconds. Nothing here refers to a table outside the sandbox.
"""

import uuid

from django.db import models
from django.db.models import F, Q

from newsstand.rules.money import Money


def new_ref() -> str:
    """A reference that nobody can guess."""
    return uuid.uuid4().hex


class Customer(models.Model):
    """Someone who pays, known only by the newsroom's opaque reference."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    reader_ref = models.CharField(max_length=64, unique=True)
    created_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.ref


class Method(models.Model):
    """A saved card."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed"
        LIVE = "live"
        FORGOTTEN = "forgotten"

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="methods")
    scenario = models.CharField(max_length=40)
    sim = models.CharField(max_length=40, blank=True)
    sim_count = models.PositiveSmallIntegerField(default=0)
    errors_shown = models.PositiveSmallIntegerField(default=0)
    brand = models.CharField(max_length=30)
    last4 = models.CharField(max_length=4)
    exp_month = models.PositiveSmallIntegerField()
    exp_year = models.PositiveSmallIntegerField()
    mandate_ref = models.CharField(max_length=64)
    status = models.CharField(max_length=12, choices=Status.choices)
    created_at = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"


class CardSetup(models.Model):
    """A visit to the card page: begun by the newsroom, done when a card is saved."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="setups")
    return_url = models.TextField()
    consent_ref = models.CharField(max_length=64)
    mandate_text = models.TextField()
    button = models.CharField(max_length=120, blank=True)
    method = models.ForeignKey(Method, models.CASCADE, null=True, related_name="setups")
    created_at = models.BigIntegerField()

    def __str__(self) -> str:
        return self.ref

    @property
    def is_done(self) -> bool:
        return self.method is not None and self.method.status != Method.Status.UNCONFIRMED


class Charge(models.Model):
    """One sum of money that is taken at most once. `ours` is the newsroom's reference, its invoice."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    ours = models.CharField(max_length=64, unique=True)
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="charges")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    descriptor = models.CharField(max_length=80)
    metadata = models.JSONField(default=dict)
    canceled_at = models.BigIntegerField(null=True)
    created_at = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="charge_amount_positive")]

    def __str__(self) -> str:
        return self.ref

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)


class Attempt(models.Model):
    """One try to take a charge's money. `key` is the newsroom's: the same key is the same attempt."""

    class State(models.TextChoices):
        ACTION = "action"
        SUCCEEDED = "succeeded"
        DECLINED = "declined"

    key = models.CharField(max_length=64, unique=True)
    charge = models.ForeignKey(Charge, models.CASCADE, related_name="attempts")
    method = models.ForeignKey(Method, models.CASCADE, related_name="attempts")
    state = models.CharField(max_length=10, choices=State.choices)
    code = models.CharField(max_length=40, blank=True)
    at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state="succeeded"), name="charge_succeeds_once"
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state="action"), name="charge_waits_for_one_approval"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Approval(models.Model):
    """A question of the bank to the reader: about a card to be saved, or about an attempt."""

    class State(models.TextChoices):
        OPEN = "open"
        APPROVED = "approved"
        REJECTED = "rejected"

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    setup = models.ForeignKey(CardSetup, models.CASCADE, null=True, related_name="approvals")
    attempt = models.OneToOneField(Attempt, models.CASCADE, null=True, related_name="approval")
    return_url = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    expires_at = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(setup__isnull=True) ^ Q(attempt__isnull=True), name="approval_is_about_one_thing"
            )
        ]

    def __str__(self) -> str:
        return self.ref


class Refund(models.Model):
    """Money on its way back. Until `turns_at` its state is `state`, from then on `turns_to`."""

    ref = models.CharField(max_length=32, unique=True, default=new_ref)
    key = models.CharField(max_length=64, unique=True)
    charge = models.ForeignKey(Charge, models.CASCADE, related_name="refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=10)
    turns_at = models.BigIntegerField(null=True)
    turns_to = models.CharField(max_length=10, blank=True)
    created_at = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="refund_amount_positive")]

    def __str__(self) -> str:
        return self.ref

    def state_at(self, now: int) -> str:
        return self.turns_to if self.turns_at is not None and self.turns_at <= now else self.state


class Event(models.Model):
    """Something that has happened, or that is certain to happen at a later moment `at`."""

    kind = models.CharField(max_length=30)
    object_ref = models.CharField(max_length=32)
    charge = models.ForeignKey(Charge, models.CASCADE, null=True, related_name="events")
    ours = models.CharField(max_length=64, blank=True)
    amount = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=40, blank=True)
    cause = models.CharField(max_length=10, blank=True)
    at = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["at", "id"], name="sandbox_event_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_ref}"


class Network(models.Model):
    """What becomes of messages on their way to the newsroom. Without a row all arrive at once, once, and in order.

    `met` counts the messages that have left since it was set: the fate of each follows from the seed and its number.
    """

    delay_from = models.PositiveIntegerField(default=0)
    delay_to = models.PositiveIntegerField(default=0)
    loss = models.PositiveSmallIntegerField(default=0)
    duplication = models.PositiveSmallIntegerField(default=0)
    disorder = models.PositiveSmallIntegerField(default=0)
    seed = models.PositiveIntegerField(default=1)
    met = models.PositiveIntegerField(default=0)
    changed_at = models.BigIntegerField()
    changed_by = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="network_is_one"),
            models.CheckConstraint(condition=Q(delay_from__lte=F("delay_to")), name="network_delay_ascends"),
            models.CheckConstraint(
                condition=Q(loss__lte=100, duplication__lte=100, disorder__lte=100),
                name="network_shares_are_per_cent",
            ),
        ]

    def __str__(self) -> str:
        return f"network {self.seed}"


class Delivery(models.Model):
    """An outgoing webhook: due at a moment, tried again until the newsroom has taken it.

    Where the network is disturbed it meets its fate once, when it leaves, and `way` says what that was. Held is one
    that waits to be overtaken by the next; where nothing is disturbed all stay "at home" to the end.
    """

    class Way(models.TextChoices):
        AT_HOME = "at_home"
        ON_ITS_WAY = "on_its_way"
        HELD = "held"
        LOST = "lost"

    event = models.ForeignKey(Event, models.CASCADE, related_name="deliveries")
    due_at = models.BigIntegerField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.BigIntegerField(null=True)
    way = models.CharField(max_length=10, choices=Way.choices, default=Way.AT_HOME)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="sandbox_delivery_due")]

    def __str__(self) -> str:
        return f"delivery of {self.event_id}"
