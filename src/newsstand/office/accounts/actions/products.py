"""What rights are for."""

from datetime import datetime

from django.db import transaction

from newsstand.office.accounts.models import Product
from newsstand.office.accounts.signals import products_changed
from newsstand.office.kit import audit


@transaction.atomic
def keep_product(*, code: str, name: str, by: str, now: datetime) -> Product:
    """The product of this code; made with this name where there is none."""
    product, is_new = Product.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        audit.record(by=by, verb="add_product", subject=f"product:{code}", after={"name": name}, now=now)
        products_changed.send(Product)
    return product


@transaction.atomic
def rename_product(*, product: Product, name: str, by: str, now: datetime) -> str:
    """Give a product another name; returns the one before. Its code stands in grants and stays."""
    kept = Product.objects.select_for_update().get(pk=product.pk)
    before = kept.name
    if before != name:
        kept.name = name
        kept.save(update_fields=["name"])
        audit.record(
            by=by,
            verb="rename_product",
            subject=f"product:{kept.code}",
            before={"name": before},
            after={"name": name},
            now=now,
        )
        products_changed.send(Product)
    return before
