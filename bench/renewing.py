"""The part of `bench.renewals` that needs Django to be ready."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection

from newsstand.office.billing.actions import serve_due
from newsstand.office.billing.actions.gateway_in_use import GATEWAYS
from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import charging
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.models import Attempt, Subscription
from newsstand.office.billing.queries.due import waiting
from newsstand.office.kit import shelf
from newsstand.rules.money import Money
from newsstand.shelf.shelf import memory_shelf
from tests.torture import newsroom

COPIED = (
    "plan_id, offer_id, rhythm_unit, rhythm_count, anchor_on, next_seq, state, engine, created_at, started_at,"
    " end_reason, parked_reason"
)


class AtOnce(SandboxGateway):
    """The sandbox without its database: every charge succeeds, and no time goes by."""

    def __init__(self) -> None:
        self.amounts: dict[str, Money] = {}

    def open_charge(self, *, charge: base.NewCharge, now: int) -> str:
        self.amounts[charge.ref] = charge.amount
        return charge.ref

    def attempt(
        self,
        *,
        charge_ref: str,
        payment_method: str,
        key: str,
        initiator: base.Initiator,
        return_url: str,
        now: int,
    ) -> base.Attempted:
        money = self.amounts.pop(charge_ref)
        return base.Succeeded(charge_ref, money, now, charging.fee_of(money))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `rate` is charges a second, `cost` this process's own processor time for one, in ms."""

    subscriptions: int
    gateway: str
    charged: int
    rate: float
    cost: float


def measure(due: int, sizes: list[int]) -> None:
    memory = memory_shelf()
    shelf.use(lambda: memory)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    rows = []
    for size in sizes:
        _fill(size - 2 * due - Subscription.objects.count())
        for name, gateway in (("at once", AtOnce()), ("its own database", SandboxGateway())):
            newsroom.found(due, "")
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            GATEWAYS["sandbox"] = gateway
            rows.append(_timed(name, _serve_all))
        plan = waiting().filter(next_action_at__lte=newsroom.NOON + timedelta(days=1))
        print(f"{rows[-1].subscriptions:,} subscriptions, the query for due work:")
        print("  " + plan.order_by("next_action_at", "pk")[:100].explain().replace("\n", "\n  "), flush=True)
    print(
        f"\n| subscriptions ({connection.vendor}) | sandbox | charged | renewals a second | of it here, ms each |"
    )
    print("| ---: | --- | ---: | ---: | ---: |")
    for row in rows:
        print(
            f"| {row.subscriptions:,} | {row.gateway} | {row.charged:,} | {row.rate:.0f} | {row.cost:.2f} |"
        )


def _serve_all() -> None:
    while serve_due(now=newsroom.NOON):
        pass


def _timed(gateway: str, work: Callable[[], None]) -> Row:
    paid = Attempt.objects.filter(status="succeeded")
    before, began, spent = paid.count(), time.monotonic(), time.process_time()
    work()
    seconds, spent = time.monotonic() - began, time.process_time() - spent
    charged = paid.count() - before
    return Row(
        Subscription.objects.count(), gateway, charged, charged / seconds, 1000 * spent / max(charged, 1)
    )


def _fill(missing: int) -> None:
    """Subscriptions that are due in a year, made by the database itself: readers with a live one each."""
    if missing < 1:
        return
    if not Subscription.objects.exists():
        newsroom.found(1, "")
        Subscription.objects.update(next_action_at=newsroom.NOON + timedelta(days=365))
    like = Subscription.objects.order_by("pk")[0]
    taken = Subscription.objects.count()
    if connection.vendor == "postgresql":
        numbers, fresh = "generate_series(1, %s) AS made(n)", "gen_random_uuid()"
    else:
        counted = "SELECT 1 UNION ALL SELECT n + 1 FROM made WHERE n < %s"
        numbers = f"(WITH RECURSIVE made(n) AS ({counted}) SELECT n FROM made)"  # noqa: S608
        fresh = "lower(hex(randomblob(16)))"
    code = f"'p' || ({taken} + n)"
    statement = (
        f"INSERT INTO billing_subscription (public_id, account_id, product_code, next_action_at, {COPIED})"  # noqa: S608
        f" SELECT {fresh}, account_id, {code}, next_action_at, {COPIED} FROM {numbers}, billing_subscription"
        " WHERE billing_subscription.id = %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [missing, like.pk])
    Subscription.objects.filter(pk=like.pk).update(next_action_at=newsroom.NOON + timedelta(days=365))
