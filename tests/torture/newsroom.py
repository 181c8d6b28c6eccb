"""Subscribers by the hundred, made at once; and what the bank and the books say in the end."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from newsstand.office.accounts.models import Account
from newsstand.office.billing.actions import found_offer
from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.models import Attempt, Consent, Invoice, PaymentMethod, Subscription, Transfer
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.kit import clock
from newsstand.office.kit.models import OutboxRow, Publication
from newsstand.rules.billing.books import sign_of
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money

ANCHOR = date(2026, 11, 22)
NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")


def found(subscribers: int, mood: str) -> None:
    """A publication, an offer of $1.99 every 28 days, and subscribers whose first period is due."""
    Publication.objects.get_or_create(
        pk=1,
        defaults={"name": "The Tidemark", "zone": "UTC", "currency": "USD", "support_email": "h@t.example"},
    )
    offer = found_offer(
        code="full",
        plan_name="Full access",
        product_code="news",
        rights=["read"],
        price=Money(199, "USD"),
        rhythm=Rhythm("day", 28),
        benefits=[],
        by="system",
        now=NOON,
    )
    accounts = Account.objects.bulk_create(
        Account(email=f"r{n}-{uuid4().hex[:6]}@torture.example") for n in range(subscribers)
    )
    now = clock.to_unix(NOON)
    customers = bank.Customer.objects.bulk_create(
        bank.Customer(reader_ref=row.reader_id, created_at=now) for row in accounts
    )
    cards = bank.Method.objects.bulk_create(
        bank.Method(
            customer=row,
            scenario="pays",
            sim=mood,
            brand="Visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            mandate_ref="agreed",
            status="live",
            created_at=now,
        )
        for row in customers
    )
    methods = PaymentMethod.objects.bulk_create(
        PaymentMethod(
            account=account,
            gateway="sandbox",
            customer=customer.ref,
            token=card.ref,
            brand="Visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            mandate_ref="agreed",
            saved_at=NOON,
        )
        for account, customer, card in zip(accounts, customers, cards, strict=True)
    )
    rows = Subscription.objects.bulk_create(
        Subscription(
            account=account,
            plan=offer.plan,
            offer=offer,
            product_code="news",
            rhythm_unit="day",
            rhythm_count=28,
            anchor_on=ANCHOR,
            state=State.ACTIVE,
            payment_method=method,
            created_at=NOON,
            started_at=NOON,
            next_action_at=NOON,
        )
        for account, method in zip(accounts, methods, strict=True)
    )
    Consent.objects.bulk_create(
        Consent(
            reader_id=row.account.reader_id,
            subscription=row,
            offer=offer,
            text="agreed",
            sha256=uuid4().hex,
            locale="en",
            at=NOON,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bank and the books say. `off_by` is in cents."""

    periods: int
    charges: int
    charged_twice: int
    lost: int
    off_by: int
    violations: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        return not (self.charged_twice or self.lost or self.off_by or self.violations)

    @property
    def line(self) -> str:
        sign = "-" if self.off_by < 0 else ""
        off = f"{sign}{abs(self.off_by) // 100}.{abs(self.off_by) % 100:02}"
        return f"charged twice: {self.charged_twice}, lost: {self.lost}, ledger off by: {off}"


def verdict(now: datetime) -> Verdict:
    """Compare the bank with the books, period by period.

    Lost is money that the bank took and the books do not have, an attempt that nobody will look at any more, and a
    deed that the outbox has given up.
    """
    kept: Counter[tuple[str, str]] = Counter()
    taken, unbooked = 0, 0
    booked = set(Transfer.objects.filter(key__startswith="charge:").values_list("key", flat=True))
    paid = bank.Attempt.objects.filter(state="succeeded").select_related("charge")
    for attempt in paid.prefetch_related("charge__refunds"):
        charge = attempt.charge
        given_back = sum(refund.amount for refund in charge.refunds.all())
        taken += charge.amount - given_back
        unbooked += f"charge:sandbox:{charge.ref}" not in booked
        if given_back < charge.amount:
            kept[(charge.metadata["subscription"], charge.metadata["seq"])] += 1
    ours = sum(sign_of(key) * amount for key, amount in Transfer.objects.values_list("key", "amount"))
    left_behind = Attempt.objects.filter(status__in=UNSETTLED).count()
    given_up = OutboxRow.objects.filter(parked_at__isnull=False).count()
    return Verdict(
        Invoice.objects.count(),
        len(booked),
        sum(count - 1 for count in kept.values() if count > 1),
        unbooked + left_behind + given_up,
        taken - ours,
        tuple(f"{row.number} {row.subscription}: {row.found}" for row in audit_books(now=now).violations),
    )
