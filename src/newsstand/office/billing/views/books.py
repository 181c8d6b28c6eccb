"""The staff's page about the books: the last audit, what waits, and whether charging is stopped."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from newsstand.office.billing.queries import upkeep
from newsstand.office.billing.views.refunds import page_of
from newsstand.office.kit import clock

MAY_LOOK = "billing.view_subscription"


def books(request: HttpRequest) -> HttpResponse:
    """What the newest audit found, each violation with its subscription."""
    if not request.user.has_perm(MAY_LOOK):
        raise PermissionDenied
    audit = upkeep.last_audit()
    found = audit.found if audit is not None else []
    context = {
        "audit": audit,
        "found": [(number, said, _address(ref)) for number, ref, said in found],
        "counts": upkeep.counts(clock.now()),
        "lists": upkeep.event_lists(),
        "stop": upkeep.charging_stopped(),
    }
    return render(request, "billing/staff/books.html", context)


def _address(ref: str) -> str:
    sale = upkeep.sale_by_ref(ref)
    return page_of(sale) if sale is not None else ""
