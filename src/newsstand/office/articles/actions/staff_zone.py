"""The clock of the staff's pages."""

from typing import TYPE_CHECKING

from wagtail.users.models import UserProfile

from newsstand.office.kit.queries import NoPublication, publication

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


def set_staff_zone(account: "Account") -> None:
    """Let a member of staff who chose no time zone write and read moments in the publication's, not in UTC."""
    profile = UserProfile.get_for_user(account)
    if profile.current_time_zone:
        return
    try:
        profile.current_time_zone = publication().zone
    except NoPublication:  # an administrator who signs in before the publication is made
        return
    profile.save(update_fields=["current_time_zone"])
