"""The entries of the ledger: which account gives, which takes, and the key that books a thing once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.periods import Period
from newsstand.rules.money import Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One transfer to be booked; `key` books it once."""

    key: str
    debit: str
    credit: str
    money: Money


def charge(gateway: str, charge_ref: str, product: str, money: Money) -> Posting:
    """Money came in for a period that is still to be served."""
    return Posting(charge_key(gateway, charge_ref), _clearing(gateway), _deferred(product), money)


def charge_key(gateway: str, charge_ref: str) -> str:
    """The key under which a charge is booked once."""
    return f"charge:{gateway}:{charge_ref}"


def fee(gateway: str, charge_ref: str, money: Money) -> Posting:
    """What the gateway keeps of a charge."""
    return Posting(f"fee:{gateway}:{charge_ref}", f"fees:{gateway}", _clearing(gateway), money)


def refund(
    gateway: str, refund_ref: str, product: str, money: Money, told: Iterable[Kind]
) -> tuple[Posting, ...]:
    """What a refund comes to, from all that was told about it; a failed one has been given back first.

    Of the set, and not of its order: failed heard before succeeded is booked like succeeded before failed.
    """
    refunds = f"refunds:{product}"
    given = Posting(f"refund:{gateway}:{refund_ref}", refunds, _clearing(gateway), money)
    if Kind.REFUND_FAILED not in told:
        return (given,)
    return given, Posting(f"refund_failed:{gateway}:{refund_ref}", _clearing(gateway), refunds, money)


def dispute(
    gateway: str, dispute_ref: str, product: str, money: Money, told: Iterable[Kind]
) -> tuple[Posting, ...]:
    """What a dispute comes to: held back, ours again when won, gone when lost, also after it was once won."""
    known, suspense = frozenset(told), f"disputes_in_suspense:{gateway}"
    name = f"{gateway}:{dispute_ref}"
    made = [Posting(f"dispute:{name}", suspense, _clearing(gateway), money)]
    if Kind.DISPUTE_WON in known:
        made.append(Posting(f"dispute_won:{name}", _clearing(gateway), suspense, money))
    if Kind.DISPUTE_WON in known and Kind.DISPUTE_LOST in known:
        made.append(Posting(f"dispute_reopened:{name}", suspense, _clearing(gateway), money))
    if Kind.DISPUTE_LOST in known:
        made.append(Posting(f"dispute_lost:{name}", f"disputes:{product}", suspense, money))
    return tuple(made)


def revenue(invoice_ref: str, through: date, product: str, money: Money) -> Posting:
    """The part of a paid period that has been served by the end of the day `through`."""
    key = f"revenue:{invoice_ref}:{through.isoformat()}"
    return Posting(key, _deferred(product), f"revenue:{product}", money)


def payout(gateway: str, payout_ref: str, money: Money) -> Posting:
    """The gateway has sent money to the bank account."""
    return Posting(f"payout:{gateway}:{payout_ref}", "bank", _clearing(gateway), money)


def earned(paid: Period, money: Money, through: date) -> Money:
    """How much of a period's money is earned by the end of a day: by days, the last day takes the rest.

    $1.99 for 28 days: 7 cents after the 1st day, $0.99 after 14 days, $1.99 after the last.
    """
    served = min(max((through - paid.starts_on).days + 1, 0), paid.days)
    return Money(money.amount * served // paid.days, money.currency)


def next_earning(paid: Period, after: date) -> date | None:
    """The next day on which a part of a period's money is booked as revenue: a first of a month, or the period's end.

    22 November to 20 December: 1 December, then 20 December, then None.
    """
    if after >= paid.ends_on:
        return None
    months = after.year * 12 + after.month
    return min(date(months // 12, months % 12 + 1, 1), paid.ends_on)


def _clearing(gateway: str) -> str:
    return f"clearing:{gateway}"


def _deferred(product: str) -> str:
    return f"deferred_revenue:{product}"
