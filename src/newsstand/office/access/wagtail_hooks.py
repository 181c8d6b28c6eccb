"""The desk in the menu of the staff's pages, and the access rules among the settings."""

from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.generic import InspectView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.contrib.settings.models import register_setting

from newsstand.office.access import views
from newsstand.office.access.forms import AccessPolicyForm, ByHandForm
from newsstand.office.access.models import AccessPolicy, Gift, HandOffer, ReaderGroup
from newsstand.office.kit.language import day
from newsstand.office.kit.staff_list import StaffList

PANELS = [
    FieldPanel("default_level"),
    FieldPanel("rules"),
    MultiFieldPanel(
        [
            FieldPanel("window"),
            FieldPanel("device_allowance"),
            FieldPanel("reader_allowance"),
            FieldPanel("new_devices"),
        ],
        heading=_("The meter"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("ways"),
            FieldPanel("registering_is_open"),
            FieldPanel("wall_line"),
            FieldPanel("wall_benefits"),
        ],
        heading=_("The wall"),
    ),
    FieldPanel("comment_needs"),
    MultiFieldPanel(
        [FieldPanel("gifts_a_month"), FieldPanel("gift_days"), FieldPanel("gift_devices")],
        heading=_("Gift links"),
    ),
    MultiFieldPanel([FieldPanel("open_until"), FieldPanel("open_section")], heading=_("Open house")),
]

# Wagtail looks for the panels on the model; they stand here because their form stands above the model.
AccessPolicy.edit_handler = ObjectList(PANELS, base_form_class=AccessPolicyForm)
register_setting(AccessPolicy, icon="lock", order=10)


def _until(row: Gift | ReaderGroup) -> str:
    """The day of an end. Wagtail's own column calls every moment that is still to come "just now"."""
    if row.until is None:
        return ""
    return day(row.until)


class GroupViewSet(ModelViewSet):
    """Groups whose networks are let in."""

    model = ReaderGroup
    name = "reader_groups"
    icon = "group"
    menu_label = _("Groups and networks")
    list_display = ["name", "product", "contact", Column("until", label=_("Until"), accessor=_until)]
    list_export = ["name", "product", "contact", "ranges", "until"]
    search_fields = ["name", "contact", "ranges"]
    edit_handler = ObjectList(
        [
            FieldPanel("name"),
            FieldPanel("contact"),
            FieldPanel("product"),
            FieldPanel("ranges"),
            FieldPanel("until"),
        ],
        base_form_class=ByHandForm,
    )


class HandOfferViewSet(ModelViewSet):
    """What is sold by hand and stands on walls."""

    model = HandOffer
    name = "hand_offers"
    icon = "tag"
    menu_label = _("Offers by hand")
    list_display = ["way", "product", "words", "is_offered"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("way"), FieldPanel("product")]),
            FieldPanel("words"),
            FieldRowPanel([FieldPanel("amount"), FieldPanel("link")]),
            FieldPanel("is_offered"),
        ],
        base_form_class=ByHandForm,
    )


class GiftView(InspectView):
    """One gift, and the button that takes it back."""

    template_name = "access/staff/gift.html"


class Gifts(StaffList):
    """Stories that readers gave away, searched by headline."""

    model = Gift
    name = "gifts"
    icon = "link"
    menu_label = _("Gift links")
    inspect_view_class = GiftView
    inspect_template_name = "access/staff/gift.html"
    search_fields = ["title", "address"]
    search_backend_name = None
    ordering = "-made_at"
    list_display = [
        "title",
        "giver",
        DateColumn("made_at", label=_("Made"), sort_key="made_at"),
        Column("until", label=_("Until"), accessor=_until, sort_key="until"),
        DateColumn("revoked_at", label=_("Taken back")),
    ]
    list_export = ["article", "title", "made_at", "until", "revoked_at"]


@hooks.register("register_admin_viewset")
def viewsets() -> list[Any]:
    """The lists of the desk; their places in the menu are below."""
    return [
        GroupViewSet(add_to_admin_menu=False),
        HandOfferViewSet(add_to_admin_menu=False),
        Gifts(add_to_admin_menu=False),
    ]


@hooks.register("register_admin_urls", order=-1)
def rules_url() -> list[URLPattern]:
    """The page of the access rules, before Wagtail's own for any settings."""
    names = {"app_name": "access", "model_name": "accesspolicy"}
    return [path("settings/access/accesspolicy/<int:pk>/", views.RulesView.as_view(), names)]


@hooks.register("register_admin_urls")
def admin_urls() -> list[URLPattern]:
    """The desk's own pages."""
    return [
        path("access/why/", views.why_for_staff, name="access_why"),
        path("access/levels/", views.report, name="access_report"),
        path("access/history/", views.history, name="access_history"),
        path("access/history/<int:version>/revert/", views.revert, name="access_revert"),
        path("access/gifts/<int:pk>/revoke/", views.revoke, name="access_revoke_gift"),
    ]


@hooks.register("register_admin_menu_item")
def menu() -> MenuItem:
    """The desk: its rules, what they make of the archive, why, and who else is let in."""
    settings = reverse("wagtailsettings:edit", args=["access", "accesspolicy"])
    items = [
        (_("Access rules"), settings, "lock"),
        (_("Levels of all stories"), reverse("access_report"), "list-ul"),
        (_("Why?"), reverse("access_why"), "help"),
        (_("Changes"), reverse("access_history"), "history"),
        (_("Products"), reverse("products:index"), "tag"),
        (_("Groups and networks"), reverse("reader_groups:index"), "group"),
        (_("Gift links"), reverse("gifts:index"), "link"),
        (_("Offers by hand"), reverse("hand_offers:index"), "tag"),
    ]
    return SubmenuMenuItem(
        _("Access"),
        Menu(
            items=[
                MenuItem(label, url, icon_name=icon, order=n) for n, (label, url, icon) in enumerate(items)
            ]
        ),
        icon_name="lock",
        order=350,
        name="access",
    )
