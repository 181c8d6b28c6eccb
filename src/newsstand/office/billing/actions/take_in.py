"""Taking in what stands in a gateway's own list and was not heard here."""

from datetime import datetime

from newsstand.office.billing.actions.record_attempt import record_attempt
from newsstand.office.billing.actions.record_gateway_event import record_gateway_event
from newsstand.office.billing.actions.reopen_invoice import reopen_invoice
from newsstand.office.billing.gateways import base
from newsstand.office.billing.queries.lost import LostInvoice
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind


def take_in(*, event: GatewayEvent, lost: LostInvoice | None, via: str, by: str, now: datetime) -> bool:
    """Take in one event as a webhook would bring it; False if it was known.

    `lost` is what a restored backup has forgotten, and is written again first. Nothing is ever charged by this.
    """
    has_tried = event.kind.thing == "charge" and event.kind is not Kind.CHARGE_CANCELED
    attempt = reopen_invoice(event=event, lost=lost, by=by, now=now) if has_tried else None
    if attempt is not None and event.kind is Kind.CHARGE_FAILED and event.cause is not None:
        declined = base.Declined(event.charge_id, event.code, event.cause)
        record_attempt(attempt=attempt, outcome=declined, via=via, by=by, now=now)
    return record_gateway_event(event=event, via=via, by=by, now=now)
