"""Framework signals that the kit listens to."""

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save

from newsstand.office.kit import language, queries
from newsstand.office.kit.models import Publication
from newsstand.office.kit.signals import publication_changed


def connect() -> None:
    """Called once, when the application is ready."""
    post_save.connect(_publication_saved, sender=Publication, dispatch_uid="kit.publication_saved")


def _publication_saved(sender: type[Publication], **kwargs: Any) -> None:
    queries.forget_publication()
    transaction.on_commit(language.put_on_board, robust=True)
    publication_changed.send(sender)
