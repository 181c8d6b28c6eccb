"""Questions about plans, offers, subscriptions and what is due."""

from newsstand.office.billing.queries.due import last_attempt as last_attempt
from newsstand.office.billing.queries.due import next_due as next_due
from newsstand.office.billing.queries.due import next_moment as next_moment
from newsstand.office.billing.queries.due import revenue_waits as revenue_waits
from newsstand.office.billing.queries.due import unsettled_attempt as unsettled_attempt
from newsstand.office.billing.queries.offers import OfferFacts as OfferFacts
from newsstand.office.billing.queries.offers import offer_facts as offer_facts
from newsstand.office.billing.queries.offers import offer_on_sale as offer_on_sale
from newsstand.office.billing.queries.offers import offers_on_the_wall as offers_on_the_wall
from newsstand.office.billing.queries.offers import products_on_sale as products_on_sale
from newsstand.office.billing.queries.readers import NextCharge as NextCharge
from newsstand.office.billing.queries.readers import grace_starts_on as grace_starts_on
from newsstand.office.billing.queries.readers import last_paid as last_paid
from newsstand.office.billing.queries.readers import money_free as money_free
from newsstand.office.billing.queries.readers import money_left as money_left
from newsstand.office.billing.queries.readers import newest_invoice as newest_invoice
from newsstand.office.billing.queries.readers import next_charge as next_charge
from newsstand.office.billing.queries.readers import open_charges as open_charges
from newsstand.office.billing.queries.readers import paid_invoices as paid_invoices
from newsstand.office.billing.queries.readers import purchase_ordered as purchase_ordered
from newsstand.office.billing.queries.readers import purchase_running as purchase_running
from newsstand.office.billing.queries.readers import reader_state as reader_state
from newsstand.office.billing.queries.readers import running_subscriptions as running_subscriptions
from newsstand.office.billing.queries.readers import subscription_of as subscription_of
from newsstand.office.billing.queries.readers import unpaid_period as unpaid_period
from newsstand.office.billing.queries.readers import unpaid_periods as unpaid_periods
