"""What the conformance tests need of each gateway beyond its interface: a reader with a card, and a bank's mood.

A new gateway gets one class here, and all tests run on it; a test fails while it has none.
"""

from collections.abc import Callable
from typing import Protocol

from newsstand.office.billing.gateways.base import Gateway, Mandate, PaymentMethod
from newsstand.office.billing.gateways.sandbox import cards, charging, webhooks
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Approval
from newsstand.office.billing.gateways.sandbox.scenarios import BY_CODE, Sim
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money

NOW = 1_795_000_000
MANDATE = Mandate("consent-1", "$1.99 today, then $1.99 every 4 weeks (28 days) until you cancel.")


class Harness(Protocol):
    """A gateway under test."""

    gateway: Gateway

    def card(self, customer: str, mood: str) -> PaymentMethod:
        """A saved card that behaves so: "pays", "declined", "asks", "loses_answer", "never_answers"."""

    def answer_the_bank(self, charge_ref: str, *, is_approved: bool, now: int) -> None:
        """The reader approves a charge at the bank, or does not."""

    def webhook(self, now: int, secret: bytes | None = None) -> tuple[dict[str, str], bytes, GatewayEvent]:
        """A message as the gateway sends it, and the event that it tells; signed with a wrong secret if given."""


class SandboxHarness:
    """The sandbox, its cards put in as its card page would."""

    gateway: Gateway

    def __init__(self) -> None:
        self.gateway = SandboxGateway()

    def save_card(self, customer: str, mood: str) -> str:
        return self.card(customer, mood).ref

    def card(self, customer: str, mood: str) -> PaymentMethod:
        code, sim = {
            "pays": ("pays", Sim()),
            "declined": ("declined_at_charge", Sim()),
            "asks": ("approval_always", Sim()),
            "loses_answer": ("pays", Sim("timeout_success")),
            "never_answers": ("pays", Sim("timeout")),
        }[mood]
        setup = self.gateway.begin_setup(customer=customer, return_url="/done/", mandate=MANDATE, now=NOW)
        approval = cards.save_card(setup.ref, cards.Card(BY_CODE[code], sim, "4242", 4, 2034), NOW)
        if approval is not None:
            cards.decide_approval(approval, is_approved=True, now=NOW)
        return self.gateway.finish_setup(setup_ref=setup.ref, now=NOW)

    def answer_the_bank(self, charge_ref: str, *, is_approved: bool, now: int) -> None:
        approval = Approval.objects.get(attempt__charge__ref=charge_ref, attempt__state="action")
        charging.decide_approval(approval, is_approved=is_approved, now=now)

    def webhook(self, now: int, secret: bytes | None = None) -> tuple[dict[str, str], bytes, GatewayEvent]:
        body = (
            b'{"object": "ch1", "kind": "charge.succeeded", "at": 1795000000, "charge": "ch1",'
            b' "ref": "invoice-1", "amount": 199, "currency": "USD", "code": "", "cause": ""}'
        )
        money = Money(199, "USD")
        event = GatewayEvent("sandbox", "ch1", Kind.CHARGE_SUCCEEDED, NOW, "ch1", "invoice-1", money)
        return {webhooks.HEADER: webhooks.sign(body, now, secret)}, body, event


HARNESSES: dict[str, Callable[[], Harness]] = {"sandbox": SandboxHarness}
