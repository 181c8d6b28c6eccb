"""The stories as a desk of their own in the staff's menu."""

from typing import ClassVar

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.ui.tables.pages import (
    BulkActionsColumn,
    PageStatusColumn,
    PageTitleColumn,
    ParentPageColumn,
)
from wagtail.admin.views.pages.listing import PageFilterSet
from wagtail.admin.viewsets.pages import PageListingViewSet

from newsstand.office.articles.models import ArticlePage
from newsstand.office.articles.pictures import BARE, Bare


def level_of(story: ArticlePage) -> str:
    """The first word of the level's sentence, such as `Metered`."""
    return str(story.get_level_display()).partition(":")[0] or gettext("By the site's rules")


class StoryFilters(PageFilterSet):
    """Wagtail's filters for pages, and the level."""

    class Meta:
        model = ArticlePage
        fields: ClassVar = ["level"]


class StoryListing(PageListingViewSet):
    """All stories with their level and the moment that readers see: searched, filtered, exported."""

    model = ArticlePage
    icon = "doc-full"
    menu_label = pgettext_lazy("the desk that writes", "Articles")
    menu_order = 90  # before the tree of pages
    add_to_admin_menu = True
    filterset_class = StoryFilters
    columns = (
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Headline"), sort_key="title", classname="title"),
        ParentPageColumn("parent", label=_("Section")),
        Column("level", label=_("Access level"), accessor=level_of, sort_key="level"),
        DateColumn("published_at", label=_("Published"), sort_key="published_at"),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="12%"),
    )
    list_export: ClassVar = ["title", "url_path", "level", "published_at", "live"]
    export_filename = "stories"


@hooks.register("register_image_operations")
def register_bare() -> list[tuple[str, type[Bare]]]:
    """What readers' pictures go through."""
    return [(BARE, Bare)]


story_listing = StoryListing("stories")


@hooks.register("register_admin_viewset")
def register_story_listing() -> StoryListing:
    """The list of stories at `/staff/stories/`."""
    return story_listing
