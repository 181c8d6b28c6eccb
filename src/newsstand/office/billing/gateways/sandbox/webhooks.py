"""Signed messages from the sandbox bank: how they are written, sent, and told from forgeries.

The header carries the moment of sending and an HMAC of moment and body, so that a message can be neither
changed nor sent again later. The keys are made from SECRET_KEY and, so that it can be changed, from
SECRET_KEY_FALLBACKS.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db.models import Min

from newsstand.office.billing.gateways.base import BadWebhook
from newsstand.office.billing.gateways.sandbox import network
from newsstand.office.billing.gateways.sandbox.events import as_gateway_event
from newsstand.office.billing.gateways.sandbox.models import Delivery, Event
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money

HEADER = "Sandbox-Signature"
TOLERANCE = 300  # seconds by which sending and receiving may lie apart
RETRY_AFTER = (
    60,
    600,
    3600,
    86_400,
)  # seconds; after the last the message is given up, the list still has it
LEASE = 60  # seconds for which a message being sent is nobody else's

Post = Callable[[Mapping[str, str], bytes], bool]


def sign(body: bytes, now: int, secret: bytes | None = None) -> str:
    """The header for a body sent at `now`: "t=1795000000,v1=<hex>"."""
    return f"t={now},v1={_mac(body, str(now), secret or _secrets()[0])}"


def body_of(event: Event) -> bytes:
    """The message about an event of ours."""
    return message(as_gateway_event(event))


def message(event: GatewayEvent) -> bytes:
    """An event as it is written into a message."""
    return json.dumps(_as_json(event), sort_keys=True).encode()


def read(headers: Mapping[str, str], body: bytes, now: int) -> tuple[GatewayEvent, ...]:
    """The events of a message. Raises BadWebhook: wrong signature, too old, unreadable."""
    given = {name.lower(): value for name, value in headers.items()}.get(HEADER.lower(), "")
    parts = dict(part.partition("=")[::2] for part in given.split(","))
    sent_at, mac = parts.get("t", ""), parts.get("v1", "")
    if not sent_at.isdecimal() or not any(
        hmac.compare_digest(_mac(body, sent_at, secret).encode(), mac.encode()) for secret in _secrets()
    ):
        raise BadWebhook("wrong signature")
    if abs(now - int(sent_at)) > TOLERANCE:
        raise BadWebhook("too old")
    try:
        return (_event_of(json.loads(body)),)
    except (ValueError, KeyError, TypeError) as error:
        raise BadWebhook("unreadable") from error


def deliver_due(now: int, post: Post) -> int:
    """Send what is due by `now`; returns how many messages were taken. Call it again until it returns 0.

    `post(headers, body)` says whether the newsroom took the message. What it did not take is sent again after
    1 minute, 10 minutes, an hour and a day. Where the network is disturbed, each first meets its fate there.
    """
    taken, due = 0, Delivery.objects.filter(due_at__lte=now)
    if network.send_off(now):
        due = due.exclude(
            way=Delivery.Way.AT_HOME, tries=0
        )  # one that is written this moment leaves next time
    for delivery in due.select_related("event__charge").order_by("due_at", "id"):
        if not _claimed(delivery, now):
            continue
        body = body_of(delivery.event)
        if post({HEADER: sign(body, now)}, body):
            Delivery.objects.filter(pk=delivery.pk).update(due_at=None, delivered_at=now)
            taken += 1
        else:
            wait = RETRY_AFTER[delivery.tries] if delivery.tries < len(RETRY_AFTER) else None
            Delivery.objects.filter(pk=delivery.pk).update(due_at=None if wait is None else now + wait)
    return taken


_doors: list[Post] = []


def use_door(post: Post) -> None:
    """Say how messages reach the newsroom of this process, for those that overtake an answer."""
    _doors[:] = [post]


def deliver_first(now: int) -> None:
    """Send what is due before the answer is given ("SIM WEBHOOK FIRST")."""
    for post in _doors:
        deliver_due(now, post)


def next_due_at() -> int | None:
    """The moment of the earliest message that waits, or None."""
    found: int | None = Delivery.objects.aggregate(earliest=Min("due_at"))["earliest"]
    return found


def _claimed(delivery: Delivery, now: int) -> bool:
    """Take the message for this sender: of two at once only one sees the row unchanged."""
    same = Delivery.objects.filter(pk=delivery.pk, due_at=delivery.due_at, tries=delivery.tries)
    return same.update(due_at=now + LEASE, tries=delivery.tries + 1) == 1


def _secrets() -> tuple[bytes, ...]:
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return tuple(hashlib.sha256(b"sandbox webhooks:" + str(key).encode()).digest() for key in keys)


def _mac(body: bytes, sent_at: str, secret: bytes) -> str:
    return hmac.new(secret, sent_at.encode() + b"." + body, hashlib.sha256).hexdigest()


def _as_json(event: GatewayEvent) -> dict[str, Any]:
    return {
        "object": event.object_id,
        "kind": event.kind.value,
        "at": event.at,
        "charge": event.charge_id,
        "ref": event.ref,
        "amount": event.amount.amount if event.amount else None,
        "currency": event.amount.currency if event.amount else "",
        "code": event.code,
        "cause": event.cause.value if event.cause else "",
        "fee": event.fee.amount if event.fee else None,
    }


def _event_of(told: dict[str, Any]) -> GatewayEvent:
    return GatewayEvent(
        gateway="sandbox",
        object_id=told["object"],
        kind=Kind(told["kind"]),
        at=int(told["at"]),
        charge_id=told["charge"],
        ref=told["ref"],
        amount=Money(told["amount"], told["currency"]) if told["amount"] is not None else None,
        code=told["code"],
        cause=DeclineClass(told["cause"]) if told["cause"] else None,
        fee=Money(told["fee"], told["currency"]) if told.get("fee") is not None else None,
    )
