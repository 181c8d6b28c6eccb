"""What other desks tell of that the policy is made of, and rows that are deleted."""

from typing import Any

from django.db.models.signals import post_delete

from newsstand.office.access import actions
from newsstand.office.access.models import HandOffer, ReaderGroup
from newsstand.office.articles.signals import menu_changed
from newsstand.office.billing.signals import offers_changed
from newsstand.office.kit.signals import publication_changed


def connect() -> None:
    """Called once, when the application is ready."""
    offers_changed.connect(_changed, dispatch_uid="access.offers_changed")
    publication_changed.connect(_changed, dispatch_uid="access.publication_changed")
    menu_changed.connect(_changed, dispatch_uid="access.sections_changed")
    for model in (ReaderGroup, HandOffer):
        post_delete.connect(_changed, sender=model, dispatch_uid=f"access.deleted.{model.__name__}")


def _changed(sender: Any, **kwargs: Any) -> None:
    actions.post_policy()
