"""What comments hear from lower desks."""

from typing import TYPE_CHECKING, Any

from newsstand.office.accounts.signals import reader_renamed
from newsstand.office.comments import actions

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


def connect() -> None:
    """Called once, when the application is ready."""
    reader_renamed.connect(_renamed, dispatch_uid="comments.reader_renamed")


def _renamed(sender: Any, account: "Account", **kwargs: Any) -> None:
    actions.show_new_name(account=account)
