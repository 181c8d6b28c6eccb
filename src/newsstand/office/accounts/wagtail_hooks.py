"""Readers, as staff see them: who they are, what they may, and what can be done for them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.tables import BooleanColumn, DateColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.users.views.users import UserViewSet

from newsstand.office.accounts import actions, queries
from newsstand.office.accounts.forms import (
    GrantForm,
    NewProductForm,
    NewUserForm,
    ProductForm,
    ReasonForm,
    UserForm,
)
from newsstand.office.accounts.models import Account, Product
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry
from newsstand.office.kit.staff_list import StaffList
from newsstand.rules.gate.facts import Right

MAY_CHANGE = "accounts.change_account"
BY_HAND = "comp"  # the source of grants that staff give, and the only ones that they end here
COMP_RIGHTS = (Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE)


class ReaderView(InspectView):
    """One reader: the account, its grants, and forms for what staff may do."""

    page_title = gettext_lazy("Reader")
    template_name = "accounts/staff/reader.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says, or show the form again with what is wrong beside its field."""
        if not request.user.has_perm(MAY_CHANGE) or self.object.works_here:
            raise PermissionDenied
        what = request.POST.get("what", "")
        form = self._form(what, request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{what}_form": form}))
        self._do(what, form.cleaned_data, by=queries.account_of(request).actor, now=clock.now())
        messages.success(request, _("Done. The log has a line about it."))
        return HttpResponseRedirect(reverse("readers:inspect", args=[self.object.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        can_change = self.request.user.has_perm(MAY_CHANGE) and not self.object.works_here
        forms = {f"{what}_form": self._form(what, None) for what in ("give", "end", "close", "reopen")}
        grants = queries.grants_of(self.object)
        return {
            "now": clock.now(),
            "grants": grants,
            "by_hand": BY_HAND,
            "can_change": can_change,
            "notes": [note(self.request, self.object) for note in registry.reader_notes],
            **forms,
            **context,
        }

    def _form(self, what: str, data: Mapping[str, str] | None) -> Form:
        if what == "give":
            return GrantForm(data, products=queries.products(), auto_id="give_%s")
        if what in {"end", "close", "reopen"}:
            return ReasonForm(data, auto_id=f"{what}_%s")
        raise PermissionDenied

    def _do(self, what: str, values: Mapping[str, Any], *, by: str, now: datetime) -> None:
        reader, why = self.object, values["why"]
        if what == "give":
            _give(reader, values["product"], values["days"], by=by, why=why, now=now)
        elif what == "end":
            ref = self.request.POST.get("ref", "")
            if queries.grants_of(reader).filter(source=BY_HAND, source_ref=ref).exists():
                actions.end_grant(source=BY_HAND, source_ref=ref, at=now, by=by, why=why, now=now)
        elif what == "close":
            actions.close_account(account=reader, by=by, why=why, now=now)
        else:
            actions.reopen_account(account=reader, by=by, why=why, now=now)


class Readers(StaffList):
    """All accounts, searched by e-mail address and name."""

    model = Account
    name = "readers"
    icon = "group"
    menu_label = gettext_lazy("Readers")
    menu_order = 300
    inspect_view_class = ReaderView
    inspect_template_name = "accounts/staff/reader.html"
    search_fields = ["email", "name"]
    search_backend_name = None
    ordering = "-created_at"
    list_display = [
        "email",
        "name",
        DateColumn("created_at", label=gettext_lazy("Since"), sort_key="created_at"),
        BooleanColumn("is_active", label=gettext_lazy("Open"), sort_key="is_active"),
        BooleanColumn("is_staff", label=gettext_lazy("Staff"), sort_key="is_staff"),
    ]
    list_filter = ["is_active", "is_staff"]
    list_export = ["public_id", "email", "name", "created_at", "is_active"]


class Products(ModelViewSet):
    """What rights are for. None is ever deleted: grants, plans, stories and rules go on naming it."""

    model = Product
    name = "products"
    icon = "tag"
    menu_label = gettext_lazy("Products")
    copy_view_enabled = False
    search_fields = ["name", "code"]
    search_backend_name = None
    ordering = "name"
    list_display = ["name", "code"]
    list_export = ["code", "name"]

    def get_form_class(self, for_update: bool = False) -> type[Form]:
        return ProductForm if for_update else NewProductForm

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "delete"]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        given: dict[str, Any] = super().get_common_view_kwargs(delete_url_name=None, **kwargs)
        return given


class Users(UserViewSet):
    """Wagtail's own pages for letting people into the office."""

    create_template_name = "accounts/staff/new_user.html"
    edit_template_name = "accounts/staff/user.html"

    def get_form_class(self, for_update: bool = False) -> type[Form]:
        return UserForm if for_update else NewUserForm


@hooks.register("after_bulk_action")
def close_passes_of_many(
    request: HttpRequest, action_type: str, objects: list[Any], action_class_instance: Any
) -> None:
    """Wagtail changes many accounts at once without saying so to each; what they carry is closed here."""
    if action_class_instance.models == [Account] and action_type in {"set_active_state", "assign_role"}:
        by, why = queries.account_of(request).actor, f"bulk action {action_type}"
        for account in objects:
            account.refresh_from_db(fields=["is_active"])
            follow = actions.close_passes if account.is_active else actions.follow_closing
            follow(account=account, by=by, why=why, now=clock.now())


@hooks.register("register_admin_viewset")
def readers() -> list[Any]:
    """Put the readers into the menu. The products stand where their rules are made, at the desk of access."""
    return [Readers(), Products(add_to_admin_menu=False)]


def _give(reader: Account, product: str, days: int | None, *, by: str, why: str, now: datetime) -> None:
    actions.give_grant(
        account=reader,
        subject=f"product:{product}",
        rights=COMP_RIGHTS,
        from_at=now,
        until=now + timedelta(days=days) if days else None,
        grace_until=None,
        source=BY_HAND,
        source_ref=uuid4().hex,
        by=by,
        why=why,
        now=now,
    )
