"""The one row lock of billing: whoever changes a subscription, its invoices or attempts holds its row first."""

from newsstand.office.billing.models import Subscription


def locked(subscription_id: int) -> Subscription:
    """The subscription as it stands now, locked until the end of the transaction."""
    rows = Subscription.objects.select_for_update(of=("self",))
    return rows.select_related("plan", "offer", "account", "payment_method").get(pk=subscription_id)
