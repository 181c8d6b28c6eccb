"""Where a worker can die, put into the real code from outside: nothing in the product knows of it."""

import os
import pickle
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import connections

ACTIONS = "newsstand.office.billing.actions"

# name: (module, attribute, where in the call the process dies)
DEATHS = {
    "1 before the attempt is committed": (f"{ACTIONS}.begin_attempt", "_forbids", "after"),
    "2 after it is committed, before the call": (f"{ACTIONS}.take_payment", "send_attempt", "before"),
    "3 the request does not arrive": ("SandboxGateway", "attempt", "before"),
    "4 the bank has it, the answer is lost": ("SandboxGateway", "attempt", "after"),
    "5 answered, before it is recorded": (f"{ACTIONS}.take_payment", "record_attempt", "before"),
    "6 inside the record": (f"{ACTIONS}.record_attempt", "follow", "after"),
    "7 recorded, before what follows": (f"{ACTIONS}.take_payment", "record_attempt", "after"),
    "8 a mail is sent and not marked": ("newsstand.office.kit.mail", "deliver", "after"),
    "9 a webhook beside the record": (f"{ACTIONS}.receive_webhook", "record_gateway_event", "after"),
    "10 a webhook is stored, and not worked on": (f"{ACTIONS}.record_gateway_event", "keep_event", "after"),
    "11 money is given back and not recorded": (f"{ACTIONS}.after_commit", "record_refund", "before"),
    "12 inside the sweep": (f"{ACTIONS}.sweep_attempt", "_is_wanted", "before"),
}
OTHERS = (
    "13 a worker wakes after its lease",
    "14 cancelled before the call",
    "15 another card before the call",
    "16 the database goes away",
    "17 an outage of three months",
    "19 a restored backup",
    "20 the bank forgets its keys",
)


@dataclass
class Trouble:
    """How often each point is hit, and where that is written down: a killed process can tell nobody."""

    journal: Path
    per_mille: int
    only: str = ""
    chance: random.Random = field(default_factory=random.Random)
    spared: int = field(default_factory=os.getpid)
    """The process that starts the workers: it wakes the sleeping and restores the backup, and must live."""

    def hits(self, point: str) -> bool:
        if os.getpid() == self.spared:
            return False
        if self.only not in ("", point) or self.chance.randrange(1000) >= self.per_mille:
            return False
        with self.journal.open("a") as journal:
            journal.write(f"{point}\n")
        return True

    def die(self, point: str) -> None:
        if self.hits(point):
            os.kill(os.getpid(), signal.SIGKILL)


def plant(trouble: Trouble) -> Callable[[], None]:
    """Put every point into the code; returns what takes them out again."""
    undo: list[Callable[[], None]] = []
    for point, (module, name, when) in DEATHS.items():
        owner = _owner(module)
        undo.append(_wrap(owner, name, _dying(trouble, point, when)))
    take = _owner(f"{ACTIONS}.take_payment")
    undo.append(_wrap(take, "send_attempt", _meddling(trouble)))
    undo.append(_wrap(take, "record_attempt", _freezing(trouble)))

    def take_out() -> None:
        for step in reversed(undo):
            step()

    return take_out


def _owner(module: str) -> Any:
    if module == "SandboxGateway":
        return import_module("newsstand.office.billing.gateways.sandbox.gateway").SandboxGateway
    return import_module(module)


Wrapper = Callable[[Callable[..., Any]], Callable[..., Any]]


def _wrap(owner: Any, name: str, wrapper: Wrapper) -> Callable[[], None]:
    real = getattr(owner, name)
    setattr(owner, name, wrapper(real))
    return lambda: setattr(owner, name, real)


def _dying(trouble: Trouble, point: str, when: str) -> Wrapper:
    def wrapper(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if when == "before":
                trouble.die(point)
            done = real(*args, **kwargs)
            if when == "after":
                trouble.die(point)
            return done

        return wrapped

    return wrapper


def _meddling(trouble: Trouble) -> Wrapper:
    """Between the written attempt and the call: the reader cancels, changes the card, or the database goes away."""

    def wrapper(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*, attempt: Any, by: str, now: Any) -> Any:
            subscription = attempt.invoice.subscription
            if trouble.hits(OTHERS[1]):
                from newsstand.office.billing import actions

                actions.cancel_subscription(subscription=subscription, by="reader:torture", now=now)
            if trouble.hits(OTHERS[2]):
                _change_card(subscription, attempt.payment_method)
            if trouble.hits(OTHERS[3]):
                _lose_the_database()
            return real(attempt=attempt, by=by, now=now)

        return wrapped

    return wrapper


def _change_card(subscription: Any, card: Any) -> None:
    from newsstand.office.billing.gateways.sandbox.models import Method
    from newsstand.office.billing.models import Subscription

    method = Method.objects.get(ref=card.token)
    method.pk, method.ref = None, uuid4().hex
    method.save()
    card.pk, card.token = None, method.ref
    card.save()
    Subscription.objects.filter(pk=subscription.pk).update(payment_method=card)


def _lose_the_database() -> None:
    connection = connections["default"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    else:
        connection.close()


def _freezing(trouble: Trouble) -> Wrapper:
    """A worker that has the answer sleeps past its lease: what it wanted to write is kept for a later process."""

    def wrapper(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*, attempt: Any, outcome: Any, via: str, by: str, now: Any) -> Any:
            if trouble.hits(OTHERS[0]):
                _keep_asleep(trouble.journal, attempt.key, outcome)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(attempt=attempt, outcome=outcome, via=via, by=by, now=now)

        return wrapped

    return wrapper


def _keep_asleep(journal: Path, attempt: UUID, outcome: Any) -> None:
    place = journal.with_name(f"asleep-{uuid4().hex}")
    place.write_bytes(pickle.dumps((attempt, outcome)))


def wake_up(journal: Path, now: Any) -> None:
    """Let those who slept write what they had, long after others have swept it."""
    from newsstand.office.billing.actions.record_attempt import record_attempt
    from newsstand.office.billing.models import Attempt

    for place in sorted(journal.parent.glob("asleep-*")):
        key, outcome = pickle.loads(place.read_bytes())  # noqa: S301 - written by this run
        place.unlink()
        rows = Attempt.objects.select_related("invoice__subscription", "payment_method").filter(key=key)
        for attempt in rows:
            record_attempt(attempt=attempt, outcome=outcome, via="answer", by="system", now=now)
