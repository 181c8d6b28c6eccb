"""The one row lock of billing: whoever changes a sale, its invoices or attempts holds its row first."""

from newsstand.office.billing.models import Purchase, Subscription
from newsstand.office.billing.models.sales import OfSale

WITH = ("plan", "offer", "account", "payment_method")


def locked(subscription_id: int) -> Subscription:
    """The subscription as it stands now, locked until the end of the transaction."""
    rows = Subscription.objects.select_for_update(of=("self",))
    return rows.select_related(*WITH).get(pk=subscription_id)


def locked_purchase(purchase_id: int) -> Purchase:
    """The purchase as it stands now, locked until the end of the transaction."""
    rows = Purchase.objects.select_for_update(of=("self",))
    return rows.select_related(*WITH).get(pk=purchase_id)


def locked_again(sale: Subscription | Purchase) -> Subscription | Purchase:
    """A sale as it stands now, locked until the end of the transaction."""
    return locked(sale.pk) if isinstance(sale, Subscription) else locked_purchase(sale.pk)


def locked_sale(row: OfSale) -> Subscription | Purchase:
    """The sale of an invoice, consent or visit to the card page, as it stands now and locked."""
    if row.subscription_id is not None:
        return locked(row.subscription_id)
    return locked_purchase(row.purchase_id or 0)
