"""What a gateway told us, and what it means whatever the order in which it came.

A gateway tells things late, twice and in the wrong order, by webhook, by answer, by lookup and by list. All
of it is collected as a set; the state of an object is the event of the highest rank in that set, so that
neither order nor repetition can change it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.money import Money


class Kind(StrEnum):
    CHARGE_PROCESSING = "charge.processing"
    CHARGE_ACTION_REQUIRED = "charge.action_required"
    CHARGE_FAILED = "charge.failed"
    CHARGE_CANCELED = "charge.canceled"
    CHARGE_SUCCEEDED = "charge.succeeded"
    REFUND_PENDING = "refund.pending"
    REFUND_SUCCEEDED = "refund.succeeded"
    REFUND_FAILED = "refund.failed"
    DISPUTE_OPENED = "dispute.opened"
    DISPUTE_WON = "dispute.won"
    DISPUTE_LOST = "dispute.lost"
    METHOD_UPDATED = "method.updated"
    METHOD_EXPIRING = "method.expiring"
    METHOD_DETACHED = "method.detached"
    MANDATE_REVOKED = "mandate.revoked"
    PAYOUT_PAID = "payout.paid"

    @property
    def thing(self) -> str:
        """What the event is about: "charge", "refund", "dispute", "method", "mandate" or "payout"."""
        return _THINGS[self]


_THINGS: dict[Kind, str] = {kind: kind.value.partition(".")[0] for kind in Kind}

RANK: dict[Kind, int] = {
    Kind.CHARGE_PROCESSING: 0,
    Kind.CHARGE_ACTION_REQUIRED: 1,
    Kind.CHARGE_FAILED: 2,
    Kind.CHARGE_CANCELED: 3,
    Kind.CHARGE_SUCCEEDED: 4,  # money that moved outranks whatever else was said
    Kind.REFUND_PENDING: 0,
    Kind.REFUND_SUCCEEDED: 1,
    Kind.REFUND_FAILED: 2,  # a bank can send a refund back weeks after it was confirmed
    Kind.DISPUTE_OPENED: 0,
    Kind.DISPUTE_WON: 1,
    Kind.DISPUTE_LOST: 2,  # a dispute once won can be reopened and lost
    Kind.METHOD_UPDATED: 0,
    Kind.METHOD_EXPIRING: 1,
    Kind.METHOD_DETACHED: 2,
    Kind.MANDATE_REVOKED: 0,
    Kind.PAYOUT_PAID: 0,
}


@dataclass(frozen=True, slots=True)
class GatewayEvent:
    """One thing a gateway told us.

    `object_id` is the gateway's id of the charge, refund, dispute …; `charge_id` the charge that a refund or
    dispute belongs to (a charge's own id for a charge); `ref` our own reference: the uuid of the invoice or
    refund; `fee` what the gateway keeps of a charge, where it says so.
    """

    gateway: str
    object_id: str
    kind: Kind
    at: int
    charge_id: str = ""
    ref: str = ""
    amount: Money | None = None
    code: str = ""
    cause: DeclineClass | None = None
    fee: Money | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What is unique: the same key twice is the same news."""
        return (self.gateway, self.object_id, str(self.kind))


ObjectKey = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a charge comes to: its state and the money taken, given back and lost in disputes."""

    state: Kind | None
    taken: Money | None
    refunded: Money | None
    disputed: Money | None

    @property
    def net(self) -> Money | None:
        """What is left of the charge, None when nothing was ever taken."""
        if self.taken is None:
            return None
        left = self.taken
        for gone in (self.refunded, self.disputed):
            left = left if gone is None else left - gone
        return left


def fold(events: Iterable[GatewayEvent]) -> Mapping[ObjectKey, GatewayEvent]:
    """The event that holds for each object: (gateway, thing, id) -> the one of highest rank.

    failed, succeeded, failed again and processing, in any order and any number, make "succeeded". Of two
    events of the same kind the later one holds.
    """
    best: dict[ObjectKey, GatewayEvent] = {}
    for event in events:
        key = (event.gateway, event.kind.thing, event.object_id)
        if key not in best or _weight(event) > _weight(best[key]):
            best[key] = event
    return best


def standing(events: Iterable[GatewayEvent], gateway: str, charge_id: str) -> Standing:
    """What one charge comes to, from all that was told about it, its refunds and its disputes.

    Taken $1.99, refund of $1.00 pending: refunded is $1.00, net $0.99; when that refund fails, net is $1.99.
    """
    state: Kind | None = None
    sums: dict[str, Money] = {}
    for event in fold(events).values():
        thing = event.kind.thing
        if (event.gateway, event.object_id if thing == "charge" else event.charge_id) != (gateway, charge_id):
            continue
        if thing == "charge":
            state = event.kind
        if event.kind in _MOVES and event.amount is not None:
            sums[thing] = sums[thing] + event.amount if thing in sums else event.amount
    return Standing(state, sums.get("charge"), sums.get("refund"), sums.get("dispute"))


_MOVES = frozenset(
    {
        Kind.CHARGE_SUCCEEDED,
        Kind.REFUND_PENDING,
        Kind.REFUND_SUCCEEDED,
        Kind.DISPUTE_OPENED,
        Kind.DISPUTE_LOST,
    }
)


def _weight(event: GatewayEvent) -> tuple[int, int, str, int, str, str, str, str]:
    """A total order of the events of one object: rank, then time, then whatever else tells two apart."""
    money = event.amount
    return (
        RANK[event.kind],
        event.at,
        event.code,
        money.amount if money else -1,
        money.currency if money else "",
        event.charge_id,
        event.ref,
        event.cause.value if event.cause else "",
    )
