"""The desk's place in the menu of the staff's pages."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.admin.viewsets.model import ModelViewSet, ModelViewSetGroup

from newsstand.office.ads.models import Creative, Slot


class CreativeViewSet(ModelViewSet):
    """House advertisements: listed, filtered, exported, edited."""

    model = Creative
    icon = "pick"
    menu_label = _("House advertisements")
    list_display = ["headline", "slot", "link", "weight", "is_active"]
    list_filter = ["slot", "is_active"]
    list_export = ["slot", "headline", "words", "link", "from_at", "until_at", "weight", "is_active"]
    search_fields = ["headline", "words", "link"]
    panels = [
        FieldPanel("slot"),
        MultiFieldPanel(
            [FieldPanel("headline"), FieldPanel("words"), FieldPanel("link"), FieldPanel("picture")],
            heading=_("What it says"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("from_at"), FieldPanel("until_at")]),
                FieldRowPanel([FieldPanel("weight"), FieldPanel("is_active")]),
            ],
            heading=_("When and how often"),
        ),
    ]


class SlotViewSet(ModelViewSet):
    """The places that hold them."""

    model = Slot
    icon = "placeholder"
    menu_label = _("Slots")
    list_display = ["name", "code"]
    form_fields = ["code", "name"]


class AdsViewSetGroup(ModelViewSetGroup):
    """The desk."""

    items = (CreativeViewSet("creatives"), SlotViewSet("slots"))
    menu_icon = "pick"
    menu_label = _("Ads")
    menu_name = "ads"
    menu_order = 500


@hooks.register("register_admin_viewset")
def register_desk() -> AdsViewSetGroup:
    """Called by Wagtail when it starts."""
    return AdsViewSetGroup()
