"""Ordering: the offers, the page with the terms and the button that costs, and the way back from the card."""

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newsstand.office.accounts.views import page_of_waiting_code, send_code
from newsstand.office.billing import actions, queries
from newsstand.office.billing.actions.finish_card import Finished, NoCard, NothingToPay
from newsstand.office.billing.actions.start_checkout import CheckoutStarted
from newsstand.office.billing.forms import ConsentForm, StrangersOrderForm
from newsstand.office.billing.gateways.declines import sentence
from newsstand.office.billing.models import Attempt, CardSetup, Offer, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.queries.terms import Terms, terms_shown
from newsstand.office.billing.views.signed_in import reader_of, readers_only, takes_payments
from newsstand.office.kit import clock
from newsstand.office.kit.addresses import from_the_top, local_path, reading_on
from newsstand.rules.billing.dunning import MOST_ATTEMPTS, DeclineClass
from newsstand.rules.billing.lifecycle import State

AGREED = "agreed_to_an_offer"  # in the session, between the order page and the code from the mail


@never_cache
@takes_payments
def subscribe(request: HttpRequest) -> HttpResponse:
    """All offers; with one only, straight on to it."""
    offers = queries.offers_on_the_wall()
    next_path = local_path(request.GET.get("next"))
    if len(offers) == 1:
        return HttpResponseRedirect(_with_next(offers[0].url, next_path))
    return render(request, "billing/offers.html", {"offers": offers, "next": next_path})


@never_cache
@takes_payments
def subscribe_offer(request: HttpRequest, code: str) -> HttpResponse:
    """What the plan gives, what is charged and when, the consent, and the button that costs.

    Who is not signed in types an e-mail address on the same page. What they agreed to is kept while they type
    the code from the mail, and the order goes on from there.
    """
    offer = queries.offer_on_sale(code)
    if offer is None:
        raise Http404
    next_path = local_path(request.POST.get("next") or request.GET.get("next"))
    terms = terms_shown(offer, wording.day_of(clock.now()))
    if not request.user.is_authenticated:
        return _order_of_a_stranger(request, offer, terms, next_path)
    held = queries.subscription_of(reader_of(request), offer.plan.product.code)
    if held is not None and held.is_running:
        return _already(request, held, next_path)
    form = ConsentForm(request.POST or _agreed_before(request, offer), terms=terms)
    if not form.is_valid():
        return _order_page(request, offer, form, next_path)
    return _start(request, offer, terms, next_path)


def _order_of_a_stranger(request: HttpRequest, offer: Offer, terms: Terms, next_path: str) -> HttpResponse:
    form = StrangersOrderForm(request.POST or None, terms=terms)
    if not form.is_valid():
        return _order_page(request, offer, form, next_path)
    email, here = (
        form.cleaned_data["email"],
        _with_next(reverse("subscribe_offer", args=[offer.code]), next_path),
    )
    problem = send_code(request, email)
    typing = page_of_waiting_code(request, email, here, problem) if problem is not None else None
    if problem is not None and typing is None:
        form.add_error("email", problem)
        return _order_page(request, offer, form, next_path)
    request.session[AGREED] = {"offer": offer.code, "agreed": "on", "shown": terms.sha256}
    return typing or HttpResponseRedirect(_with_next(reverse("sign_in_code"), here))


def _agreed_before(request: HttpRequest, offer: Offer) -> dict[str, str] | None:
    """What this reader agreed to just before signing in; used once."""
    kept: dict[str, str] = request.session.pop(AGREED, {})
    return kept if kept.get("offer") == offer.code else None


def _start(request: HttpRequest, offer: Offer, terms: Terms, next_path: str) -> HttpResponse:
    reader = reader_of(request)
    started = actions.start_checkout(
        account=reader,
        offer=offer,
        terms=terms,
        next_path=next_path,
        return_url=request.build_absolute_uri(reverse("subscribe_return")),
        by=reader.actor,
        now=clock.now(),
    )
    if isinstance(started, CheckoutStarted):
        return HttpResponseRedirect(started.redirect_url)
    if started.sale.is_running:
        return _already(request, started.sale, next_path)
    return _waiting(request, _with_next(reverse("subscribe_offer", args=[offer.code]), next_path))


@readers_only
@takes_payments
def subscribe_return(request: HttpRequest) -> HttpResponse:
    """Back from the card page, or from an approval at the bank: charge, and on to the story."""
    reader = reader_of(request)
    rows = CardSetup.objects.filter(Q(subscription__account=reader) | Q(purchase__account=reader))
    setup = get_object_or_404(rows, ref=request.GET.get("setup", ""))
    here = f"{reverse('subscribe_return')}?{urlencode({'setup': setup.ref})}"
    return_url = request.build_absolute_uri(here)
    finished = actions.finish_card(setup=setup, return_url=return_url, by=reader.actor, now=clock.now())
    request.renew_pass = True  # type: ignore[attr-defined]  # read by the accounts' middleware
    return _after_card(request, setup, finished, here)


@require_POST
@readers_only
@takes_payments
def another_card(request: HttpRequest, public_id: str) -> HttpResponse:
    """Once more to the card page, for the order that still waits."""
    reader, next_path = reader_of(request), local_path(request.POST.get("next"))
    named = {"public_id": public_id, "account": reader}
    sale = Purchase.objects.filter(**named).first() or get_object_or_404(Subscription, **named)
    if not sale.is_live:
        return _over(request, next_path)
    address = actions.change_card(
        sale=sale,
        next_path=next_path,
        return_url=request.build_absolute_uri(reverse("subscribe_return")),
        now=clock.now(),
    )
    return HttpResponseRedirect(address)


def after_attempt(request: HttpRequest, attempt: Attempt, next_path: str, here: str) -> HttpResponse:
    """Where an attempt leads: on, to the bank's approval, to a clear word, or to a page that waits."""
    match attempt.status:
        case Attempt.Status.SUCCEEDED:
            return HttpResponseRedirect(next_path)
        case Attempt.Status.DECLINED:
            return _declined(request, attempt, next_path)
        case Attempt.Status.ACTION if "charge" not in request.GET:
            return HttpResponseRedirect(attempt.action_url)
        case Attempt.Status.CANCELED:
            return _over(request, next_path)
    return _waiting(request, here, attempt)


def _after_card(request: HttpRequest, setup: CardSetup, finished: Finished, here: str) -> HttpResponse:
    is_order = setup.subscription is not None and setup.subscription.state == State.PENDING
    onward = setup.next_path if setup.next_path.startswith("/account/") else reading_on(setup.next_path)
    match finished:
        case Attempt():
            return after_attempt(request, finished, onward, here)
        case NothingToPay(sale) if sale.is_running:
            return HttpResponseRedirect(onward)
        case NoCard() if is_order:
            messages.info(request, _("No card was saved, and nothing was charged."))
            offer = reverse("subscribe_offer", args=[setup.sale.offer.code])
            return HttpResponseRedirect(_with_next(offer, setup.next_path))
        case NoCard():
            messages.info(request, _("No card was saved. Everything is as it was."))
            return redirect("account")
    return _over(request, setup.next_path)


def _order_page(request: HttpRequest, offer: Offer, form: ConsentForm, next_path: str) -> HttpResponse:
    context = {
        "offer": queries.offer_facts(offer),
        "terms": form.terms,
        "form": form,
        "next": next_path,
    }
    return render(request, "billing/order.html", context, status=422 if form.is_bound else 200)


def _already(request: HttpRequest, held: Subscription | Purchase, next_path: str) -> HttpResponse:
    context = {"subscription": held, "next": next_path}
    return render(request, "billing/already.html", context)


def _declined(request: HttpRequest, attempt: Attempt, next_path: str) -> HttpResponse:
    sale, back = attempt.invoice.sale, from_the_top(next_path)
    again = "" if isinstance(sale, Purchase) else reverse("subscribe_offer", args=[sale.offer.code])
    context = {
        "sentence": sentence(attempt.code, DeclineClass(attempt.cause)),
        "card": attempt.payment_method,
        "sale": sale,
        "may_try": attempt.invoice.attempts.count() < MOST_ATTEMPTS or sale.is_running,
        "again": _with_next(again, back) if again else "",
        "next": back,
    }
    return render(request, "billing/declined.html", context)


def _waiting(request: HttpRequest, here: str, attempt: Attempt | None = None) -> HttpResponse:
    approve_at = attempt.action_url if attempt is not None and attempt.status == Attempt.Status.ACTION else ""
    sale = attempt.invoice.sale if attempt is not None else None
    context = {"here": here, "approve_at": approve_at, "sale": sale}
    return render(request, "billing/waiting.html", context)


def _over(request: HttpRequest, next_path: str) -> HttpResponse:
    again = _with_next(reverse("subscribe"), from_the_top(next_path))
    return render(request, "billing/over.html", {"again": again})


def _with_next(path: str, next_path: str) -> str:
    return f"{path}?{urlencode({'next': next_path})}"
