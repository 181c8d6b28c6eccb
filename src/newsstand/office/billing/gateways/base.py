"""What every payment gateway must be able to do, and the words in which it answers.

A gateway saves a card, charges it, gives money back, answers questions and reports. It does no database work
of ours and no scheduling: when to charge, and how much, is decided elsewhere. Moments are unix seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent
from newsstand.rules.money import Money


class Initiator(StrEnum):
    """Who starts a charge: the reader, present at the screen, or the merchant, on a renewal."""

    READER = "reader"
    MERCHANT = "merchant"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a gateway has. Without an `intent_object` a charge is looked up before it is sent again."""

    sca: bool
    async_settlement: bool
    partial_refund: bool
    intent_object: bool
    disputes: bool
    list_since: bool
    account_updater: bool
    idempotency_window: int
    """Seconds for which a key is remembered."""


@dataclass(frozen=True, slots=True)
class Mandate:
    """What the reader agreed to before the card is saved, and the id of that consent.

    `text` and `button` (the words on the button that costs) are shown again next to the card's fields.
    """

    consent_ref: str
    text: str
    button: str = ""


@dataclass(frozen=True, slots=True)
class Setup:
    """A card about to be saved; the reader goes to `redirect_url` and comes back with `?setup=<ref>`.

    They come back so in any case: who turned round without a card makes `finish_setup` raise SetupIncomplete.
    """

    ref: str
    redirect_url: str


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A saved card, without its number. `fingerprint` is the same for the same card saved twice."""

    ref: str
    brand: str
    last4: str
    exp_month: int
    exp_year: int
    fingerprint: str
    mandate_ref: str


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The money is taken."""

    charge_ref: str
    amount: Money
    at: int
    fee: Money | None = None


@dataclass(frozen=True, slots=True)
class Declined:
    """The card was refused. `code` is the gateway's word, `cause` decides what follows."""

    charge_ref: str
    code: str
    cause: DeclineClass
    not_before: int | None = None


@dataclass(frozen=True, slots=True)
class ActionRequired:
    """The bank wants the reader to approve at `url` before `expires_at`; then look the charge up."""

    charge_ref: str
    url: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class Processing:
    """The bank has not answered the gateway yet; the answer comes by an event or a lookup."""

    charge_ref: str


@dataclass(frozen=True, slots=True)
class Canceled:
    """The charge was cancelled: nothing was taken and nothing will be."""

    charge_ref: str


@dataclass(frozen=True, slots=True)
class Open:
    """The charge exists, and nothing has been tried yet."""

    charge_ref: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """No answer came. It may have succeeded: look it up, never treat it as a decline."""

    why: str


@dataclass(frozen=True, slots=True)
class NotFound:
    """The gateway knows no charge or refund of this reference."""

    ref: str


@dataclass(frozen=True, slots=True)
class AlreadySucceeded:
    """Refused: this charge has its one success already."""

    charge_ref: str


Outcome = Succeeded | Declined | ActionRequired | Processing | Unknown
Attempted = Outcome | AlreadySucceeded | Canceled
Lookup = Outcome | Open | Canceled | NotFound


class RefundState(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Refund:
    """Money on its way back, or back, or returned to us by the bank."""

    ref: str
    charge_ref: str
    amount: Money
    state: RefundState


DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class RefundRefused:
    """Not given back: `code` is "more_than_charged" or "not_charged", or DISPUTED while the reader's bank holds it."""

    code: str


RefundOutcome = Refund | RefundRefused | Unknown


@dataclass(frozen=True, slots=True)
class EventPage:
    """A stretch of the gateway's own list of events; `cursor` is where the next stretch begins."""

    events: tuple[GatewayEvent, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class NewCharge:
    """What is to be charged. `ref` is the invoice's uuid: the same ref twice is the same charge."""

    ref: str
    amount: Money
    customer: str
    descriptor: str
    metadata: Mapping[str, str] = field(default_factory=dict)


class GatewayError(Exception):
    """A request that makes no sense to the gateway: a reference it never gave, an amount that changed."""


class SetupIncomplete(GatewayError):
    """The reader came back without having saved a card."""


class NotAllowed(GatewayError):
    """This site does not let the gateway run."""


class BadWebhook(GatewayError):
    """A webhook that is not the gateway's, or is too old, or cannot be read. It is refused."""


class Gateway(Protocol):
    """A payment gateway. Every method from `ensure_customer` to `forget`, and `events_since`, is a call over the
    network, or acts like one.

    `now` is the site's time, which only a gateway of our own follows.
    """

    name: str
    capabilities: Capabilities

    def refusal(self) -> str:
        """Why this site must not use it, in a sentence; "" where it may."""

    def ensure_customer(self, *, reader_ref: str, email: str, now: int) -> str:
        """The gateway's reference of a customer; the same for the same `reader_ref`."""

    def begin_setup(self, *, customer: str, return_url: str, mandate: Mandate, now: int) -> Setup:
        """Open a page on which the reader puts in a card."""

    def finish_setup(self, *, setup_ref: str, now: int) -> PaymentMethod:
        """The card that was saved. Raises SetupIncomplete when none was."""

    def open_charge(self, *, charge: NewCharge, now: int) -> str:
        """The reference of the one charge for `charge.ref`. Raises GatewayError when its amount changed."""

    def attempt(
        self,
        *,
        charge_ref: str,
        payment_method: str,
        key: str,
        initiator: Initiator,
        return_url: str,
        now: int,
    ) -> Attempted:
        """Try to take the money once. The same `key` twice is one attempt and gives its outcome again.

        `return_url` is where the reader comes back to, with `?charge=<charge_ref>`, after an approval.
        """

    def lookup_charge(self, *, ref: str, now: int) -> Lookup:
        """What became of the charge opened with our `ref`."""

    def cancel_charge(self, *, charge_ref: str, now: int) -> Canceled | AlreadySucceeded:
        """See to it that nothing will be taken any more."""

    def refund(self, *, charge_ref: str, amount: Money, key: str, now: int) -> RefundOutcome:
        """Give money back, up to what was taken in all. The same `key` twice is one refund."""

    def lookup_refund(self, *, key: str, now: int) -> Refund | NotFound:
        """What became of a refund."""

    def forget(self, *, payment_method: str, now: int) -> None:
        """Delete a saved card; it can be charged no more."""

    def parse_webhook(self, *, headers: Mapping[str, str], body: bytes, now: int) -> tuple[GatewayEvent, ...]:
        """The events of a webhook whose signature and time are right. Raises BadWebhook."""

    def events_since(self, *, cursor: str, until: int) -> EventPage:
        """What happened after `cursor` ("" is the beginning) up to and including the moment `until`."""
