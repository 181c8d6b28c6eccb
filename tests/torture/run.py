"""The run: moments of a half-year, and at each of them workers that die and are started again."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError, connections

from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions.begin_attempt import Refusal, Wanted, begin_attempts
from newsstand.office.billing.actions.gateway_in_use import gateway
from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import charging, network, webhooks
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.models import Invoice
from newsstand.office.kit import clock, outbox, shelf
from newsstand.office.kit.queries import rows_open
from newsstand.rules.money import Money
from newsstand.shelf.shelf import memory_shelf
from tests import databases, postgres
from tests.torture import backups, mails, newsroom, points
from tests.torture.points import Trouble
from tests.torture.verdict import Verdict, verdict

GIVEN_BACK = 30  # per cent of what was paid
DISTURBED = network.Disturbance(0, 86_400, loss=20, duplication=20, disorder=30)
PATIENCE = 900.0  # real seconds for one moment
STEPS = tuple(
    timedelta(**span)
    for span in (
        {"minutes": 0},
        {"minutes": 6},
        {"minutes": 13},
        {"hours": 2},
        {"days": 1, "hours": 4},
        {"days": 3, "minutes": 1},
        {"days": 5, "minutes": 1},
        {"days": 7, "minutes": 1},
        {"days": 9},
        {"days": 11, "hours": 1},
    )
)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much trouble is made. `per_mille` is the share of deaths at each point, or `only` at one."""

    subscribers: int
    periods: int
    workers: int
    per_mille: int = 20
    declines: int = 10
    seed: int = 1
    has_bug: bool = False
    restores: bool = False
    server_dies: bool = False
    only: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of it: how many died, at which points, and what the books say."""

    kills: int
    hit: Counter[str]
    verdict: Verdict
    seconds: float


def torture(plan: Plan, place: Path) -> Result:
    """Run the plan on the databases in use, whose commits are real. `place` is a directory of this run alone."""
    began, kills = time.monotonic(), 0
    chance = random.Random(plan.seed)
    trouble = Trouble(place / "journal", plan.per_mille, plan.only, chance, restarts=plan.server_dies)
    trouble.journal.touch()
    mails.keep_in(place / "mails")
    with ExitStack() as until_the_end:
        until_the_end.callback(_stand_up(plan))
        until_the_end.callback(backups.forget)
        until_the_end.callback(points.plant(trouble))
        if plan.has_bug:
            until_the_end.callback(_plant_bug())
        for number in range(plan.periods):
            morning = newsroom.NOON + timedelta(days=28 * number)
            restored = place / "backup" if plan.restores and number % 2 else None
            if restored is not None:
                backups.back_up(restored)
            for step in STEPS:
                if step == STEPS[2] and restored is not None:
                    _restore(restored, morning + step, trouble)
                if step == STEPS[4]:
                    _give_some_back(morning, morning + step, chance)
                kills += _at(morning + step, plan, trouble)
        trouble.per_mille = 0
        network.change(network.CALM, by="system", now=clock.unix())
        after = newsroom.NOON + timedelta(days=28 * (plan.periods - 1) + 84)
        for step in STEPS:  # an outage of three months, then peace until everything is swept
            kills += _at(after + step, plan, trouble)
        now = after + STEPS[-1]
        _set_clock(now)
        actions.reconcile(since=newsroom.FIRST_PAID_AT, apply=True, now=now)  # what the network has lost
        while outbox.drain():
            pass
    hit = Counter(trouble.journal.read_text().splitlines())
    hit[points.OUTAGE] += 1
    hit[points.KEYS_FORGOTTEN] = bank.Attempt.objects.filter(key__startswith="forgotten").count()
    return Result(kills, hit, verdict(now), time.monotonic() - began)


def _give_some_back(morning: datetime, now: datetime, chance: random.Random) -> None:
    """Staff give back all or a part of some of what was paid this month, for whatever reason."""
    _set_clock(now)
    for invoice in Invoice.objects.filter(status="paid", paid_at__gte=morning).order_by("pk"):
        if chance.randrange(100) < GIVEN_BACK:
            money = Money(chance.choice((99, invoice.amount)), invoice.currency)
            actions.refund_invoice(
                invoice=invoice, money=money, key=uuid4().hex, by="staff:torture", why="asked", now=now
            )


def _stand_up(plan: Plan) -> Callable[[], None]:
    """A newsroom with its subscribers, and cards that are declined now and then; returns what puts things back."""
    memory, backend = memory_shelf(), settings.EMAIL_BACKEND
    shelf.use(lambda: memory)
    settings.EMAIL_BACKEND = mails.BACKEND
    newsroom.found(plan.subscribers, "forgets")
    network.change(DISTURBED, by="system", now=clock.to_unix(newsroom.NOON))
    if plan.server_dies:  # it dies without a last word: what it has called committed must be written
        committed = f"ALTER ROLE {postgres.SUPERUSER} SET synchronous_commit = on"
        databases.on_the_server(backups.BOOKS, committed, backups.SETTLE)
    real = charging._refusal
    chance = random.Random(plan.seed)

    def refusal(method: Any, initiator: base.Initiator, now: int) -> str:
        return "insufficient_funds" if chance.randrange(100) < plan.declines else real(method, initiator, now)

    charging._refusal = refusal

    def put_back() -> None:
        charging._refusal, settings.EMAIL_BACKEND = real, backend

    return put_back


def _set_clock(now: datetime) -> None:
    offset = int((now - clock.real_now()).total_seconds())
    shelf.handle().board.set_clock_offset(max(offset, 0))


def _at(now: datetime, plan: Plan, trouble: Trouble) -> int:
    """Let workers do all that is due at a moment; those that die are replaced. Returns how many died."""
    kills, give_up_at = 0, time.monotonic() + PATIENCE
    _set_clock(now)
    points.wake_up(trouble.journal, now)
    running: dict[int, int] = {}
    starts = count()
    connections.close_all()
    done: set[int] = set()
    while len(done) < plan.workers:
        if time.monotonic() > give_up_at:
            raise RuntimeError(f"the workers do not come to an end at {now}")
        for number in range(plan.workers):
            if number not in running.values() and number not in done:
                trouble.chance.seed(f"{plan.seed} {now} {number} {next(starts)}")
                running[_start(lambda mine=number: _work(mine, now))] = number
        pid, status = os.wait()
        number = running.pop(pid, -1)
        if os.WIFSIGNALED(status):
            kills += os.WTERMSIG(status) == signal.SIGKILL
        elif os.WEXITSTATUS(status) == 0 and number >= 0:
            done.add(number)
        else:
            time.sleep(0.05)  # the database is away, and comes back
    return kills


def _start(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        work()
        code = 0
    except DatabaseError:  # the database went away; another worker takes its place
        code = 3
    finally:
        os._exit(code)


def _work(number: int, now: datetime) -> None:
    """The first worker also empties the outbox, takes the bank's messages in, and reads its list."""
    while True:
        actions.serve_due(now=now)
        if number:
            return
        while outbox.drain():
            pass
        webhooks.deliver_due(clock.to_unix(now), _post(now))
        actions.read_event_lists(now=now)
        due = queries.next_due(now)
        if not rows_open() and (due is None or due > now):
            return
        time.sleep(0.02)


def _post(now: datetime) -> Callable[[Any, bytes], bool]:
    return lambda headers, body: actions.receive_webhook(
        gateway_name="sandbox", headers=headers, body=body, now=now
    )


# --- a restored backup, and the fault that must be found ---


def _restore(place: Path, now: datetime, trouble: Trouble) -> None:
    """The books as they were before the morning's charges; what the bank did since is on its own list.

    Before a worker runs again, what is lost is looked for there, as the manual says.
    """
    backups.restore(place)
    trouble.journal.write_text(trouble.journal.read_text() + f"{points.RESTORED}\n")
    _set_clock(now)
    actions.reconcile(since=now - timedelta(days=1), apply=True, now=now)


def _plant_bug() -> Callable[[], None]:
    """Charge first and record afterwards, each time with a reference of its own, as one would at first."""
    module = import_module("newsstand.office.billing.actions.serve_due")
    real = module.take_payments

    def careless(*, wanted: Any, **given: Any) -> Any:
        return [_charge_first(row, **given) for row in wanted]

    module.take_payments = careless

    def undo() -> None:
        module.take_payments = real

    return undo


def _charge_first(row: Any, *, initiator: Any, by: str, now: datetime, **given: Any) -> Any:
    invoice, card, moment = row.invoice, row.payment_method, clock.to_unix(now)
    used = gateway(card.gateway)
    metadata = {"subscription": invoice.subscription.ref, "seq": str(invoice.seq)}
    fresh = base.NewCharge(uuid4().hex, invoice.money, card.customer, "Torture", metadata)
    ref = used.open_charge(charge=fresh, now=moment)
    answer = used.attempt(
        charge_ref=ref,
        payment_method=card.token,
        key=uuid4().hex,
        initiator=initiator,
        return_url="",
        now=moment,
    )
    wanted = [Wanted(invoice, card, ref)]
    begun = begin_attempts(wanted=wanted, initiator=initiator, return_url="", by=by, now=now)[0]
    if isinstance(begun, Refusal):
        return begun
    return record_attempt(attempt=begun, outcome=answer, via="answer", by=by, now=now)
