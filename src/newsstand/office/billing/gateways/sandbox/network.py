"""The way of the sandbox's messages to the newsroom, on which they can be late, lost, doubled and overtaken.

How much of that happens is set by staff and kept in the sandbox's own database. What becomes of a message follows
from the seed and its number alone, so that the same seed is the same story. The bank's list of events has all
that was lost.
"""

import random
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from newsstand.office.billing.gateways.sandbox.models import Delivery, Network
from newsstand.office.billing.gateways.sandbox.router import ALIAS
from newsstand.office.kit import audit, clock

SUBJECT = "sandbox-network"
LONGEST_DELAY = 30 * 86_400
LONGEST_HELD = 86_400  # seconds after which a message goes on although none has overtaken it


class BadDisturbance(ValueError):
    """What was asked for makes no sense; the text says why."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How much happens to messages: a delay in seconds, and shares in per cent."""

    delay_from: int = 0
    delay_to: int = 0
    loss: int = 0
    duplication: int = 0
    disorder: int = 0
    seed: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.delay_from <= self.delay_to <= LONGEST_DELAY:
            raise BadDisturbance(_("A delay is a span of seconds, such as 0 to 3600, of 30 days at most."))
        if any(not 0 <= share <= 100 for share in (self.loss, self.duplication, self.disorder)):
            raise BadDisturbance(_("A share is a whole number of per cent, from 0 to 100."))
        if not 0 <= self.seed < 2**31:
            raise BadDisturbance(_("A seed is a whole number that is not negative."))

    @property
    def is_none(self) -> bool:
        return not (self.delay_to or self.loss or self.duplication or self.disorder)


CALM = Disturbance()


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of one message: `waits` has the seconds until each of its copies arrives."""

    is_lost: bool
    is_held: bool
    waits: tuple[int, ...]


def fate(given: Disturbance, number: int) -> Fate:
    """The fate of the message of this number; always the same for the same seed."""
    chance = random.Random(f"{given.seed} {number}")
    lost, twice, held = (
        chance.randrange(100) < share for share in (given.loss, given.duplication, given.disorder)
    )
    waits = (chance.randint(given.delay_from, given.delay_to) for _copy in range(2 if twice else 1))
    return Fate(lost, held, tuple(waits))


def present() -> Disturbance:
    """What is set now."""
    row = Network.objects.first()
    return CALM if row is None else _of(row)


def change(given: Disturbance, *, by: str, now: int) -> None:
    """Set what happens to messages that leave from now on; the numbers begin anew. CALM lets everything through."""
    before = present()
    if given.is_none and before.is_none:
        return
    with transaction.atomic(using=ALIAS):
        if given.is_none:
            Network.objects.all().delete()
            _held().update(way=Delivery.Way.ON_ITS_WAY, due_at=now)
        else:
            row = {**asdict(given), "met": 0, "changed_at": now, "changed_by": by}
            Network.objects.update_or_create(pk=1, defaults=row)
    audit.record(
        by=by,
        verb="disturb_sandbox",
        subject=SUBJECT,
        before=asdict(before),
        after=asdict(given),
        now=clock.from_unix(now),
    )


def send_off(now: int) -> bool:
    """Let each message that leaves by now meet its fate; False where nothing is disturbed."""
    if not Network.objects.exists():
        return False
    for pk in _at_home().filter(due_at__lte=now).order_by("due_at", "id").values_list("pk", flat=True):
        with transaction.atomic(using=ALIAS):
            network = Network.objects.select_for_update().first()
            delivery = _at_home().select_for_update().filter(pk=pk).first()
            if network is None or delivery is None:
                continue  # somebody else has let it through, or on its way, since
            network.met += 1
            network.save(update_fields=["met"])
            _meet(delivery, fate(_of(network), network.met))
    return True


def counts() -> dict[str, int]:
    """How many messages have arrived, are on their way, and are lost for good."""
    rows = Delivery.objects.all()
    return {
        "arrived": rows.filter(delivered_at__isnull=False).count(),
        "on_their_way": rows.filter(due_at__isnull=False).count(),
        "lost": rows.filter(way=Delivery.Way.LOST).count(),
    }


def in_words(given: Disturbance) -> str:
    """What happens to messages, in a sentence."""
    if given.is_none:
        return _("All messages arrive at once, once, and in their order.")
    said = []
    if given.delay_to:
        span = {"first": given.delay_from, "last": given.delay_to}
        said.append(_("late by %(first)d to %(last)d seconds") % span)
    shares = (
        (given.loss, _("lost")),
        (given.duplication, _("sent twice")),
        (given.disorder, _("overtaken by the next one")),
    )
    said += [f"{share} % {what}" for share, what in shares if share]
    return _("Messages are %(said)s (seed %(seed)d).") % {"said": ", ".join(said), "seed": given.seed}


def _meet(delivery: Delivery, met: Fate) -> None:
    left_at = delivery.due_at or 0
    if met.is_lost:
        delivery.way, delivery.due_at = Delivery.Way.LOST, None
    elif met.is_held and not _held().exists():
        delivery.way, delivery.due_at = Delivery.Way.HELD, left_at + LONGEST_HELD
    else:
        first, *copies = (left_at + wait for wait in met.waits)
        delivery.way, delivery.due_at = Delivery.Way.ON_ITS_WAY, first
        for arrives_at in copies:
            Delivery.objects.create(event_id=delivery.event_id, due_at=arrives_at, way=delivery.way)
        _held().update(way=Delivery.Way.ON_ITS_WAY, due_at=first + 1)
    delivery.save(update_fields=["way", "due_at"])


def _at_home() -> QuerySet[Delivery]:
    return Delivery.objects.filter(way=Delivery.Way.AT_HOME, tries=0, due_at__isnull=False)


def _held() -> QuerySet[Delivery]:
    return Delivery.objects.filter(way=Delivery.Way.HELD, tries=0, due_at__isnull=False)


def _of(row: Network) -> Disturbance:
    return Disturbance(row.delay_from, row.delay_to, row.loss, row.duplication, row.disorder, row.seed)
