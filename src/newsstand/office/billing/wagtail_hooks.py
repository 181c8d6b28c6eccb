"""Subscriptions, purchases, plans and offers, as staff see them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BaseColumn, Column, DateColumn, TitleColumn
from wagtail.admin.views.generic import IndexView
from wagtail.admin.viewsets.base import ViewSet
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from newsstand.office.billing import queries
from newsstand.office.billing.models import Offer, Plan, Purchase, Subscription
from newsstand.office.billing.queries import wording
from newsstand.office.billing.views.books import books
from newsstand.office.billing.views.refunds import MAY_GIVE_BACK, refund
from newsstand.office.billing.views.sales import PurchaseView, SubscriptionView, refund_url
from newsstand.office.kit.staff_list import StaffList
from newsstand.rules.money import Money


class SaleIndex(IndexView):
    """A list. A whole number from a mail or a receipt is looked up exactly, anything else in the address."""

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        try:
            number = UUID(hex=self.search_query.strip())
        except ValueError:
            found: QuerySet[Any] = super().search_queryset(queryset)
            return found
        return queryset.filter(Q(public_id=number) | Q(invoices__public_id=number)).distinct()


class PurchaseIndex(SaleIndex):
    """The list of purchases, each with its invoice, and the way to give its money back for who may do so."""

    def get_base_queryset(self) -> QuerySet[Purchase]:
        rows: QuerySet[Purchase] = super().get_base_queryset()
        return rows.select_related("account").prefetch_related("invoices__refunds")

    @property
    def columns(self) -> list[BaseColumn]:
        """Those of every list, and one more."""
        columns: list[BaseColumn] = super().columns
        if self.request.user.has_perm(MAY_GIVE_BACK):
            give_back = TitleColumn("refund", label="", accessor=_give_back, get_url=_give_back_url)
            columns = [*columns, give_back]
        return columns


def _invoice_line(purchase: Purchase) -> str:
    """The invoice in a few words; one that was called off is history, and the newest counts."""
    invoice = queries.newest_invoice(purchase)
    if invoice is None:
        return ""
    line = f"{wording.amount(invoice.money)}, {invoice.get_status_display()}"
    back = sum(row.amount for row in invoice.refunds.all() if row.status in row.MONEY_GOES)
    if not back:
        return line
    return f"{line}; {_('given back')}: {wording.amount(Money(back, invoice.currency))}"


def _give_back(purchase: Purchase) -> str:
    return _("Give money back") if _give_back_url(purchase) else ""


def _give_back_url(purchase: Purchase) -> str | None:
    invoice = queries.newest_invoice(purchase)
    return (refund_url(invoice) if invoice is not None else "") or None


class Subscriptions(StaffList):
    """All subscriptions, searched by e-mail address, and by the number in mails and receipts."""

    model = Subscription
    name = "subscriptions"
    icon = "rotate"
    menu_label = gettext_lazy("Subscriptions")
    add_to_admin_menu = False
    inspect_view_class = SubscriptionView
    inspect_template_name = "billing/staff/subscription.html"
    index_view_class = SaleIndex
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


class Purchases(StaffList):
    """All purchases, searched as subscriptions are, and by what was bought."""

    model = Purchase
    name = "purchases"
    icon = "tag"
    menu_label = gettext_lazy("Purchases")
    add_to_admin_menu = False
    inspect_view_class = PurchaseView
    inspect_template_name = "billing/staff/purchase.html"
    index_view_class = PurchaseIndex
    search_fields = ["account__email", "title"]
    search_backend_name = None
    ordering = "-created_at"
    list_display = [
        "account",
        "title",
        "state",
        Column("invoice", label=gettext_lazy("Invoice"), accessor=_invoice_line),
        DateColumn("created_at", label=gettext_lazy("Ordered"), sort_key="created_at"),
        DateColumn("ended_at", label=gettext_lazy("Ended"), sort_key="ended_at"),
    ]
    list_filter = ["state", "plan", "end_reason"]
    list_export = [
        "public_id",
        "account",
        "title",
        "subject",
        "state",
        "created_at",
        "started_at",
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

    items = (Subscriptions(), Purchases(), Plans(), Offers(), Books("billing_books"))
    menu_label = gettext_lazy("Subscriptions")
    menu_icon = "rotate"
    menu_name = "billing"
    menu_order = 310


@hooks.register("register_admin_viewset")
def register_desk() -> BillingGroup:
    """Called by Wagtail when it starts."""
    return BillingGroup()


@hooks.register("register_admin_urls")
def refund_page() -> list[URLPattern]:
    """The page on which money of an invoice is given back, whatever it is for."""
    return [path("refunds/<uuid:public_id>/", refund, name="billing_refund")]


@hooks.register("register_permissions")
def may_give_back() -> QuerySet[Permission]:
    """So that a group can be allowed to give money back, and nobody has it without being told so."""
    return Permission.objects.filter(content_type__app_label="billing", codename="add_refund")
