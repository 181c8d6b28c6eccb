"""A reader, an offer, and a site whose clock the test moves."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from newsstand.office.accounts.models import Account
from newsstand.office.billing.actions import found_offer
from newsstand.office.billing.models import Offer, Subscription
from newsstand.office.kit import clock, worker
from newsstand.office.kit.models import Publication
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money
from newsstand.shelf.shelf import Shelf
from tests.office.billing.buying import subscribe

RIGHTS = ["read", "ad_free", "comment", "archive"]


def put_on_sale(code: str = "full", amount: int = 199, product: str = "news") -> Offer:
    """The demo's offer: $1.99 every 28 days."""
    return found_offer(
        code=code,
        plan_name="Full access",
        product_code=product,
        rights=RIGHTS,
        price=Money(amount, "USD"),
        rhythm=Rhythm("day", 28),
        benefits=["You support independent journalism"],
        by="system",
        now=clock.now(),
    )


class Time:
    """The site's clock. `to` moves it on, `settle` lets the worker do all that is due."""

    def __init__(self, shelf: Shelf) -> None:
        self.board = shelf.board

    def to(self, moment: datetime) -> datetime:
        """Move the clock to a moment."""
        offset = int((moment - clock.real_now()).total_seconds()) + 1
        self.board.set_clock_offset(offset)
        return clock.now()

    def on(self, **span: float) -> datetime:
        """Move the clock on by a span of days, hours … at once: as after an outage."""
        self.board.set_clock_offset(self.board.read().clock_offset + int(timedelta(**span).total_seconds()))
        return clock.now()

    def settle(self) -> None:
        worker.settle_here()

    def pass_by(self, **span: float) -> datetime:
        """Let time pass as it does in life: the worker serves each moment when it comes."""
        target = clock.now() + timedelta(**span)
        while True:
            self.settle()
            due = _next_due(target)
            if due is None:
                break
            self.to(due)
        self.to(target)
        self.settle()
        return clock.now()


def _next_due(target: datetime) -> datetime | None:
    from newsstand.office.kit import demo_clock

    due = demo_clock.next_due()
    return due if due is not None and due < target else None


@pytest.fixture
def time(shelf: Shelf, publication: Publication) -> Time:
    """The clock of this test, at noon of a Sunday in the publication's zone."""
    moved = Time(shelf)
    moved.to(datetime.fromisoformat("2026-11-22T12:00:00+01:00"))
    return moved


@pytest.fixture
def offer(time: Time) -> Offer:
    return put_on_sale()


@pytest.fixture
def day_pass(time: Time) -> Offer:
    """Bought once, for a day."""
    return found_offer(
        code="day",
        plan_name="Day pass",
        product_code="news",
        rights=["read"],
        price=Money(99, "USD"),
        rhythm=Rhythm("day", 1),
        renews=False,
        benefits=[],
        by="system",
        now=clock.now(),
    )


@pytest.fixture
def ada(time: Time) -> Account:
    return Account.objects.create_user("ada@example.org")


@pytest.fixture
def due(ada: Account, offer: Offer, time: Time) -> Subscription:
    """A subscription whose second period is to be charged now."""
    subscription = subscribe(ada, offer)
    time.settle()
    subscription.refresh_from_db()
    assert subscription.next_action_at is not None
    time.to(subscription.next_action_at)
    return subscription


@pytest.fixture
def mails(settings: Any) -> list[Any]:
    """The mail that was sent in this test."""
    from django.core import mail

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []
    return mail.outbox
