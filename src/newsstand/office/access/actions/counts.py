"""What the meter counted: copied to the database for readers, put back from there, and forgotten in time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import islice

from newsstand.office.access import queries
from newsstand.office.access.models import ReaderCount
from newsstand.office.access.models.policy import LONGEST_GIFT
from newsstand.office.accounts.queries import account_ids
from newsstand.office.kit import clock, shelf
from newsstand.shelf.visits import network_window, seats_window

AT_ONCE = 500
NO_DEVICE = "device:"  # of nobody: nothing was ever counted for it
DAY = timedelta(days=1)


def keep_counts(now: datetime) -> None:
    """Copy what was counted for readers since the last time; forget the copies of windows that are over.

    A copy never forgets within its window, whatever a shelf knows: the meter does not either.
    """
    window = queries.meter_window(now)
    ReaderCount.objects.exclude(window__in=queries.running_windows(now)).delete()
    counts = shelf.handle().visits.of_readers(window)
    while portion := dict(islice(counts, AT_ONCE)):
        _keep(portion, window)


def restore_counts(now: datetime) -> None:
    """Put back what a shelf does not know of readers' counts, as after a restart of the machine.

    Taking in twice changes nothing, so each reader is looked at, whomever else the shelf knows: somebody may
    have come back before the worker did.
    """
    window, visits = queries.meter_window(now), shelf.handle().visits
    kept = ReaderCount.objects.filter(window=window).order_by("pk")
    for public_id, articles in kept.values_list("account__public_id", "articles").iterator(AT_ONCE):
        reader = f"reader:{public_id.hex}"
        if not visits.read(reader, window).issuperset(articles):
            visits.merge(NO_DEVICE, reader, window, articles)


def prune_counts(now: datetime) -> int:
    """Forget on the shelf the windows that are over, and the seats at gifts that ended in months that are over."""
    seats = {seats_window(clock.to_unix(now + days * DAY)) for days in range(-1, LONGEST_GIFT + 2)}
    networks = {network_window(clock.to_unix(now + days * DAY)) for days in (-1, 0, 1)}
    return shelf.handle().visits.prune(queries.running_windows(now) | seats | networks)


def _keep(portion: Mapping[str, frozenset[str]], window: str) -> None:
    ids = account_ids(portion)
    known = ReaderCount.objects.filter(account__in=ids.values(), window=window)
    before = {account: set(articles) for account, articles in known.values_list("account", "articles")}
    changed = [
        ReaderCount(account_id=account, window=window, articles=sorted(counted | before.get(account, set())))
        for account, counted in (
            (ids[reader], counted) for reader, counted in portion.items() if reader in ids
        )
        if not counted <= before.get(account, set())
    ]
    ReaderCount.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["account", "window"], update_fields=["articles"]
    )
