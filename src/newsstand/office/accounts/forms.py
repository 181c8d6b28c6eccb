"""The forms of signing in and of the account page."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.users.forms import UserCreationForm, UserEditForm

from newsstand.office.accounts import actions, queries
from newsstand.office.accounts.models import Product
from newsstand.office.kit import clock

DIGITS = 6
_SPACES = re.compile(r"[\s\-\u2010-\u2015]+")


class EmailForm(forms.Form):
    """One field: where the code is to be sent."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        error_messages={
            "required": _("Type your e-mail address, so that we can send you a code."),
            "invalid": _("This is not a complete e-mail address. It looks like name@example.com."),
            "max_length": _("This has %(show_value)d characters; an address has at most %(limit_value)d."),
        },
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"}
        ),
    )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        return email


class CodeForm(forms.Form):
    """The six digits from the mail; spaces and hyphens between them don't matter."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits, from the mail that we have just sent."),
        max_length=40,
        error_messages={
            "required": _("Type the six digits from the mail."),
            "max_length": _("A code has six digits, and this has %(show_value)d characters."),
        },
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "size": "10",
            }
        ),
    )

    def clean_code(self) -> str:
        code = _SPACES.sub("", self.cleaned_data["code"])
        if len(code) != DIGITS or not code.isdecimal():
            raise ValidationError(_("A code has six digits, like 123 456. This try was not counted."))
        return "".join(str(int(digit)) for digit in code)


class NameForm(forms.Form):
    """The name that stands beside a reader's comments."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_("Stands beside your comments, for everyone to see. You may leave it empty."),
        max_length=80,
        required=False,
        error_messages={
            "max_length": _("This has %(show_value)d characters; a name has at most %(limit_value)d.")
        },
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name.isprintable():
            raise ValidationError(
                _("A name has letters, spaces and signs that can be seen, and nothing else.")
            )
        if "://" in name or _is_email(name):
            raise ValidationError(
                _("Everyone can see this name: don't write an e-mail address or a link here.")
            )
        return name


class GrantForm(forms.Form):
    """Access that one of the staff gives by hand."""

    product = forms.ChoiceField(label=_("Product"))
    days = forms.IntegerField(
        label=_("Days"),
        help_text=_("From now on; empty means without an end."),
        required=False,
        min_value=1,
        max_value=3660,
    )
    why = forms.CharField(
        label=_("Why"), help_text=_("For your colleagues, and for the log."), max_length=200
    )

    def __init__(self, *args: Any, products: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"] = forms.ChoiceField(label=_("Product"), choices=products)


class ReasonForm(forms.Form):
    """Why one of the staff does something to an account."""

    why = forms.CharField(label=_("Why"), max_length=200)


class ProductForm(WagtailAdminModelForm):
    """A product's name. Its code stands in grants, rules and old passes, and never changes."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Stands in lists, rules and forms of the office.")
    )

    class Meta:
        model = Product
        fields = ["name"]

    def save(self, commit: bool = True) -> Product:
        """Rename it; without `commit` nothing is saved."""
        row: Product = super().save(commit=False)
        if commit:
            actions.rename_product(product=row, name=row.name, by=self.for_user.actor, now=clock.now())
        return row


class NewProductForm(WagtailAdminModelForm):
    """Something else that rights can be for, with the code that stays."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("Such as: the newspaper, the magazine.")
    )
    code = forms.RegexField(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        label=_("Code"),
        max_length=40,
        help_text=_("Small letters, digits and hyphens. It stands in readers' rights and cannot be changed."),
        error_messages={
            "invalid": _(
                "Use small letters from a to z, digits, and hyphens between them, like sunday-edition."
            )
        },
    )

    class Meta:
        model = Product
        fields = ["name", "code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in dict(queries.products()):
            raise ValidationError(_("There is a product with this code already: choose another one."))
        return code

    def save(self, commit: bool = True) -> Product:
        """Make it; without `commit` nothing is saved."""
        row: Product = super().save(commit=False)
        if commit:
            row = actions.keep_product(code=row.code, name=row.name, by=self.for_user.actor, now=clock.now())
            self.instance = row  # Wagtail's view goes on with it
        return row


class _OneName:
    """Wagtail asks for two names; an account has one."""

    fields: dict[str, forms.Field]

    def _ask_for_one_name(self) -> None:
        del self.fields["first_name"], self.fields["last_name"]
        self.fields["name"].help_text = _("Stands in lists, and beside comments.")


class NewUserForm(_OneName, UserCreationForm):
    """Somebody who is let into the office."""

    class Meta(UserCreationForm.Meta):
        fields = ["email", "name", "is_superuser", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_for_one_name()


class UserForm(_OneName, UserEditForm):
    """Somebody who is in the office already, or a reader who is let in."""

    class Meta(UserEditForm.Meta):
        fields = ["email", "name", "is_active", "is_superuser", "groups"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask_for_one_name()


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return True
