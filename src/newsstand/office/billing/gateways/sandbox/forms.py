"""The form of the card page, which keeps what was typed, but never the number or the security code; and the form in
which staff disturb the network."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsstand.office.billing.gateways.declines import DECLINES
from newsstand.office.billing.gateways.sandbox.cards import Card
from newsstand.office.billing.gateways.sandbox.network import LONGEST_DELAY, BadDisturbance, Disturbance
from newsstand.office.billing.gateways.sandbox.scenarios import CARDS, SIMS, Sim, UnknownSim, sim_of


class SecretInput(forms.TextInput):
    """A text field whose value is never written into a page."""

    def format_value(self, value: Any) -> None:
        return None


class CardForm(forms.Form):
    """A card as typed. `today` is the site's day, by which an expiry is judged."""

    number = forms.CharField(
        label=_("Card number"),
        help_text=_("A test card, such as 4242 4242 4242 4242. Never type a real one here."),
        max_length=40,
        widget=SecretInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Please type the number of a test card.")},
    )
    name = forms.CharField(
        label=_("Name on the card"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Please type the name on the card.")},
    )
    expiry = forms.CharField(
        label=_("Expires"),
        help_text=_("Month and year, such as 04/29"),
        max_length=9,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "off", "placeholder": _("MM/YY")}
        ),
        error_messages={"required": _("Please type the month and the year in which the card expires.")},
    )
    cvc = forms.CharField(
        label=_("Security code"),
        help_text=_("3 digits on the back; American Express: 4 digits on the front"),
        max_length=4,
        widget=SecretInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Please type the security code.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_number(self) -> str:
        digits = re.sub(r"[\s-]", "", self.cleaned_data["number"])
        if not re.fullmatch(r"[0-9]{12,19}", digits):
            raise forms.ValidationError(_("A card number has 12 to 19 digits. Please check it."))
        if digits not in CARDS:
            raise forms.ValidationError(
                _("This is not one of the test cards. 4242 4242 4242 4242 pays; never type a real card here.")
            )
        return digits

    def clean_name(self) -> Sim:
        try:
            return sim_of(self.cleaned_data["name"])
        except UnknownSim as error:
            raise forms.ValidationError(
                _("There is no %(name)s. There are: %(known)s."),
                params={"name": str(error), "known": ", ".join(SIMS)},
            ) from error

    def clean_expiry(self) -> tuple[int, int]:
        found = re.fullmatch(r"\s*([0-9]{1,2})\s*[/. -]?\s*((?:20)?[0-9]{2})\s*", self.cleaned_data["expiry"])
        if not found or not 1 <= int(found[1]) <= 12:
            raise forms.ValidationError(_("Please type month and year, such as 04/29."))
        month, year = int(found[1]), 2000 + int(found[2]) % 100
        if (year, month) < (self.today.year, self.today.month):
            raise forms.ValidationError(_("This card has expired. Please use another card."))
        return month, year

    def clean_cvc(self) -> str:
        if not re.fullmatch(r"[0-9]{3,4}", self.cleaned_data["cvc"]):
            raise forms.ValidationError(_("The security code has 3 or 4 digits."))
        return ""

    def clean(self) -> dict[str, Any]:
        """A card that is in order by itself is shown to the bank, which may refuse it at once."""
        cleaned = super().clean() or {}
        if not self.errors:
            refused = DECLINES.get(CARDS[cleaned["number"]].refused_at_setup)
            if refused is not None:
                self.add_error(refused.field, forms.ValidationError(str(refused.sentence), code=refused.code))
        return cleaned

    def card(self) -> Card:
        """What is kept of a valid card."""
        number, (month, year) = self.cleaned_data["number"], self.cleaned_data["expiry"]
        return Card(CARDS[number], self.cleaned_data["name"], number[-4:], month, year)


class NetworkForm(forms.Form):
    """What shall happen to the bank's messages on their way."""

    delay_from = forms.IntegerField(
        label=_("Late by at least (seconds)"), min_value=0, max_value=LONGEST_DELAY
    )
    delay_to = forms.IntegerField(
        label=_("Late by at most (seconds)"),
        help_text=_("By the site's clock: an hour is 3600, a day 86400."),
        min_value=0,
        max_value=LONGEST_DELAY,
    )
    loss = forms.IntegerField(
        label=_("Lost (per cent)"),
        help_text=_(
            "What was lost still stands in the bank's list, and is found when books and bank are compared."
        ),
        min_value=0,
        max_value=100,
    )
    duplication = forms.IntegerField(label=_("Sent twice (per cent)"), min_value=0, max_value=100)
    disorder = forms.IntegerField(
        label=_("Overtaken by the next one (per cent)"),
        help_text=_("A message that nobody overtakes goes on after a day."),
        min_value=0,
        max_value=100,
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("The same seed is the same story."),
        min_value=0,
        max_value=2**31 - 1,
    )

    def clean(self) -> dict[str, Any]:
        """A span has a beginning and an end."""
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                self.asked = Disturbance(**cleaned)
            except BadDisturbance as error:
                self.add_error("delay_to", str(error))
        return cleaned
