"""Keeping what the kiosks counted."""

from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F

from newsstand.office.edition.actions import PRINT_LISTING
from newsstand.office.insights.models import LastBatch, Readings
from newsstand.office.kit import outbox, shelf
from newsstand.shelf.tally import Batch

FRONT: Final = "/"


def take_tally(*, day: date) -> int:
    """Take the kiosks' sums from the shelf into the rows of this day; returns how many readings came.

    Killed at any point it loses nothing and counts nothing twice: the shelf keeps a batch until it is settled, and
    the rows are of one transaction with the batch's name.
    """
    tally = shelf.handle().tally
    batch = tally.take()
    if batch is None:
        return 0
    came = _keep(batch, day)
    tally.settle(batch.name)
    return came


@transaction.atomic
def tell_most_read() -> int:
    """The front page shows what is read most: have it printed anew. Returns the outbox row."""
    return outbox.add(PRINT_LISTING, {"path": FRONT}, key=FRONT)


@transaction.atomic
def _keep(batch: Batch, day: date) -> int:
    last = LastBatch.objects.select_for_update().filter(pk=1).first()
    if last is not None and last.name == batch.name:
        return 0
    for reading, number in batch.counts.items():
        same = {
            "day": day,
            "article_id": reading.article[:80],
            "variant": reading.variant[:255],
            "reason": reading.reason[:80],
            "source": reading.source[:40],
        }
        if not Readings.objects.filter(**same).update(number=F("number") + number):
            Readings.objects.create(**same, number=number)
    LastBatch.objects.update_or_create(pk=1, defaults={"name": batch.name})
    return sum(batch.counts.values())
