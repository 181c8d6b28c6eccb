"""What every page for readers knows: the publication, whose page it is, and what higher desks add."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from newsstand.office.kit import queries
from newsstand.office.kit.registry import registry


def page_context(request: HttpRequest) -> dict[str, Any]:
    """The context processor of all templates; the staff's pages bring their own and get nothing."""
    if request.path.startswith("/staff/"):
        return {}
    context: dict[str, Any] = {
        "publication": queries.publication(),
        "site_url": settings.SITE_URL,
        "is_demo": settings.DEMO,
    }
    for add in registry.page_context:
        context.update(add(request))
    return context
