"""The one row lock of billing: whoever changes a sale, its invoices or attempts holds its row first."""

from collections.abc import Sequence

from newsstand.office.billing.models import Purchase, Subscription
from newsstand.office.billing.models.sales import OfSale

PRICES = {Subscription: ("offer__steps", "price_notices"), Purchase: ("offer__steps",)}
WITH = ("plan", "offer", "account", "payment_method")


def locked(subscription_id: int) -> Subscription:
    """The subscription as it stands now, locked until the end of the transaction."""
    rows = Subscription.objects.select_for_update(of=("self",))
    row = rows.select_related(*WITH).get(pk=subscription_id)
    _read_plan_once(row)
    return row


def locked_purchase(purchase_id: int) -> Purchase:
    """The purchase as it stands now, locked until the end of the transaction."""
    rows = Purchase.objects.select_for_update(of=("self",))
    row = rows.select_related(*WITH).get(pk=purchase_id)
    _read_plan_once(row)
    return row


def _read_plan_once(sale: Subscription | Purchase) -> None:
    """The offer's plan is the plan that was bought by it."""
    if sale.offer.plan_id == sale.plan_id:
        sale.offer.plan = sale.plan


def all_locked(
    rows: Sequence[OfSale | Subscription], *, with_all: bool = True
) -> list[Subscription | Purchase]:
    """The sales of several rows, each of another one, as they stand now; always locked in the same order, so that
    no two wait for one another. Reader, card, plan and offer come with them, unless nobody will ask for those."""
    owners = [_owner(row) for row in rows]
    found: dict[tuple[str, int], Subscription | Purchase] = {}
    for model in (Subscription, Purchase):
        ids = [pk for kind, pk in owners if kind == model.kind]
        if ids:
            held = model.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
            if with_all:
                held = held.select_related(*WITH)
                held = held.prefetch_related(*PRICES[model]) if len(ids) > 1 else held
            for row in held:
                if with_all:
                    _read_plan_once(row)
                found[(model.kind, row.pk)] = row
    return [found[owner] for owner in owners]


def _owner(row: OfSale | Subscription) -> tuple[str, int]:
    if isinstance(row, Subscription):
        return Subscription.kind, row.pk
    if row.subscription_id is not None:
        return Subscription.kind, row.subscription_id
    return Purchase.kind, row.purchase_id or 0


def locked_again(sale: Subscription | Purchase) -> Subscription | Purchase:
    """A sale as it stands now, locked until the end of the transaction."""
    return locked(sale.pk) if isinstance(sale, Subscription) else locked_purchase(sale.pk)


def locked_sale(row: OfSale) -> Subscription | Purchase:
    """The sale of an invoice, consent or visit to the card page, as it stands now and locked."""
    if row.subscription_id is not None:
        return locked(row.subscription_id)
    return locked_purchase(row.purchase_id or 0)
