"""What other desks tell of that the policy is made of."""

from typing import Any

from newsstand.office.access import actions
from newsstand.office.articles.signals import menu_changed
from newsstand.office.billing.signals import offers_changed
from newsstand.office.kit.signals import publication_changed


def connect() -> None:
    """Called once, when the application is ready."""
    offers_changed.connect(_changed, dispatch_uid="access.offers_changed")
    publication_changed.connect(_changed, dispatch_uid="access.publication_changed")
    menu_changed.connect(_changed, dispatch_uid="access.sections_changed")


def _changed(sender: Any, **kwargs: Any) -> None:
    actions.post_policy()
