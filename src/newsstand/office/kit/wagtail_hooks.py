"""What the staff's pages of all desks share."""

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component

from newsstand.office.kit import clock


class ClockIsAhead(Component):
    """Said first on the staff's front page: what goes by the moved clock, and what does not."""

    order = 0
    template_name = "kit/staff/clock_is_ahead.html"

    def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
        return {"now": clock.now()}


@hooks.register("insert_global_admin_css")
def style() -> SafeString:
    """A little beside Wagtail's own style, so that forms fit a phone."""
    return format_html('<link rel="stylesheet" href="{}">', static("newsstand/staff.css"))


@hooks.register("construct_homepage_panels")
def say_that_clock_is_ahead(request: HttpRequest, panels: list[Any]) -> None:
    """Only the demo's clock can be ahead."""
    if clock.is_ahead():
        panels.append(ClockIsAhead())
