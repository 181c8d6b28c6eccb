"""The desk in the menu of the staff's pages."""

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from newsstand.office.insights import views


class ReadingsItem(MenuItem):
    """The menu's line, for who may see the report."""

    def is_shown(self, request: object) -> bool:
        return bool(request.user.has_perm(views.MAY_SEE))  # type: ignore[attr-defined]  # Wagtail names no type


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    """The report's address below the staff's."""
    return [path("readings/", views.readings, name="insights_readings")]


@hooks.register("register_admin_menu_item")
def menu_item() -> MenuItem:
    """The desk in the menu, after what it looks at."""
    return ReadingsItem(
        _("Insights"), reverse("insights_readings"), name="insights", icon_name="view", order=510
    )
