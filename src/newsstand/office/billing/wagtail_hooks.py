"""Subscriptions, plans and offers, as staff see them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.views.generic import IndexView, InspectView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from newsstand.office.billing import actions, queries
from newsstand.office.billing.forms import ReasonForm
from newsstand.office.billing.models import Invoice, Offer, Plan, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.views.books import books
from newsstand.office.kit import clock
from newsstand.office.kit.staff_list import StaffList
from newsstand.rules.billing.lifecycle import EndedByStaff

MAY_CHANGE = "billing.change_subscription"


class SubscriptionView(InspectView):
    """One subscription: what was agreed, every invoice with its attempts, and what staff can do."""

    page_title = gettext_lazy("Subscription")
    template_name = "billing/staff/subscription.html"

    def get_page_subtitle(self) -> str:
        return f"{self.object.plan.name}, {self.object.account.email}"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says, or show its form again with what is wrong beside the field."""
        what = request.POST.get("what", "")
        if not request.user.has_perm(MAY_CHANGE) or what not in {"cancel", "end", "unpark"}:
            raise PermissionDenied
        form = ReasonForm(request.POST, auto_id=f"{what}_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{what}_form": form}))
        done = self._do(what, form.cleaned_data["why"])
        if done:
            messages.success(request, _("Done. The log has a line about it."))
        else:
            messages.error(request, _("Nothing was done: this subscription has changed meanwhile."))
        return HttpResponseRedirect(reverse("subscriptions:inspect", args=[self.object.pk]))

    def _do(self, what: str, why: str) -> bool:
        given: dict[str, Any] = {"by": self.request.user.actor, "why": why, "now": clock.now()}
        if what == "cancel":
            return actions.cancel_subscription(subscription=self.object, **given)
        if what == "unpark":
            return actions.unpark(sale=self.object, **given)
        return actions.end_sale(sale=self.object, event=EndedByStaff(), **given)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        following = queries.next_charge(self.object)
        invoices = self.object.invoices.order_by("-seq").prefetch_related("attempts__payment_method")
        return {
            "invoices": [_shown(invoice) for invoice in invoices],
            "consents": self.object.consents.order_by("-at", "-pk"),
            "next_amount": wording.amount(following.money) if following is not None else "",
            "next_on": wording.weekday(following.on) if following is not None else "",
            "can_change": self.request.user.has_perm(MAY_CHANGE) and self.object.is_live,
            **{f"{what}_form": ReasonForm(auto_id=f"{what}_%s") for what in ("cancel", "end", "unpark")},
            **context,
        }


class SubscriptionIndex(IndexView):
    """The list. A whole number from a mail or a receipt is looked up exactly, anything else in the address."""

    def search_queryset(self, queryset: QuerySet[Subscription]) -> QuerySet[Subscription]:
        try:
            number = UUID(hex=self.search_query.strip())
        except ValueError:
            found: QuerySet[Subscription] = super().search_queryset(queryset)
            return found
        return queryset.filter(Q(public_id=number) | Q(invoices__public_id=number)).distinct()


def _shown(invoice: Invoice) -> dict[str, Any]:
    return {
        "row": invoice,
        "span": wording.span(invoice.period),
        "amount": wording.amount(invoice.money),
        "attempts": invoice.attempts.all(),
    }


class Subscriptions(StaffList):
    """All subscriptions, searched by e-mail address, and by the number in mails and receipts."""

    model = Subscription
    name = "subscriptions"
    icon = "rotate"
    menu_label = gettext_lazy("Subscriptions")
    add_to_admin_menu = False
    inspect_view_class = SubscriptionView
    inspect_template_name = "billing/staff/subscription.html"
    index_view_class = SubscriptionIndex
    search_fields = ["account__email"]
    search_backend_name = None
    ordering = "-created_at"
    list_display = [
        "account",
        "plan",
        "state",
        DateColumn("created_at", label=gettext_lazy("Ordered"), sort_key="created_at"),
        DateColumn("cancel_requested_at", label=gettext_lazy("Cancelled"), sort_key="cancel_requested_at"),
        DateColumn("ended_at", label=gettext_lazy("Ended"), sort_key="ended_at"),
    ]
    list_filter = ["state", "plan", "end_reason"]
    list_export = [
        "public_id",
        "account",
        "plan",
        "state",
        "created_at",
        "cancel_requested_at",
        "ended_at",
        "end_reason",
    ]


class ComesWithItsTerms(ModelViewSet):
    """What nobody adds or deletes by hand: it comes with agreed terms, and stays with its subscriptions."""

    copy_view_enabled = False

    def get_urlpatterns(self) -> list[Any]:
        """The addresses without those that add, copy and delete."""
        return [one for one in super().get_urlpatterns() if one.name not in {"add", "delete", "copy"}]

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """The pages without links to those addresses."""
        given: dict[str, Any] = super().get_common_view_kwargs(
            add_url_name=None, delete_url_name=None, **kwargs
        )
        return given


class Plans(ComesWithItsTerms):
    """What is sold. Its rhythm and product are agreed terms, and cannot be edited."""

    model = Plan
    name = "plans"
    icon = "list-ul"
    menu_label = gettext_lazy("Plans")
    list_display = ["name", "code", "product"]
    panels = [FieldPanel("name"), FieldPanel("rights"), FieldPanel("lines")]


class Offers(ComesWithItsTerms):
    """The ways to buy. A price is never edited: another price is another offer."""

    model = Offer
    name = "offers"
    icon = "tag"
    menu_label = gettext_lazy("Offers")
    list_display = ["code", "plan", "is_on_sale", "order"]
    panels = [FieldPanel("is_on_sale"), FieldPanel("order")]


class Books(ViewSet):
    """The last audit, and what waits."""

    name = "billing_books"
    icon = "clipboard-list"
    menu_label = gettext_lazy("Books")

    def get_urlpatterns(self) -> list[Any]:
        return [path("", books, name="index")]


class BillingGroup(ModelViewSetGroup):
    """The desk."""

    items = (Subscriptions(), Plans(), Offers(), Books("billing_books"))
    menu_label = gettext_lazy("Subscriptions")
    menu_icon = "rotate"
    menu_name = "billing"
    menu_order = 310


@hooks.register("register_admin_viewset")
def register_desk() -> BillingGroup:
    """Called by Wagtail when it starts."""
    return BillingGroup()
