"""A message from a gateway: checked, then taken in."""

import logging
from collections.abc import Mapping
from datetime import datetime

from newsstand.office.billing.actions.gateway_in_use import UnknownGateway, gateway
from newsstand.office.billing.actions.record_gateway_event import record_gateway_event
from newsstand.office.billing.gateways.base import BadWebhook, NotAllowed
from newsstand.office.kit import clock

log = logging.getLogger(__name__)

WEBHOOK_REFUSED = "webhook_refused gateway=%s why=%s"


def receive_webhook(*, gateway_name: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Take a webhook in; False, and nothing kept, for one that is not this gateway's, too old, or unreadable.

    Anyone can knock at this door, so that a refusal is a line in the log and no row.
    """
    try:
        events = gateway(gateway_name).parse_webhook(headers=headers, body=body, now=clock.to_unix(now))
    except (BadWebhook, NotAllowed, UnknownGateway) as refusal:
        log.warning(WEBHOOK_REFUSED, gateway_name, refusal)
        return False
    for event in events:
        record_gateway_event(event=event, via="webhook", by="system", now=now)
    return True
