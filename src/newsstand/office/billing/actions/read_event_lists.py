"""The gateways' own lists of what happened, read on and on: what no webhook has brought is found there."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError
from django.db.models import F

from newsstand.office.billing.actions.gateway_in_use import allowed, gateway
from newsstand.office.billing.actions.take_in import take_in
from newsstand.office.billing.gateways.base import EventPage, GatewayError
from newsstand.office.billing.models import EventList
from newsstand.office.billing.models import GatewayEvent as Row
from newsstand.office.billing.queries.lost import is_of_ours, is_one_of_ours
from newsstand.office.kit import clock
from newsstand.rules.billing.gateway_events import GatewayEvent

log = logging.getLogger(__name__)

BY = "system"
VIA = "list"
LAG = timedelta(minutes=15)  # so late a webhook may come, or an event stand in the list
READ_EVERY = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=10)
MOST_PAGES = 10
LONGEST_TURN = 20.0  # seconds, after which no further page is asked for: renewals wait meanwhile


@dataclass(frozen=True, slots=True)
class Read:
    """One turn with one gateway's list. `missed` counts what no webhook had brought, `unknown` the news of charges
    that bear an id as ours do and are not known here; `is_answered` is False where the gateway is away."""

    gateway: str
    missed: int = 0
    unknown: int = 0
    is_answered: bool = True


def read_event_lists(*, now: datetime) -> list[Read]:
    """Read on in the list of every gateway whose turn it is, some pages at most.

    Nothing younger than a quarter of an hour is passed, so that webhooks have their time to come, and an event that
    stands late in the list is not missed. No transaction spans a call, and a gateway that is away is asked less and
    less often. Of several workers one reads: whoever moves the moment of the next turn first.
    """
    turns = []
    for name in allowed():
        row = _claimed(name, now) if gateway(name).capabilities.list_since else None
        if row is not None:
            turns.append(_read(row, now))
    return turns


def _claimed(name: str, now: datetime) -> EventList | None:
    row, _ = EventList.objects.get_or_create(gateway=name, defaults={"read_on_at": now})
    its_turn = EventList.objects.filter(pk=row.pk, read_on_at__lte=now)
    if not its_turn.update(read_on_at=now + LEASE):
        return None
    return EventList.objects.get(pk=row.pk)


def _read(row: EventList, now: datetime) -> Read:
    missed = unknown = 0
    began, pages, is_at_end = clock.monotonic(), 0, False
    while not is_at_end and pages < MOST_PAGES and clock.monotonic() - began < LONGEST_TURN:
        page = _page(row, now)
        if page is None:
            return Read(row.gateway, missed, unknown, is_answered=False)
        is_at_end = not page.events or page.cursor == row.cursor
        found, strange = _take_in_news(row.gateway, page.events, now)
        missed, unknown, pages = missed + found, unknown + strange, pages + 1
        if not _pass(row, page.cursor, found, strange, now):
            return Read(row.gateway, missed, unknown)
    ours = EventList.objects.filter(pk=row.pk, cursor=row.cursor)
    if is_at_end:
        ours.update(read_on_at=now + READ_EVERY, read_at=now, failures=0)
    else:
        ours.update(read_on_at=now, failures=0)
    return Read(row.gateway, missed, unknown)


def _page(row: EventList, now: datetime) -> EventPage | None:
    """The next page; None, and a longer pause, where there is none to be had."""
    try:
        return gateway(row.gateway).events_since(cursor=row.cursor, until=clock.to_unix(now - LAG))
    except Exception:  # whatever a network can throw; the worker has other work
        pause = min(READ_EVERY * 2 ** min(row.failures, 8), LONGEST_PAUSE)
        EventList.objects.filter(pk=row.pk).update(failures=F("failures") + 1, read_on_at=now + pause)
        log.warning("event_list_not_read gateway=%s", row.gateway, exc_info=True)
        return None


def _take_in_news(name: str, events: Iterable[GatewayEvent], now: datetime) -> tuple[int, int]:
    """How many of these nobody had told us, and how many are left to `reconcile` and a person."""
    ids = {event.object_id for event in events}
    rows = Row.objects.filter(gateway=name, object_id__in=ids)
    known = set(rows.values_list("object_id", "kind"))
    missed = unknown = 0
    for event in events:
        if (event.object_id, event.kind.value) in known:
            continue
        if not is_of_ours(event):
            unknown += is_one_of_ours(event)
            continue
        try:
            missed += take_in(event=event, lost=None, via=VIA, by=BY, now=now)
        except (
            GatewayError,
            LookupError,
            ValueError,
            IntegrityError,
        ):  # one that makes no sense here must not hide all after it
            log.exception("event_not_taken_in gateway=%s object=%s", name, event.object_id)
            unknown += 1
    return missed, unknown


def _pass(row: EventList, cursor: str, missed: int, unknown: int, now: datetime) -> bool:
    """Go on from here the next time; False where somebody else, who took our place, went on already."""
    values: dict[str, object] = {"cursor": cursor}
    if missed:
        values |= {"missed": F("missed") + missed, "missed_at": now}
    if unknown:
        values |= {"unknown": F("unknown") + unknown}
    passed = EventList.objects.filter(pk=row.pk, cursor=row.cursor).update(**values)
    row.cursor = cursor
    return bool(passed)
