"""Cancelling: two pages, from the account or from any mail, without signing in and without a reason."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newsstand.office.billing import actions, queries
from newsstand.office.billing.models import Subscription
from newsstand.office.billing.queries import links, wording
from newsstand.office.billing.views.account import shown
from newsstand.office.billing.views.signed_in import to_sign_in
from newsstand.office.kit import clock


@never_cache
def cancel(request: HttpRequest) -> HttpResponse:
    """What cancelling means, and the button that does it."""
    subscription = _named(request)
    if subscription is None:
        return _choose(request)
    link = links.cancel_token(subscription)
    if request.method == "POST":
        by = _actor(request, subscription)
        if actions.cancel_subscription(subscription=subscription, by=by, now=clock.now()):
            actions.wait_for_gateway(subscription=subscription)
        request.renew_pass = True  # type: ignore[attr-defined]  # read by the accounts' middleware
        return _to_done(link)
    if not subscription.is_running or subscription.is_cancelled:
        return _to_done(link)
    return render(request, "billing/cancel.html", {"shown": shown(subscription), "link": link})


@never_cache
def cancelled(request: HttpRequest) -> HttpResponse:
    """That it is cancelled, since when, and until when the reader reads; until then it can be taken back."""
    subscription = _named(request)
    if subscription is None:
        return _choose(request)
    context = {
        "subscription": subscription,
        "shown": shown(subscription) if subscription.is_running else None,
        "cancelled_on": wording.moment(subscription.cancel_requested_at)
        if subscription.cancel_requested_at
        else "",
        "link": links.cancel_token(subscription),
    }
    return render(request, "billing/cancelled.html", context)


@require_POST
@never_cache
def keep(request: HttpRequest) -> HttpResponse:
    """Take the cancellation back."""
    subscription = _named(request)
    if subscription is None:
        return _choose(request)
    actions.undo_cancel(subscription=subscription, by=_actor(request, subscription), now=clock.now())
    request.renew_pass = True  # type: ignore[attr-defined]  # read by the accounts' middleware
    return _to_done(links.cancel_token(subscription))


def _named(request: HttpRequest) -> Subscription | None:
    """The subscription that the link names, or else the only one of the signed-in reader."""
    token = request.POST.get("link") or request.GET.get("link")
    if token:
        return links.subscription_of_token(token)
    if not request.user.is_authenticated:
        return None
    held = queries.running_subscriptions(request.user)
    return held[0] if len(held) == 1 else None


def _choose(request: HttpRequest) -> HttpResponse:
    """No subscription was named: sign in, or choose one, or read that there is none."""
    has_bad_link = bool(request.POST.get("link") or request.GET.get("link"))
    if not request.user.is_authenticated and not has_bad_link:
        return to_sign_in(request)
    held = []
    if request.user.is_authenticated:
        held = [shown(row) for row in queries.running_subscriptions(request.user)]
    context = {"subscriptions": held, "has_bad_link": has_bad_link}
    return render(request, "billing/cancel_which.html", context, status=404 if has_bad_link else 200)


def _actor(request: HttpRequest, subscription: Subscription) -> str:
    if request.user.is_authenticated:
        return request.user.actor
    return f"reader:{subscription.account.reader_id}"


def _to_done(link: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('subscription_cancelled')}?{urlencode({'link': link})}")
