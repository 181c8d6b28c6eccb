"""What the sandbox bank pays out: once a day, in each currency, what the days before left of charges and their fees."""

from collections import Counter

from newsstand.office.billing.gateways.sandbox.events import fee_of, record
from newsstand.office.billing.gateways.sandbox.models import Event
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.money import Money

DAY = 86_400
SIGNS = {
    Kind.CHARGE_SUCCEEDED: 1,
    Kind.REFUND_PENDING: -1,
    Kind.REFUND_SUCCEEDED: -1,
    Kind.REFUND_FAILED: 1,
    Kind.DISPUTE_OPENED: -1,
    Kind.DISPUTE_WON: 1,
}


def pay_out(now: int) -> int:
    """Tell of the payouts that are due by now; returns how many. Where nothing is left, the next day is waited for."""
    until = now - now % DAY
    told = 0
    for currency, balance in sorted(_balances(until).items()):
        if balance > 0 and not Event.objects.filter(object_ref=_ref(until, currency)).exists():
            record(Kind.PAYOUT_PAID, _ref(until, currency), until, money=Money(balance, currency))
            told += 1
    return told


def _ref(until: int, currency: str) -> str:
    return f"payout-{until // DAY}-{currency}"


def _balances(until: int) -> Counter[str]:
    """What lies at the bank of all that happened before `until`, by currency, less what was paid out."""
    last = (
        Event.objects.filter(kind=Kind.PAYOUT_PAID.value).order_by("-at").values_list("at", flat=True).first()
    )
    if last is not None and last >= until:
        return Counter()
    left: Counter[str] = Counter()
    pending: set[str] = set()
    rows = Event.objects.filter(at__lt=until).order_by("at", "id")
    for kind, ref, amount, currency in rows.values_list(
        "kind", "object_ref", "amount", "currency"
    ).iterator():
        if amount is None:
            continue
        if kind == Kind.PAYOUT_PAID.value:
            left[currency] -= amount
        elif kind == Kind.REFUND_SUCCEEDED.value and ref in pending:
            continue  # it left when it was announced
        else:
            left[currency] += SIGNS.get(Kind(kind), 0) * amount
        if kind == Kind.CHARGE_SUCCEEDED.value:
            left[currency] -= fee_of(Money(amount, currency)).amount
        if kind == Kind.REFUND_PENDING.value:
            pending.add(ref)
    return left
