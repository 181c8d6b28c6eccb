"""The staff's pages of one sale: what was agreed, every invoice with its attempts, and what staff can do."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views.generic import InspectView

from newsstand.office.accounts.queries import account_of
from newsstand.office.billing import actions, queries
from newsstand.office.billing.forms import ReasonForm
from newsstand.office.billing.models import Invoice
from newsstand.office.billing.queries import wording
from newsstand.office.billing.views.refunds import MAY_GIVE_BACK, page_of
from newsstand.office.kit import clock
from newsstand.rules.billing.lifecycle import EndedByStaff


class SaleView(InspectView):
    """One subscription or purchase."""

    may_change = ""
    deeds: tuple[str, ...] = ()

    def get_page_subtitle(self) -> str:
        return f"{self.object.title}, {self.object.account.email}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says, or show its form again with what is wrong beside the field."""
        what = request.POST.get("what", "")
        if not request.user.has_perm(self.may_change) or what not in self.deeds:
            raise PermissionDenied
        form = ReasonForm(request.POST, auto_id=f"{what}_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{what}_form": form}))
        given = {"by": account_of(request).actor, "why": form.cleaned_data["why"], "now": clock.now()}
        if self.do(what, **given):
            messages.success(request, _("Done. The log has a line about it."))
        else:
            messages.error(request, _("Nothing was done: this has changed meanwhile."))
        return HttpResponseRedirect(page_of(self.object))

    def do(self, what: str, **given: Any) -> bool:
        """Unpark it or end it; False where that means nothing any more."""
        if what == "unpark":
            return actions.unpark(sale=self.object, **given)
        return actions.end_sale(sale=self.object, event=EndedByStaff(), **given)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        rows = self.object.invoices.order_by("-seq", "-pk")
        may_give_back = self.request.user.has_perm(MAY_GIVE_BACK)
        return {
            "invoices": [
                _shown(invoice, may_give_back=may_give_back)
                for invoice in rows.prefetch_related("attempts__payment_method", "refunds")
            ],
            "consents": self.object.consents.order_by("-at", "-pk"),
            "can_change": self.request.user.has_perm(self.may_change) and self.object.is_live,
            **{f"{what}_form": ReasonForm(auto_id=f"{what}_%s") for what in self.deeds},
            **context,
        }


class SubscriptionView(SaleView):
    """One subscription."""

    page_title = gettext_lazy("Subscription")
    template_name = "billing/staff/subscription.html"
    may_change = "billing.change_subscription"
    deeds = ("cancel", "end", "unpark")

    def do(self, what: str, **given: Any) -> bool:
        if what == "cancel":
            return actions.cancel_subscription(subscription=self.object, **given)
        return super().do(what, **given)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        following = queries.next_charge(self.object)
        return {
            "next_amount": wording.amount(following.money) if following is not None else "",
            "next_on": wording.weekday(following.on) if following is not None else "",
            **super().get_context_data(**kwargs),
        }


class PurchaseView(SaleView):
    """One purchase."""

    page_title = gettext_lazy("Purchase")
    template_name = "billing/staff/purchase.html"
    may_change = "billing.change_purchase"
    deeds = ("end", "unpark")


def refund_url(invoice: Invoice) -> str:
    """Where money of this invoice is given back; nothing where none was taken."""
    if invoice.status != Invoice.Status.PAID or not invoice.amount:
        return ""
    return reverse("billing_refund", args=[invoice.public_id])


def _shown(invoice: Invoice, *, may_give_back: bool) -> dict[str, Any]:
    return {
        "row": invoice,
        "span": wording.span(invoice.period),
        "amount": wording.amount(invoice.money),
        "attempts": invoice.attempts.all(),
        "refunds": [(wording.amount(row.money), row) for row in invoice.refunds.all()],
        "refund_url": refund_url(invoice) if may_give_back else "",
    }
