"""Where a worker can die, put into the real code from outside: nothing in the product knows of it."""

import os
import pickle
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import DatabaseError, connections

from tests import postgres

ACTIONS = "newsstand.office.billing.actions"

# name: (module, attribute, where in the call the process dies)
DEATHS = {
    "1 before the attempt is committed": (f"{ACTIONS}.begin_attempt", "_forbids", "after"),
    "2 after it is committed, before the call": (f"{ACTIONS}.take_payment", "ask", "before"),
    "3 the request does not arrive": ("SandboxGateway", "attempt", "before"),
    "4 the bank has it, the answer is lost": ("SandboxGateway", "attempt", "after"),
    "5 answered, before it is recorded": (f"{ACTIONS}.take_payment", "record_answers", "before"),
    "6 inside the record": (f"{ACTIONS}.settle_success", "follow_all", "after"),
    "7 recorded, before what follows": (f"{ACTIONS}.take_payment", "record_answers", "after"),
    "8 a mail is sent and not marked": ("a mail", "send", "after"),
    "10 a webhook is worked on, its sender hears nothing": (
        f"{ACTIONS}.receive_webhook",
        "record_gateway_event",
        "after",
    ),
    "10 a webhook is stored, and not worked on": (f"{ACTIONS}.record_gateway_event", "keep_event", "after"),
    "11 money is given back and not recorded": (f"{ACTIONS}.after_commit", "record_refund", "before"),
    "12 inside the sweep": (f"{ACTIONS}.sweep_attempt", "_is_wanted", "before"),
}
OTHERS = (
    "9 a webhook is worked on while the record waits",
    "13 a worker wakes after its lease",
    "14 cancelled before the call",
    "15 another card before the call",
    "16 the database goes away",
    "17 an outage of three months",
    "18 two versions are at work",
    "19 a restored backup",
    "20 the bank forgets its keys",
)

OVERTAKEN, ASLEEP, CANCELLED, ANOTHER_CARD, NO_DATABASE, OUTAGE, TWO_VERSIONS, RESTORED, KEYS_FORGOTTEN = (
    OTHERS
)

PATIENCE = 30.0  # seconds in which a server that was asked to die has died
FEW = 7  # subscriptions that a worker takes at once here, so that there are many portions


@dataclass
class Trouble:
    """How often each point is hit, and where that is written down: a killed process can tell nobody."""

    journal: Path
    per_mille: int
    only: str = ""
    chance: random.Random = field(default_factory=random.Random)
    spared: int = field(default_factory=os.getpid)
    """The process that starts the workers: it wakes the sleeping and restores the backup, and must live."""
    restarts: bool = False
    """Whether the database's server is this run's own, and is killed and started again."""

    def hits(self, point: str) -> bool:
        if os.getpid() == self.spared:
            return False
        if self.only not in ("", point):
            return False
        is_first = bool(self.only) and not self.journal.stat().st_size
        if not is_first and self.chance.randrange(1000) >= self.per_mille:
            return False  # but whoever looks at one point alone meets it at least once
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
    undo.append(_wrap(take, "ask", _meddling(trouble)))
    undo.append(_wrap(take, "record_answers", _freezing(trouble)))

    undo.append(_wrap(_owner(f"{ACTIONS}.serve_due"), "claim", _portions(trouble)))

    def take_out() -> None:
        for step in reversed(undo):
            step()

    return take_out


def _owner(module: str) -> Any:
    if module == "SandboxGateway":
        return import_module("newsstand.office.billing.gateways.sandbox.gateway").SandboxGateway
    if (
        module == "a mail"
    ):  # the handler that sends it was registered long ago, and cannot be wrapped any more
        return import_module("newsstand.office.kit.mail").EmailMultiAlternatives
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
        def wrapped(attempt: Any, now: Any) -> Any:
            subscription = attempt.invoice.subscription
            if trouble.hits(CANCELLED):
                from newsstand.office.billing import actions

                actions.cancel_subscription(subscription=subscription, by="reader:torture", now=now)
            if trouble.hits(ANOTHER_CARD):
                _change_card(subscription, attempt.payment_method)
            if trouble.hits(NO_DATABASE):
                _lose_the_database(restarts=trouble.restarts)
            return real(attempt, now)

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


def _lose_the_database(*, restarts: bool) -> None:
    """The server dies and comes back, or where it has others to serve, ends all connections to our databases."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        connection.close()
    elif restarts:
        if _is_there(connection):  # and not gone already, because another worker has asked
            postgres.ask_for_a_restart()
            _wait_until_it_is_gone(connection)
    else:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            )


def _wait_until_it_is_gone(connection: Any) -> None:
    """What follows meets a connection that is lost, as it would in the middle of a deed."""
    give_up_at = time.monotonic() + PATIENCE
    while _is_there(connection):
        if time.monotonic() > give_up_at:
            raise RuntimeError("the server was asked to die and lives on")
        time.sleep(0.01)


def _is_there(connection: Any) -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _freezing(trouble: Trouble) -> Wrapper:
    """A worker that has the answer sleeps past its lease: what it wanted to write is kept for a later process."""

    def wrapper(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*, answers: Any, by: str, now: Any) -> Any:
            if trouble.hits(OVERTAKEN):
                _deliver_webhooks(now)
            if trouble.hits(ASLEEP):
                for answer in answers:
                    _keep_asleep(trouble.journal, answer.attempt.key, answer.outcome)
                os.kill(os.getpid(), signal.SIGKILL)
            return real(answers=answers, by=by, now=now)

        return wrapped

    return wrapper


def _deliver_webhooks(now: Any) -> None:
    from newsstand.office.billing import actions
    from newsstand.office.billing.gateways.sandbox import webhooks
    from newsstand.office.kit import clock

    def post(headers: Any, body: bytes) -> bool:
        return actions.receive_webhook(gateway_name="sandbox", headers=headers, body=body, now=now)

    webhooks.deliver_due(clock.to_unix(now), post)


def _portions(trouble: Trouble) -> Wrapper:
    """Small portions; and a worker of another version beside the others takes one at a time, as earlier ones did."""
    is_other: dict[int, bool] = {}

    def wrapper(real: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*, now: Any, limit: int) -> Any:
            me = os.getpid()
            if me not in is_other:
                is_other[me] = trouble.hits(TWO_VERSIONS)
            return real(now=now, limit=1 if is_other[me] else min(limit, FEW))

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
