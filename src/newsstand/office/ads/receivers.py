"""Whoever changes a row of this desk, by an action or on a staff page: it is announced."""

from typing import Any

from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from newsstand.office.ads.models import Creative, Slot
from newsstand.office.ads.signals import ads_changed


def connect() -> None:
    """Called once, when the application is ready."""
    for model in (Slot, Creative):
        post_save.connect(_changed, sender=model, dispatch_uid=f"ads.saved.{model.__name__}")
        post_delete.connect(_changed, sender=model, dispatch_uid=f"ads.deleted.{model.__name__}")


def _changed(sender: type[Model], **kwargs: Any) -> None:
    ads_changed.send(sender)
