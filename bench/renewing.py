"""The part of `bench.renewals` that needs Django to be ready."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import connection

from newsstand.office.billing.actions import serve_due
from newsstand.office.billing.models import Attempt, Subscription
from newsstand.office.billing.queries.due import waiting
from newsstand.office.kit import shelf
from newsstand.shelf.shelf import memory_shelf
from tests.torture import newsroom

PORTION = 5_000


def measure(due: int, sizes: list[int]) -> None:
    memory = memory_shelf()
    shelf.use(lambda: memory)
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    rows = []
    for size in sizes:
        newsroom.found(due, "")
        _fill(size - Subscription.objects.count())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        before, began = Attempt.objects.filter(status="succeeded").count(), time.monotonic()
        serve_due(now=newsroom.NOON)
        seconds = time.monotonic() - began
        charged = Attempt.objects.filter(status="succeeded").count() - before
        rows.append((Subscription.objects.count(), charged, charged / seconds))
        plan = waiting().filter(next_action_at__lte=newsroom.NOON + timedelta(days=1))
        print(f"{rows[-1][0]} subscriptions, the query for due work:")
        print("  " + plan.order_by("next_action_at", "pk")[:1].explain().replace("\n", "\n  "))
    print(f"\n| subscriptions ({connection.vendor}) | charged | renewals a second |\n| ---: | ---: | ---: |")
    for all_of_them, charged, rate in rows:
        print(f"| {all_of_them:,} | {charged:,} | {rate:.0f} |")


def _fill(missing: int) -> None:
    """Subscriptions that are due in a year, of one reader to as many products: the table's size is all that counts."""

    like = Subscription.objects.first()
    if like is None:
        return
    begun = Subscription.objects.count()
    for start in range(0, max(missing, 0), PORTION):
        Subscription.objects.bulk_create(
            Subscription(
                account_id=like.account_id,
                plan_id=like.plan_id,
                offer_id=like.offer_id,
                product_code=f"p{begun + n}",
                rhythm_unit="day",
                rhythm_count=28,
                anchor_on=newsroom.ANCHOR,
                state="active",
                created_at=newsroom.NOON,
                started_at=newsroom.NOON,
                next_action_at=newsroom.NOON + timedelta(days=365),
            )
            for n in range(start, min(start + PORTION, missing))
        )
