"""What other desks tell of that the policy is made of, and rows that are deleted."""

from datetime import datetime
from typing import Any

from django.db.models.signals import post_delete

from newsstand.office.access import actions
from newsstand.office.access.models import Gift, HandOffer, ReaderGroup
from newsstand.office.accounts.signals import account_closed
from newsstand.office.articles.signals import menu_changed
from newsstand.office.billing.signals import offers_changed
from newsstand.office.kit import clock
from newsstand.office.kit.signals import publication_changed


def connect() -> None:
    """Called once, when the application is ready."""
    offers_changed.connect(_changed, dispatch_uid="access.offers_changed")
    publication_changed.connect(_changed, dispatch_uid="access.publication_changed")
    menu_changed.connect(_changed, dispatch_uid="access.sections_changed")
    account_closed.connect(_giver_shut_out, dispatch_uid="access.account_closed")
    post_delete.connect(_gift_deleted, sender=Gift, dispatch_uid="access.gift_deleted")
    for model in (ReaderGroup, HandOffer):
        post_delete.connect(_changed, sender=model, dispatch_uid=f"access.deleted.{model.__name__}")


def _changed(sender: Any, **kwargs: Any) -> None:
    actions.post_policy()


def _giver_shut_out(sender: Any, *, account: Any, by: str, now: datetime, **kwargs: Any) -> None:
    actions.revoke_gifts_of(account=account, by=by, now=now)


def _gift_deleted(sender: Any, *, instance: Gift, **kwargs: Any) -> None:
    """With its giver's account, above all: a link is signed, and needs no row to open."""
    now = clock.now()
    if instance.revoked_at is None and now < instance.until:
        actions.end_gift(gift=instance, now=now)
