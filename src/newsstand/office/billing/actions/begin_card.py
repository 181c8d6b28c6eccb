"""Sending a reader to the gateway's card page."""

from datetime import datetime

from newsstand.office.billing.actions.gateway_in_use import NEW_CARDS, gateway
from newsstand.office.billing.gateways.base import Mandate
from newsstand.office.billing.models import CardSetup, Consent, Purchase, Subscription
from newsstand.office.kit import clock


def begin_card(
    *,
    sale: Subscription | Purchase,
    consent: Consent,
    button: str,
    next_path: str,
    return_url: str,
    now: datetime,
) -> str:
    """Open a card page for a sale and return its address; the row tells the way back."""
    used, moment, account = gateway(NEW_CARDS), clock.to_unix(now), sale.account
    customer = used.ensure_customer(reader_ref=account.reader_id, email=account.email, now=moment)
    mandate = Mandate(consent_ref=consent.public_id.hex, text=consent.text, button=button)
    setup = used.begin_setup(customer=customer, return_url=return_url, mandate=mandate, now=moment)
    row = CardSetup(gateway=used.name, ref=setup.ref, customer=customer, next_path=next_path, begun_at=now)
    row.sale = sale
    row.save()
    return setup.redirect_url
