"""What was read, in sums. No row is about one person."""

from django.db import models


class Readings(models.Model):
    """How often one variant of a story was handed out on a day, for one reason, to readers from one kind of place.

    Without an article it is something that the kiosk counts about itself, such as a renewal that failed.
    """

    day = models.DateField()
    article_id = models.CharField(max_length=80, blank=True)
    variant = models.CharField(max_length=255, blank=True)
    reason = models.CharField(max_length=80)
    source = models.CharField(max_length=40, blank=True)
    number = models.PositiveBigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "article_id", "variant", "reason", "source"], name="insights_one_sum_of_each"
            )
        ]
        permissions = [("see_readings", "Can see what was read")]

    def __str__(self) -> str:
        return f"{self.day} {self.article_id or '-'} {self.variant or '-'} {self.reason} {self.number}"


class LastBatch(models.Model):
    """The name of the batch of sums that was kept last: the shelf hands it over again until it knows that."""

    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="insights_one_last_batch")]

    def __str__(self) -> str:
        return self.name
