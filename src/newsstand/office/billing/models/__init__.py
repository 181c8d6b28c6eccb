"""What is sold, who bought it, what was charged, and what the gateways and readers said."""

from newsstand.office.billing.models.consents import CardSetup, Consent, PaymentMethod
from newsstand.office.billing.models.invoices import Attempt, Invoice
from newsstand.office.billing.models.ledger import GatewayEvent, Transfer
from newsstand.office.billing.models.plans import Offer, OfferStep, Plan, Price
from newsstand.office.billing.models.price_notices import PriceNotice
from newsstand.office.billing.models.purchases import Purchase
from newsstand.office.billing.models.subscriptions import Subscription
from newsstand.office.billing.models.upkeep import BooksAudit, ChargingStop, EventList, Refund

__all__ = [
    "Attempt",
    "BooksAudit",
    "CardSetup",
    "ChargingStop",
    "Consent",
    "EventList",
    "GatewayEvent",
    "Invoice",
    "Offer",
    "OfferStep",
    "PaymentMethod",
    "Plan",
    "Price",
    "PriceNotice",
    "Purchase",
    "Refund",
    "Subscription",
    "Transfer",
]
