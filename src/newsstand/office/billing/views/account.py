"""The subscription on the account page, receipts, the card, and paying what failed."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsstand.office.billing import actions, queries
from newsstand.office.billing.models import Attempt, Invoice, Subscription
from newsstand.office.billing.queries import links, wording
from newsstand.office.billing.views.checkout import after_attempt
from newsstand.office.billing.views.signed_in import reader_of, readers_only, takes_payments
from newsstand.office.kit import clock
from newsstand.rules.billing.dunning import grace_ends_on
from newsstand.rules.billing.lifecycle import State


@dataclass(frozen=True, slots=True)
class Shown:
    """A subscription as it stands on the account page; all in the publication's words."""

    subscription: Subscription
    plan_name: str
    card: str
    next_charge: str
    reads_until: str
    is_cancelled: bool
    has_failed: bool
    cancel_url: str


def account_section(request: HttpRequest) -> dict[str, Any]:
    """What the account page says about subscriptions and payments."""
    reader = reader_of(request)
    return {
        "subscriptions": [shown(row) for row in queries.running_subscriptions(reader)],
        "receipts": [_receipt_line(invoice) for invoice in queries.paid_invoices(reader)],
    }


def shown(subscription: Subscription) -> Shown:
    """A running subscription in words: what is charged next, or until when its reader reads."""
    following, paid = queries.next_charge(subscription), queries.last_paid(subscription)
    has_failed = subscription.state == State.PAST_DUE
    reads_until = paid.ends_on if paid is not None else subscription.anchor_on
    next_charge = ""
    if following is not None and has_failed:
        unpaid = queries.unpaid_period(subscription)
        grace_from = following.on if unpaid is None else queries.grace_starts_on(unpaid)
        reads_until = grace_ends_on(grace_from)
    elif following is not None:
        amount, day = wording.amount(following.money), wording.weekday(following.on)
        next_charge = _("%(amount)s on %(day)s") % {"amount": amount, "day": day}
    token = urlencode({"link": links.cancel_token(subscription)})
    return Shown(
        subscription=subscription,
        plan_name=subscription.plan.name,
        card=str(subscription.payment_method or ""),
        next_charge=next_charge,
        reads_until=wording.weekday(reads_until),
        is_cancelled=subscription.is_cancelled,
        has_failed=has_failed,
        cancel_url=f"{reverse('cancel_subscription')}?{token}",
    )


def _receipt_line(invoice: Invoice) -> dict[str, str]:
    return {
        "url": reverse("receipt", args=[invoice.public_id]),
        "day": wording.day(wording.day_of(invoice.paid_at or invoice.opened_at)),
        "amount": wording.amount(invoice.money),
        "span": wording.span(invoice.period),
    }


@readers_only
def receipt(request: HttpRequest, public_id: str) -> HttpResponse:
    """One payment: what for, how much, when, and with which card."""
    rows = queries.paid_invoices(reader_of(request))
    invoice = get_object_or_404(rows, public_id=public_id)
    attempts = invoice.attempts.select_related("payment_method")
    paid_by = attempts.filter(status=Attempt.Status.SUCCEEDED).first()
    context = {
        **_receipt_line(invoice),
        "plan_name": invoice.sale.title,
        "card": str(paid_by.payment_method) if paid_by is not None else "",
        "number": invoice.ref,
        "is_sandbox": invoice.gateway == "sandbox",
        "refunds": [
            (wording.amount(row.money), row.get_status_display(), wording.day(wording.day_of(row.asked_at)))
            for row in invoice.refunds.order_by("pk")
        ],
    }
    return render(request, "billing/receipt.html", context)


@readers_only
@takes_payments
def card(request: HttpRequest) -> HttpResponse:
    """The card that is charged, another one, and paying what has failed. A POST goes on to the card page."""
    subscriptions = queries.running_subscriptions(reader_of(request))
    if not subscriptions:
        return redirect("account")
    subscription = subscriptions[0]
    if request.method == "POST":
        address = actions.change_card(
            sale=subscription,
            next_path=reverse("account"),
            return_url=request.build_absolute_uri(reverse("subscribe_return")),
            now=clock.now(),
        )
        return HttpResponseRedirect(address)
    return render(request, "billing/card.html", {"shown": shown(subscription)})


@require_POST
@readers_only
@takes_payments
def pay(request: HttpRequest) -> HttpResponse:
    """Charge what has failed once more with the same card, the reader being here to approve it."""
    reader = reader_of(request)
    failed = [row for row in queries.running_subscriptions(reader) if row.state == State.PAST_DUE]
    if not failed or failed[0].payment_method is None:
        return redirect("account")
    paid = actions.pay_now(
        sale=failed[0],
        payment_method=failed[0].payment_method,
        return_url=request.build_absolute_uri(reverse("card_paid")),
        by=reader.actor,
        now=clock.now(),
    )
    request.renew_pass = True  # type: ignore[attr-defined]  # read by the accounts' middleware
    if isinstance(paid, Attempt):
        return after_attempt(request, paid, reverse("account"), reverse("card_paid"))
    return redirect("account")


@readers_only
@takes_payments
def card_paid(request: HttpRequest) -> HttpResponse:
    """Back from the bank's approval of a payment that had failed."""
    reader = reader_of(request)
    for subscription in queries.running_subscriptions(reader):
        attempt = queries.unsettled_attempt(subscription)
        if attempt is not None:
            settled = actions.sweep_attempt(attempt=attempt, by=reader.actor, now=clock.now())
            request.renew_pass = True  # type: ignore[attr-defined]  # read by the accounts' middleware
            return after_attempt(request, settled, reverse("account"), reverse("card_paid"))
    return redirect("account")
