"""The forms of ordering, and those of staff."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsstand.office.accounts.forms import EmailForm
from newsstand.office.billing.queries.terms import Terms
from newsstand.rules.money import Money


class ConsentForm(forms.Form):
    """The box to tick, with the terms' own statement beside it, and the mark of the text that was shown."""

    agreed = forms.BooleanField(
        error_messages={"required": _("Please tick this box if you agree. Without it nothing is charged.")}
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, terms: Terms) -> None:
        super().__init__(data, initial={"shown": terms.sha256})
        self.terms = terms
        self.fields["agreed"].label = terms.statement

    def clean_shown(self) -> str:
        """Who was shown another price or date, yesterday or before a change, sees the present one first."""
        shown: str = self.cleaned_data["shown"]
        if shown != self.terms.sha256:
            raise forms.ValidationError(
                _("The terms have changed since you opened this page. Please read them again.")
            )
        return shown


class StrangersOrderForm(EmailForm, ConsentForm):
    """The same for who is not signed in yet: with the address to which the code goes."""

    field_order = ("email", "agreed", "shown")


class ReasonForm(forms.Form):
    """Why one of the staff does something to a subscription or a purchase."""

    why = forms.CharField(label=_("Why"), max_length=200)


class RefundForm(ReasonForm):
    """How much of an invoice goes back. `key` stays the same from the first page to the button that does it, so that
    pressing twice is one refund."""

    amount = forms.CharField(label=_("Amount"), max_length=20)
    ends_sale = forms.BooleanField(required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("amount", "why", "ends_sale", "key")

    def __init__(self, data: Mapping[str, Any] | None, *, currency: str, ending: str, **given: Any) -> None:
        super().__init__(data, **given)
        self.currency = currency
        self.fields["ends_sale"].label = ending
        if not ending:
            del self.fields["ends_sale"]

    def clean_amount(self) -> Money:
        """The amount as money of the invoice's currency."""
        try:
            return Money.read(self.cleaned_data["amount"], self.currency)
        except ValueError as error:
            example = Money(150, self.currency).typed
            said = _("Write an amount of %(currency)s in figures alone, for example %(example)s.")
            words = {"currency": self.currency, "example": example}
            raise forms.ValidationError(said, params=words) from error
