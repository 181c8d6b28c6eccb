"""The form of the access rules."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from newsstand.office.access import actions
from newsstand.office.access.models import AccessPolicy
from newsstand.office.kit import clock
from newsstand.rules.gate.policy import LARGEST_ALLOWANCE


class AccessPolicyForm(WagtailAdminModelForm):
    """Saves through the one action that tells the board."""

    def clean(self) -> dict[str, Any]:
        """Refuse what would surprise: an end that is over, an account that reads less than none."""
        cleaned: dict[str, Any] = super().clean()
        self._check_allowances(cleaned.get("device_allowance"), cleaned.get("reader_allowance"))
        until = cleaned.get("open_until")
        if "open_until" in self.changed_data and until is not None and until <= clock.now():
            self.add_error("open_until", _("Choose a moment that is still to come, or leave this empty."))
        if cleaned.get("open_section") and not until:
            self.add_error("open_until", _("Say until when this section is open, or choose no section."))
        return cleaned

    def _check_allowances(self, device: int | None, reader: int | None) -> None:
        for name, value in (("device_allowance", device), ("reader_allowance", reader)):
            if value is not None and value > LARGEST_ALLOWANCE:
                most = ValidationError(
                    _("Write a number from 0 to %(most)s."), params={"most": LARGEST_ALLOWANCE}
                )
                self.add_error(name, most)
        if device is not None and reader is not None and reader < device:
            self.add_error(
                "reader_allowance",
                _("A reader with an account must not read less than one without: write at least %(least)s.")
                % {"least": device},
            )

    def save(self, commit: bool = True) -> AccessPolicy:
        """Save the rules and post them; without `commit` nothing is saved."""
        row: AccessPolicy = super().save(commit=False)
        if commit:
            actions.change_policy(row=row, by=f"staff:{self.for_user.reader_id}", now=clock.now())
        return row
