"""The staff's page on which money is given back: how much and why, once more to confirm, and it is done."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from newsstand.office.accounts.queries import account_of
from newsstand.office.billing import actions, queries
from newsstand.office.billing.forms import RefundForm
from newsstand.office.billing.models import Attempt, Invoice, Purchase, Refund, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.kit import clock

MAY_GIVE_BACK = "billing.add_refund"

REFUSALS: dict[str, str | Promise] = {
    "not_paid": gettext_lazy("Nothing was given back: this invoice is not paid."),
    "not_positive": gettext_lazy("Nothing was given back: the amount has to be more than nothing."),
    "another_currency": gettext_lazy("Nothing was given back: the invoice is in another currency."),
    "more_than_left": gettext_lazy(
        "Nothing was given back: %(asked)s is more than what is left of this payment, which is %(left)s."
    ),
}


def refund(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask how much and why; show it once more; give it back. Only the button of the second page does anything."""
    if not request.user.has_perm(MAY_GIVE_BACK):
        raise PermissionDenied
    rows = Invoice.objects.select_related(
        "subscription__account", "subscription__plan", "purchase__account", "purchase__plan"
    )
    invoice = get_object_or_404(rows, public_id=public_id)
    form = _form(request, invoice)
    if request.method != "POST" or not form.is_valid():
        return _page(request, invoice, form)
    asked, by, now = form.cleaned_data, account_of(request).actor, clock.now()
    money, ends_sale = asked["amount"], asked.get("ends_sale", False)
    if "confirmed" not in request.POST:
        refused = actions.may_refund(invoice=invoice, money=money, by=by, now=now)
        if refused is None and "change" not in request.POST:
            return _page(request, invoice, form, confirm=True)
    else:
        key = asked["key"].hex
        done = actions.refund_invoice(
            invoice=invoice, money=money, key=key, ends_sale=ends_sale, by=by, why=asked["why"], now=now
        )
        if isinstance(done, Refund):
            said = _("%(amount)s goes back to the reader's card. The reader gets a mail.")
            messages.success(request, said % {"amount": wording.amount(done.money)})
            return HttpResponseRedirect(page_of(invoice.sale))
        refused = done
    if refused is not None:
        words = {"asked": wording.amount(money), "left": wording.amount(queries.money_free(invoice))}
        form.add_error("amount", str(REFUSALS[refused.why]) % words)
    return _page(request, invoice, form)


def page_of(sale: Subscription | Purchase) -> str:
    """The staff's page of a subscription or purchase."""
    return reverse(f"{sale.kind}s:inspect", args=[sale.pk])


def _form(request: HttpRequest, invoice: Invoice) -> RefundForm:
    given: dict[str, Any] = {"currency": invoice.currency, "ending": _ending(invoice.sale)}
    if request.method == "POST":
        return RefundForm(request.POST, **given)
    start = {"amount": queries.money_free(invoice).typed, "key": uuid4()}
    return RefundForm(None, initial=start, **given)


def _ending(sale: Subscription | Purchase) -> str:
    """What the box says that ends the sale as well; nothing where it is over."""
    if not sale.is_live:
        return ""
    if isinstance(sale, Purchase):
        return _("End the purchase as well: the reader reads no more from now on")
    return _("End the subscription as well: the reader reads no more from now on, and is not charged again")


def _page(request: HttpRequest, invoice: Invoice, form: RefundForm, *, confirm: bool = False) -> HttpResponse:
    sale = invoice.sale
    paid_by = (
        invoice.attempts.filter(status=Attempt.Status.SUCCEEDED).select_related("payment_method").first()
    )
    back = invoice.refunds.order_by("pk")
    asked = form.cleaned_data if confirm else {}
    context = {
        "sale": sale,
        "back_url": page_of(sale),
        "form": form,
        "paid": wording.amount(invoice.money),
        "span": wording.span(invoice.period),
        "card": str(paid_by.payment_method) if paid_by is not None else "",
        "left": wording.amount(queries.money_free(invoice)),
        "can_give": invoice.status == Invoice.Status.PAID and queries.money_free(invoice).amount > 0,
        "refunds": [(wording.amount(row.money), row) for row in back],
        "amount": wording.amount(asked["amount"]) if confirm else "",
        "why": asked.get("why", ""),
        "ends_sale": asked.get("ends_sale", False),
    }
    return render(request, f"billing/staff/{'refund_confirm' if confirm else 'refund'}.html", context)
