"""The two pages of the sandbox bank: where a card is typed, and where a payment is approved.

Both work without JavaScript and with the browser's back button. Who turns round comes back to the newsroom
with the same reference, and nothing of the order is lost.
"""

from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from newsstand.office.billing.gateways.declines import DECLINES
from newsstand.office.billing.gateways.sandbox import cards, charging, permit, words
from newsstand.office.billing.gateways.sandbox.forms import CardForm
from newsstand.office.billing.gateways.sandbox.models import Approval, CardSetup
from newsstand.office.kit import clock
from newsstand.office.kit.queries import publication
from newsstand.rules.billing.price_text import amount

DRAFT_COOKIE = "newsstand_sandbox_draft"
DRAFT_SECONDS = 900


def with_query(url: str, **extra: str) -> str:
    """An address with more in its query: "/done/?a=1" and setup="x" give "/done/?a=1&setup=x"."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode([*parse_qsl(parts.query), *extra.items()])))


class BankPage(View):
    """A page that is not there where the sandbox may not run."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permit.is_allowed():
            raise Http404
        return super().dispatch(request, *args, **kwargs)


@method_decorator([never_cache, sensitive_post_parameters("number", "cvc")], name="dispatch")
class CardPage(BankPage):
    """Where the reader types a card. Valid and accepted: on to the newsroom, or first to the approval."""

    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        setup = get_object_or_404(CardSetup.objects.select_related("method"), ref=ref)
        if setup.is_done:
            return redirect(_home(setup))
        form = CardForm(initial=_draft(request, ref), today=_today())
        refused = "authentication_failed" if "refused" in request.GET else ""
        return self._page(request, setup, form, refused)

    def post(self, request: HttpRequest, ref: str) -> HttpResponse:
        setup = get_object_or_404(CardSetup.objects.select_related("method"), ref=ref)
        if setup.is_done:
            return redirect(_home(setup))
        form = CardForm(request.POST, today=_today())
        if not form.is_valid():
            return self._page(request, setup, form)
        approval = cards.save_card(ref, form.card(), clock.unix())
        if approval is None:
            return redirect(_home(setup))
        answer = redirect("sandbox:secure", approval.ref)
        _keep_draft(answer, request, ref)
        return answer

    def _page(
        self, request: HttpRequest, setup: CardSetup, form: CardForm, refused: str = ""
    ) -> HttpResponse:
        context = {
            "setup": setup,
            "form": form,
            "home": _home(setup),
            "default_button": _("Save this card and pay"),
            "refused": DECLINES[refused].sentence if refused else "",
            "test_cards": words.cards(),
            "test_names": words.names(),
        }
        return render(request, "sandbox/card.html", context, status=422 if form.is_bound else 200)


@method_decorator(never_cache, name="dispatch")
class SecurePage(BankPage):
    """Where the bank asks the reader: approve, do not approve, or leave it open and go back."""

    def get(self, request: HttpRequest, ref: str) -> HttpResponse:
        approval = _approval(ref)
        if approval.state != Approval.State.OPEN:
            return redirect(_after(approval))
        charge = approval.attempt.charge if approval.attempt else None
        context = {
            "approval": approval,
            "amount": amount(charge.money, publication().language) if charge else "",
            "descriptor": charge.descriptor if charge else "",
            "is_over": approval.expires_at <= clock.unix(),
            "home": _abandoned(approval),
        }
        return render(request, "sandbox/secure.html", context)

    def post(self, request: HttpRequest, ref: str) -> HttpResponse:
        approval = _approval(ref)
        is_approved = request.POST.get("answer") == "approve"
        if approval.setup is not None:
            cards.decide_approval(approval, is_approved=is_approved, now=clock.unix())
        else:
            charging.decide_approval(approval, is_approved=is_approved, now=clock.unix())
        return redirect(_after(_approval(ref)))


def _approval(ref: str) -> Approval:
    rows = Approval.objects.select_related("setup__method", "attempt__charge")
    return get_object_or_404(rows, ref=ref)


def _home(setup: CardSetup) -> str:
    return with_query(setup.return_url, setup=setup.ref)


def _after(approval: Approval) -> str:
    """Where an answered question leads: on to the newsroom, or back to the card page for another card."""
    if approval.setup is None:
        return _abandoned(approval)
    if approval.state == Approval.State.APPROVED or approval.setup.is_done:
        return _home(approval.setup)
    return _card_page(approval.setup, refused="1")


def _abandoned(approval: Approval) -> str:
    """Where one goes who does not answer: the card page, or the newsroom, which looks the charge up."""
    if approval.setup is not None:
        return _card_page(approval.setup)
    charge_ref = approval.attempt.charge.ref if approval.attempt else ""
    return with_query(approval.return_url, charge=charge_ref)


def _card_page(setup: CardSetup, **query: str) -> str:
    return with_query(reverse("sandbox:card", args=[setup.ref]), **query)


def _today() -> date:
    return clock.today(publication().zone)


def _keep_draft(answer: HttpResponse, request: HttpRequest, ref: str) -> None:
    """Remember name and expiry for a quarter of an hour in the reader's own browser, and nowhere else."""
    draft = {name: request.POST[name] for name in ("name", "expiry")}
    answer.set_cookie(
        DRAFT_COOKIE,
        signing.dumps({"setup": ref, **draft}, salt=DRAFT_COOKIE),
        max_age=DRAFT_SECONDS,
        path="/sandbox/",
        httponly=True,
        samesite="Lax",
        secure=request.is_secure(),
    )


def _draft(request: HttpRequest, ref: str) -> dict[str, str]:
    """What was typed before the bank was asked; empty when nothing was, or for another setup."""
    try:
        draft = signing.loads(request.COOKIES.get(DRAFT_COOKIE, ""), salt=DRAFT_COOKIE, max_age=DRAFT_SECONDS)
    except signing.BadSignature:
        return {}
    return {name: draft[name] for name in ("name", "expiry")} if draft.get("setup") == ref else {}
