"""The sandbox's page for staff: what the test cards do, and what becomes of the bank's messages on their way."""

from dataclasses import asdict
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from newsstand.office.billing.gateways.sandbox import network, permit, words
from newsstand.office.billing.gateways.sandbox.forms import NetworkForm
from newsstand.office.billing.gateways.sandbox.network import CALM
from newsstand.office.kit import clock

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

MAY_LOOK = "billing.view_subscription"
MAY_CHANGE = "billing.change_subscription"


def bank(request: HttpRequest) -> HttpResponse:
    """Show how the network stands, and set it: as the form says, or calm again."""
    if not permit.is_allowed():
        raise Http404
    if not request.user.has_perm(MAY_LOOK):
        raise PermissionDenied
    if request.method == "POST":
        return _change(request)
    return _page(request, NetworkForm(initial=asdict(network.present())))


def _change(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied
    asked = CALM
    if "calm" not in request.POST:
        form = NetworkForm(request.POST)
        if not form.is_valid():
            return _page(request, form)
        asked = form.asked
    network.change(asked, by=cast("Account", request.user).actor, now=clock.unix())
    messages.success(request, _("Done. This holds for messages that leave from now on."))
    return redirect("sandbox_bank:index")


def _page(request: HttpRequest, form: NetworkForm) -> HttpResponse:
    context = {
        "form": form,
        "said": network.in_words(network.present()),
        "counts": network.counts(),
        "may_change": request.user.has_perm(MAY_CHANGE),
        "test_cards": words.cards(),
        "test_names": words.names(),
    }
    return render(request, "sandbox/staff/bank.html", context, status=422 if form.is_bound else 200)
