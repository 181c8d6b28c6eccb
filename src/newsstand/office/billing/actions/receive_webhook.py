"""A message from a gateway: checked, then taken in."""

from collections.abc import Mapping
from datetime import datetime

from newsstand.office.billing.actions.gateway_in_use import UnknownGateway, gateway
from newsstand.office.billing.actions.record_gateway_event import record_gateway_event
from newsstand.office.billing.gateways.base import BadWebhook
from newsstand.office.kit import clock


def receive_webhook(*, gateway_name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Take a webhook in; False, and nothing kept, for one that is not this gateway's, too old, or unreadable."""
    try:
        events = gateway(gateway_name).parse_webhook(headers=headers, body=body, now=clock.to_unix(now))
    except (BadWebhook, UnknownGateway):
        return False
    for event in events:
        record_gateway_event(event=event, via="webhook", by="system", now=now)
    return True
