"""What was counted for whoever asks, and counting one more."""

import os

from msgspec import Struct
from msgspec.structs import replace

from newsstand.kiosk.house import House
from newsstand.rules.gate.facts import ReaderFacts
from newsstand.rules.gate.meter import Window, allowance_for, window_at
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.visits import DeviceVisit, open_visit
from newsstand.shelf.visits import Count


class Meter(Struct, frozen=True, gc=False):
    """The meter of one identity in one window.

    `device` is the id in the device's cookie and `known` the articles that the cookie holds for this
    window; `reader` decides before it. With neither, this is a new device. `is_whole` is whether the store
    was asked for what it knows of this identity; without, `counted` is what the cookie tells.
    """

    window: Window
    allowance: int
    reader: str | None
    device: str | None
    known: frozenset[str]
    counted: frozenset[str]
    is_whole: bool

    @property
    def is_of_a_new_device(self) -> bool:
        """Whether nothing at all is known of who asks."""
        return self.reader is None and self.device is None


def meter_for(reader: ReaderFacts | None, token: str | None, policy: Policy, house: House, now: int) -> Meter:
    """The meter as it stands; `token` is the device's cookie."""
    window = window_at(policy, now)
    allowance = allowance_for(policy, reader)
    if reader is not None:
        counted = house.shelf.visits.read(f"reader:{reader.id}", window.key)
        return Meter(window, allowance, reader.id, None, frozenset(), counted, is_whole=True)
    visit = None if token is None else open_visit(token, house.ring)
    if visit is None:
        return Meter(window, allowance, None, None, frozenset(), frozenset(), is_whole=True)
    known = frozenset(visit.counted if visit.window == window.key else ())
    return Meter(window, allowance, None, visit.device, known, known, is_whole=False)


def with_store(meter: Meter, house: House) -> Meter:
    """A device's meter with what the store knows taken in."""
    stored = house.shelf.visits.read(f"device:{meter.device}", meter.window.key)
    return replace(meter, counted=stored | meter.known, is_whole=True)


def count(meter: Meter, article: str, house: House) -> tuple[Count, DeviceVisit | None]:
    """Count one article, and say what the device's cookie must hold after it; None for no new cookie.

    A new device's first article stands in its cookie alone, so that strangers can't fill the store. It
    is taken into the store with the first request that brings the cookie back and counts again.
    """
    if meter.reader is not None:
        identity = f"reader:{meter.reader}"
        return house.shelf.visits.count(identity, meter.window.key, article, meter.allowance), None
    if meter.device is None:
        first = first_on_a_device(meter.window, article)
        return Count(frozenset(first.counted), opened=True), first
    identity = f"device:{meter.device}"
    counted = house.shelf.visits.count(identity, meter.window.key, article, meter.allowance, meter.known)
    if not counted.opened:
        return counted, None
    return counted, DeviceVisit(meter.window.key, meter.device, tuple(sorted(counted.counted)))


def first_on_a_device(window: Window, article: str) -> DeviceVisit:
    """What the cookie of a new device holds after its first article."""
    return DeviceVisit(window.key, os.urandom(16).hex(), (article,))
