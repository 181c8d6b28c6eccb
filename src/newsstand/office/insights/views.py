"""The report of what was read."""

from datetime import timedelta
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from newsstand.office.insights import queries
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication

MAY_SEE: Final = "insights.see_readings"
SPANS: Final = (1, 7, 30, 90)


def readings(request: HttpRequest) -> HttpResponse:
    """What was read, walled and let in, by story, over the last days."""
    if not request.user.has_perm(MAY_SEE):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else 7
    last = clock.today(publication().zone)
    first = last - timedelta(days=days - 1)
    context = {
        "page_title": _("What was read"),
        "header_icon": "view",
        "days": days,
        "spans": SPANS,
        "stories": queries.stories_read(first, last),
        "reasons": queries.reasons_given(first, last),
        "sources": queries.sources_named(first, last),
        "troubles": queries.troubles(first, last),
    }
    return render(request, "insights/staff/readings.html", context)
