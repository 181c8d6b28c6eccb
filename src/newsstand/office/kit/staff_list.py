"""Rows that staff look through and move by actions, and never edit by hand."""

from typing import Any

from django.urls import URLPattern, path
from wagtail.admin.viewsets.model import ModelViewSet


class StaffList(ModelViewSet):
    """A list with a page for each row. There is no form for the row itself: what can be done has its own action."""

    inspect_view_enabled = True
    copy_view_enabled = False
    add_to_reference_index = False
    add_to_admin_menu = True

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Nothing leads to a page that is not there."""
        absent = dict.fromkeys(
            ("add_url_name", "edit_url_name", "delete_url_name", "history_url_name", "usage_url_name")
        )
        given: dict[str, Any] = super().get_common_view_kwargs(**absent, **kwargs)
        return given

    def get_urlpatterns(self) -> list[URLPattern]:
        """The list, its results, and the page of one row."""
        return [
            path("", self.index_view, name="index"),
            path("results/", self.index_results_view, name="index_results"),
            path(f"<{self.pk_path_converter}:pk>/", self.inspect_view, name="inspect"),
        ]

    def register_admin_url_finder(self) -> None:
        """No row has a page for editing that could be found."""

    def get_form_class(self, for_update: bool = False) -> None:
        """No row has a form."""
