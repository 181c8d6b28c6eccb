"""Makes changes beside a running site, in a process of its own: one name a line in, the moment of its commit out.

The clock is the machine's own (`time.monotonic`), so that another process can compare.
"""

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from newsstand.office.access.actions import change_policy
from newsstand.office.access.queries import rules_of_site
from newsstand.office.accounts import passes
from newsstand.office.accounts.actions import close_passes, give_grant, open_account
from newsstand.office.accounts.models import Account
from newsstand.office.ads.actions import place_creative
from newsstand.office.ads.models import Creative
from newsstand.office.articles.models import SectionPage
from newsstand.office.articles.queries import page_at
from newsstand.office.billing.models import Plan
from newsstand.office.kit import clock

BY = "staff:changing"
EMAIL = "carrier@reader.example"


def level(path: str) -> None:
    _publish(path, level="subscribers")


def correct(path: str) -> None:
    _publish(path, title=f"Put right at {path}")


def take_down(path: str) -> None:
    page_at(path).unpublish()


def rule(path: str) -> None:
    row = rules_of_site()
    row.device_allowance = 0
    change_policy(row=row, by=BY, now=clock.now())


def offer(path: str) -> None:
    for plan in Plan.objects.all():
        plan.lines = "A mug from the harbour shop"
        plan.save()


def menu(path: str) -> None:
    section = SectionPage.objects.live().order_by("pk")[0]
    section.title = "Renamed in a hurry"
    section.save_revision().publish()


def ad(path: str) -> None:
    Creative.objects.filter(slot__code="front").delete()
    place_creative(slot="front", headline="Our fair", words="", link="/", by=BY, now=clock.now())


def closed_pass(path: str) -> None:
    close_passes(account=_carrier(), by=BY, why="a journey", now=clock.now())


def carry(path: str) -> str:
    """No change, but the pass of a reader who may read everything."""
    now = clock.now()
    account, _is_new = open_account(email=EMAIL, by=BY, now=now)
    words: dict[str, Any] = {"source": "comp", "source_ref": EMAIL, "by": BY, "now": now}
    give_grant(
        account=account, subject="site", rights=["read"], from_at=now, until=None, grace_until=None, **words
    )
    return passes.issue(account, "a session that is none", now)


def _carrier() -> Account:
    return Account.objects.get(email=EMAIL)


def _publish(path: str, **values: str) -> None:
    story = page_at(path)
    for name, value in values.items():
        setattr(story, name, value)
    story.save_revision().publish()


CHANGES: Mapping[str, Callable[[str], str | None]] = {
    made.__name__: made for made in (level, correct, take_down, rule, offer, menu, ad, closed_pass, carry)
}


def main() -> None:
    """Until there is nothing more to read."""
    print("ready", flush=True)
    for line in sys.stdin:
        name, path = line.split()
        with transaction.atomic():
            said = CHANGES[name](path)
        print(time.monotonic(), said or "-", flush=True)
