"""What billing hears from the framework, and from the desk whose products it sells."""

from typing import Any

from django.db.models.signals import post_delete, post_save

from newsstand.office.accounts.signals import products_changed
from newsstand.office.billing.models import Offer, Plan
from newsstand.office.billing.signals import offers_changed


def connect() -> None:
    """Called once, when the application is ready."""
    products_changed.connect(_say_offers_changed, dispatch_uid="billing.products_changed")
    for model in (Plan, Offer):
        for saved in (post_save, post_delete):
            saved.connect(_say_offers_changed, sender=model, dispatch_uid=f"billing.{model.__name__}")


def _say_offers_changed(sender: Any, **kwargs: Any) -> None:
    if not kwargs.get("raw", False):
        offers_changed.send(sender=sender)
