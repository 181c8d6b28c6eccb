"""A gateway in memory, with the promises that a real one makes and the moods that a real one has.

A charge belongs to one invoice and succeeds once; a key gives its first outcome again until it is forgotten;
what has happened is told by an answer (which can be lost), by events and by lookup.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money

NAME = "memory"
Verdict = DeclineClass | None
"""What a card says to one try: None pays."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bank says of a charge. `kind` is succeeded, declined, action, canceled, open, unknown or not_found."""

    kind: str
    at: int = 0
    cause: DeclineClass | None = None


UNKNOWN = Answer("unknown")
APPROVAL_SECONDS = 3600


@dataclass(slots=True)
class Charge:
    """One sum that is taken at most once."""

    ref: str
    amount: int
    currency: str
    last: Answer = Answer("open")
    tries: int = 0
    method: str = ""
    refunds: dict[str, int] = field(default_factory=dict)
    is_disputed: bool = False


class RefundRefused(Exception):
    """More was to be given back than was taken, or the money lies with the bank until a dispute is decided."""


@dataclass(slots=True)
class Bank:
    """`verdict(method, tries)` is the card's word to a try, `network` says what becomes of the next call."""

    verdict: Callable[[str, int], Verdict]
    network: Callable[[], str] = lambda: ""
    is_asking: bool = False
    charges: dict[str, Charge] = field(default_factory=dict)
    keys: dict[str, Answer] = field(default_factory=dict)
    events: list[GatewayEvent] = field(default_factory=list)

    def open_charge(self, ref: str, amount: int, currency: str) -> None:
        """The one charge for this reference."""
        charge = self.charges.setdefault(ref, Charge(ref, amount, currency))
        if (charge.amount, charge.currency) != (amount, currency):
            raise ValueError("this reference stands for another amount")

    def attempt(self, ref: str, method: str, key: str, initiator: str, now: int) -> Answer:
        """One try, over a network that can lose the request or the answer."""
        mood = self.network()
        if mood == "request_lost":
            return UNKNOWN
        answer = self._take(self.charges[ref], method, key, initiator, now)
        return UNKNOWN if mood == "answer_lost" else answer

    def _take(self, charge: Charge, method: str, key: str, initiator: str, now: int) -> Answer:
        known = self.keys.get(key)
        if known is not None:
            is_same = charge.last.kind == "succeeded" or known.kind == "action"
            return _by_now(charge.last if is_same else known, now)
        if charge.last.kind in ("succeeded", "canceled"):
            return charge.last
        cause = self.verdict(method, charge.tries)
        charge.tries, charge.method = charge.tries + 1, method
        if cause is DeclineClass.AUTH and initiator == "reader":
            answer = Answer("action", now)
        else:
            answer = Answer("succeeded", now) if cause is None else Answer("declined", now, cause)
        self.keys[key] = charge.last = answer
        self._tell(charge, answer)
        return answer

    def decide_approval(self, ref: str, *, is_approved: bool, now: int) -> None:
        """The reader has answered the bank's question about a charge; in time, and the card may still say no."""
        charge = self.charges[ref]
        if charge.last.kind != "action":
            return
        cause: Verdict = DeclineClass.AUTH
        if is_approved and _by_now(charge.last, now).kind == "action":
            cause = self.verdict(charge.method, charge.tries)
            cause = None if cause is DeclineClass.AUTH else cause
        charge.last = Answer("succeeded", now) if cause is None else Answer("declined", now, cause)
        self._tell(charge, charge.last)

    def lookup(self, ref: str, now: int) -> Answer:
        """What has become of a charge by now."""
        charge = self.charges.get(ref)
        return _by_now(charge.last, now) if charge is not None else Answer("not_found")

    def cancel(self, ref: str, now: int) -> Answer:
        """Take nothing any more; too late when the money is taken."""
        charge = self.charges[ref]
        if charge.last.kind not in ("succeeded", "canceled"):
            charge.last = Answer("canceled", now)
            self._tell(charge, charge.last)
        return charge.last

    def refund(self, ref: str, amount: int, key: str, now: int) -> str:
        """Give money back; the same key is the same refund, whose reference is returned."""
        charge = self.charges[ref]
        if key in charge.refunds:
            return key
        is_free = charge.last.kind == "succeeded" and not charge.is_disputed
        if not is_free or amount > charge.amount - sum(charge.refunds.values()):
            raise RefundRefused(key)
        charge.refunds[key] = amount
        self._add(Kind.REFUND_SUCCEEDED, key, ref, amount, charge.currency, now)
        return key

    def dispute(self, ref: str, kind: Kind, now: int) -> None:
        """The card's holder complains about a charge, or the complaint is decided."""
        charge = self.charges[ref]
        charge.is_disputed = kind is not Kind.DISPUTE_WON
        self._add(kind, f"dispute-{ref}", ref, charge.amount, charge.currency, now)

    def forget_keys(self) -> None:
        """As banks do in time; a charge still pays only once."""
        self.keys.clear()

    def _tell(self, charge: Charge, answer: Answer) -> None:
        kind = _TOLD[answer.kind]
        amount = charge.amount if kind is Kind.CHARGE_SUCCEEDED else None
        self._add(kind, charge.ref, charge.ref, amount, charge.currency, answer.at, answer.cause)

    def _add(
        self,
        kind: Kind,
        object_id: str,
        ref: str,
        amount: int | None,
        currency: str,
        at: int,
        cause: DeclineClass | None = None,
    ) -> None:
        money = None if amount is None else Money(amount, currency)
        self.events.append(GatewayEvent(NAME, object_id, kind, at, ref, ref, money, cause=cause))


def _by_now(answer: Answer, now: int) -> Answer:
    """A question that was not answered in time is a no, of which the bank tells nobody."""
    if answer.kind == "action" and answer.at + APPROVAL_SECONDS <= now:
        return Answer("declined", now, DeclineClass.AUTH)
    return answer


_TOLD = {
    "succeeded": Kind.CHARGE_SUCCEEDED,
    "declined": Kind.CHARGE_FAILED,
    "action": Kind.CHARGE_ACTION_REQUIRED,
    "canceled": Kind.CHARGE_CANCELED,
}
