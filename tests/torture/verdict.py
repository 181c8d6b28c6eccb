"""What the bank and the books say in the end."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from newsstand.office.billing.actions.audit_books import audit_books
from newsstand.office.billing.actions.reconcile import reconcile
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.models import Attempt, ChargingStop, Invoice, Subscription, Transfer
from newsstand.office.billing.models.invoices import UNSETTLED
from newsstand.office.kit.models import OutboxRow, SentNotice
from newsstand.rules.billing.books import CANCELLED, sign_of
from tests.torture import mails, newsroom


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the bank and the books say. `off_by` is in cents."""

    periods: int
    charges: int
    charged_twice: int
    lost: int
    off_by: int
    violations: tuple[str, ...]
    standing: str

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

    Lost is money that the bank took and the books do not have, an attempt that nobody will look at any more, a deed
    that the outbox has given up, a mail that was never sent, and news that only the bank's list has.
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
    unsent = SentNotice.objects.filter(sent_at__isnull=True).count()
    unheard = len(reconcile(since=newsroom.FIRST_PAID_AT, apply=False, now=now))
    return Verdict(
        Invoice.objects.exclude(seq=0).exclude(void_reason=CANCELLED, attempts__isnull=True).count(),
        len(booked) - Invoice.objects.filter(seq=0).count(),
        sum(count - 1 for count in kept.values() if count > 1),
        unbooked + left_behind + given_up + unsent + unheard,
        taken - ours,
        tuple(f"{row.number} {row.subscription}: {row.found}" for row in audit_books(now=now).violations),
        _standing(),
    )


def post() -> str:
    """How many mails were handed in, and how many of them once more."""
    handed_in = mails.sent()
    return f"mails: {len(handed_in)}, handed in again after a death or a backup: {handed_in.total() - len(handed_in)}"


def _standing() -> str:
    """How the subscriptions stand, and whether a brake has stopped all charging."""
    states = Counter(Subscription.objects.values_list("state", flat=True))
    parked = Counter(Subscription.objects.exclude(parked_reason="").values_list("parked_reason", flat=True))
    told = [f"{name} {count}" for name, count in sorted(states.items())]
    told += [f"parked {count} ({why})" for why, count in sorted(parked.items())]
    stop = ChargingStop.objects.first()
    return ", ".join([*told, f"charging stopped: {stop.why}" if stop is not None else "charging goes on"])
