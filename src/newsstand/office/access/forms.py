"""The forms of the desk: the access rules, groups, offers by hand, and the question why."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.models.policy import LONGEST_GIFT
from newsstand.office.articles.levels import LEVELS
from newsstand.office.kit import clock
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.policy import LARGEST_ALLOWANCE, MOST_GIFT_DEVICES, MOST_NEW_DEVICES


class AccessPolicyForm(WagtailAdminModelForm):
    """Saves through the one action that tells the board, once its author has seen what it does to the archive."""

    data: QueryDict
    moving = ""  # what a change would move, in words, while its author has not seen it
    agreed = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Refuse what would surprise: an end that is over, an account that reads less than none."""
        cleaned: dict[str, Any] = super().clean()
        self._check_allowances(cleaned.get("device_allowance"), cleaned.get("reader_allowance"))
        until = cleaned.get("open_until")
        if "open_until" in self.changed_data and until is not None and until <= clock.now():
            self.add_error("open_until", _("Choose a moment that is still to come, or leave this empty."))
        if cleaned.get("open_section") and not until:
            self.add_error("open_until", _("Say until when this section is open, or choose no section."))
        self._check_numbers(cleaned)
        self._check_rules(cleaned)
        return cleaned

    def _post_clean(self) -> None:
        """With all fields in order: show what would move, and save only what was shown."""
        super()._post_clean()
        if self.errors:
            return
        now = clock.now()
        found = queries.moves(queries.rules_of_site(), self.instance, now)
        seen = sha256(repr(sorted(actions.values_of(self.instance).items())).encode()).hexdigest()
        if found and self.cleaned_data.get("agreed") != seen:
            shown = self.data.copy()
            shown[self.add_prefix("agreed")] = seen
            self.data = shown
            self.moving = moves_in_words(found)

    def _check_rules(self, cleaned: dict[str, Any]) -> None:
        """Refuse rules that can never decide, or that name what is gone, each with the reason."""
        if cleaned.get("rules") is None:
            return
        for problem in queries.rule_problems(AccessPolicy(rules=cleaned["rules"])):
            self.add_error("rules", problem)

    def _check_numbers(self, cleaned: dict[str, Any]) -> None:
        bounds = {
            "gifts_a_month": (0, LARGEST_ALLOWANCE),
            "gift_days": (1, LONGEST_GIFT),
            "gift_devices": (1, MOST_GIFT_DEVICES),
            "new_devices": (0, MOST_NEW_DEVICES),
        }
        for name, (least, most) in bounds.items():
            value = cleaned.get(name)
            if value is not None and not least <= value <= most:
                words = _("Write a number from %(least)s to %(most)s.")
                self.add_error(name, ValidationError(words, params={"least": least, "most": most}))

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
        """Save the rules and post them; without `commit` nothing is saved. What was not seen is never saved."""
        if self.moving:
            raise ValueError(self.moving)
        row: AccessPolicy = super().save(commit=False)
        if commit:
            actions.change_policy(row=row, by=f"staff:{self.for_user.reader_id}", now=clock.now())
        return row


class ByHandForm(WagtailAdminModelForm):
    """A group or an offer by hand: saved through the action that tells the board."""

    def save(self, commit: bool = True) -> Any:
        """Save and post; without `commit` nothing is saved."""
        row = super().save(commit=False)
        if commit:
            actions.keep_by_hand(row=row, by=f"staff:{self.for_user.reader_id}", now=clock.now())
        return row


class WhyForm(forms.Form):
    """As whom a story is asked for, and when."""

    url = forms.CharField(label=_("Story"), help_text=_("Its address or its path."), max_length=500)
    reader = forms.EmailField(
        label=_("Reader"), required=False, help_text=_("E-mail address. Empty: somebody unknown.")
    )
    read = forms.IntegerField(
        label=_("Has read so many other metered stories"),
        required=False,
        min_value=0,
        max_value=LARGEST_ALLOWANCE,
        help_text=_("Empty: for a reader, what was really counted."),
    )
    gift = forms.CharField(label=_("With this gift link"), required=False, max_length=500)
    address = forms.CharField(label=_("From this network address"), required=False, max_length=50)
    at = forms.DateTimeField(label=_("At"), required=False, help_text=_("Empty: now."))

    def clean_url(self) -> str:
        """The path; an address elsewhere is refused beside its field."""
        try:
            return queries.story_path(self.cleaned_data["url"])
        except queries.CannotBeAsked as error:
            raise ValidationError(f"{error}.") from error

    def clean_at(self) -> datetime | None:
        """Refuse a year that no calendar can reckon with."""
        at: datetime | None = self.cleaned_data["at"]
        try:
            return None if at is None else queries.checked_moment(at)
        except queries.CannotBeAsked as error:
            raise ValidationError(_("Write another moment: %(why)s."), params={"why": error}) from error


class LevelsForm(forms.Form):
    """Which stories of the list of levels are looked for. A level that is none narrows nothing."""

    q = forms.CharField(label=_("Words of the headline or the address"), required=False, max_length=200)
    level = forms.ChoiceField(label=_("Level now"), required=False, choices=[("", _("Any")), *LEVELS])

    def fits(self, row: queries.Resolved) -> bool:
        """Whether this story is among those looked for: each word stands in its headline or its address."""
        text = f"{row.title} {row.address}".casefold()
        words = self.cleaned_data.get("q", "").casefold().split()
        level = self.cleaned_data.get("level")
        return all(word in text for word in words) and (not level or row.level.value == level)


def moves_in_words(found: Mapping[tuple[Level, Level], int]) -> str:
    """What a change of rules does to the archive: "312 stories move from free to metered."."""
    names = {value: str(label).partition(":")[0].lower() for value, label in LEVELS}
    said = [
        ngettext(
            "%(n)d story moves from %(old)s to %(new)s.", "%(n)d stories move from %(old)s to %(new)s.", n
        )
        % {"n": n, "old": names[old.value], "new": names[new.value]}
        for (old, new), n in sorted(found.items())
    ]
    return " ".join([*said, gettext("Nothing is saved yet. Save once more to let it hold.")])
