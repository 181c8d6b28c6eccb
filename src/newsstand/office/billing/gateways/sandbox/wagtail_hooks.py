"""The sandbox bank in the staff's menu, where it may run."""

from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.viewsets.base import ViewSet

from newsstand.office.billing.gateways.sandbox import permit
from newsstand.office.billing.gateways.sandbox.staff import MAY_LOOK, bank


class BankItem(MenuItem):
    """Shown to those who may look at it, where there is anything to see."""

    def is_shown(self, request: HttpRequest) -> bool:
        return permit.is_allowed() and bool(request.user.has_perm(MAY_LOOK))


class SandboxBank(ViewSet):
    """Its one page."""

    name = "sandbox_bank"
    icon = "tag"
    menu_label = gettext_lazy("Sandbox bank")
    menu_order = 312
    menu_item_class = BankItem
    add_to_admin_menu = True

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("", bank, name="index")]


@hooks.register("register_admin_viewset")
def register_bank() -> SandboxBank:
    """Called by Wagtail when it starts."""
    return SandboxBank("sandbox_bank")
