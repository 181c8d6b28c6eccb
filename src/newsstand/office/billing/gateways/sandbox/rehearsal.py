"""The sandbox bank in a rehearsal: what its cards and its network do is said from outside, try by try.

Charges, refunds, disputes and events are the bank's own, in its own database, as ever.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import cards, charging, events, scenarios, webhooks
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
from newsstand.office.billing.gateways.sandbox.models import Charge, Delivery, Event, Method, new_ref
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind

CODES = {
    DeclineClass.SOFT: "insufficient_funds",
    DeclineClass.HARD: "lost_card",
    DeclineClass.DATA: "expired_card",
    DeclineClass.AUTH: "authentication_required",
    DeclineClass.CONFIG: "processing_error",
}
CARD = "4242424242424242"

Verdict = Callable[[str, str, int], DeclineClass | None]
"""What a card says: subscription, card, and how often this charge was tried before. None pays."""
Mood = Callable[[str], str]
"""What becomes of a call for a subscription: "", "request_lost" or "answer_lost"."""


class RehearsedGateway(SandboxGateway):
    """The bank whose cards and network do as they are told."""

    def __init__(self, verdict: Verdict, mood: Mood) -> None:
        self.verdict, self.mood = verdict, mood
        self.subscriptions: dict[str, str] = {}

    def open_charge(self, *, charge: base.NewCharge, now: int) -> str:
        ref = super().open_charge(charge=charge, now=now)
        self.subscriptions[ref] = charge.metadata["subscription"]
        return ref

    def attempt(self, *, charge_ref: str, payment_method: str, key: str, **call: Any) -> base.Attempted:
        subscription = self.subscriptions[charge_ref]
        mood = self.mood(subscription)
        if mood == "request_lost":
            return base.Unknown("timeout")

        def refusal(method: Method, tries: int) -> str:
            cause = self.verdict(subscription, method.ref, tries)
            return CODES[cause] if cause is not None else ""

        answer = charging.take(
            charge_ref,
            Method.objects.get(ref=payment_method),
            key,
            call["initiator"],
            call["return_url"],
            call["now"],
            refusal=refusal,
        )
        return base.Unknown("timeout") if mood == "answer_lost" else answer


def save_card(setup_ref: str, now: int) -> None:
    """A reader saves a card that lasts longer than any rehearsal."""
    year = datetime.fromtimestamp(now, UTC).year + 50
    card = cards.Card(scenarios.CARDS[CARD], scenarios.Sim(), CARD[-4:], 12, year)
    cards.save_card(setup_ref, card, now)


def dispute(ours: str, kind: Kind, now: int) -> None:
    """The reader's bank takes sides about a charge; what it says of one charge is one dispute."""
    charge = Charge.objects.get(ours=ours)
    earlier = charge.events.filter(kind__startswith="dispute.").first()
    ref = earlier.object_ref if earlier is not None else new_ref()
    events.record(kind, ref, now, charge=charge, ours=charge.ours, money=charge.money)


def news_of(reader_ref: str, after: int) -> list[tuple[int, GatewayEvent]]:
    """What has happened about a reader's charges since, each with its number."""
    rows = Event.objects.filter(charge__customer__reader_ref=reader_ref, pk__gt=after)
    return [
        (event.pk, events.as_gateway_event(event)) for event in rows.select_related("charge").order_by("pk")
    ]


def send_nothing_more() -> None:
    """What the bank had to tell was told by the rehearsal."""
    Delivery.objects.filter(due_at__isnull=False).update(due_at=None)


def signed(event: GatewayEvent, now: int) -> tuple[dict[str, str], bytes]:
    """The message about an event, as it is sent."""
    body = webhooks.message(event)
    return {webhooks.HEADER: webhooks.sign(body, now)}, body
