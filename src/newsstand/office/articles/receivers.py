"""What Wagtail and Django tell of pages and pictures; each is handed to one action."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_save
from wagtail.models import Page, Revision
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from newsstand.office.articles import actions
from newsstand.office.articles.actions.hand import Hand, present
from newsstand.office.articles.models import ArticlePage, Picture, SectionPage
from newsstand.office.kit import clock


def connect() -> None:
    """Called once, when the application is ready."""
    page_published.connect(_published, dispatch_uid="articles.published")
    page_unpublished.connect(_unpublished, dispatch_uid="articles.unpublished")
    page_slug_changed.connect(_renamed, dispatch_uid="articles.renamed")
    post_page_move.connect(_moved, dispatch_uid="articles.moved")
    user_logged_in.connect(_signed_in, dispatch_uid="articles.staff_signed_in")
    post_save.connect(_story_saved, sender=ArticlePage, dispatch_uid="articles.story_saved")
    post_save.connect(_picture_saved, sender=Picture, dispatch_uid="articles.picture_saved")


def _hand(revision: Revision | None = None) -> Hand:
    """The action at work, else the member of staff who made the revision, else the system."""
    hand = present()
    if hand is not None:
        return hand
    user = revision.user if revision is not None else None
    return Hand(f"staff:{user.reader_id}" if user is not None else "system", clock.now())


def _published(sender: type[Page], instance: Page, revision: Revision | None = None, **kwargs: Any) -> None:
    hand = _hand(revision)
    if instance.live:
        actions.page_changed(instance, verb="publish", by=hand.by, now=hand.now)
    else:  # approved for a later moment
        actions.page_withdrawn(instance, verb="schedule", by=hand.by, now=hand.now)


def _unpublished(sender: type[Page], instance: Page, **kwargs: Any) -> None:
    """Also told of what is deleted, which Wagtail unpublishes first, without saving: the row is still live."""
    hand = _hand()
    is_deleted = Page.objects.live().filter(pk=instance.pk).exists()
    actions.page_withdrawn(
        instance,
        verb="delete" if is_deleted else "unpublish",
        by=hand.by,
        now=hand.now,
        stories_stay=not (is_deleted and isinstance(instance.specific, SectionPage)),
    )


def _renamed(sender: type[Page], instance: Page, instance_before: Page, **kwargs: Any) -> None:
    if instance.live:
        hand, before = _hand(), instance_before.url_path
        actions.page_changed(instance, verb="rename", by=hand.by, now=hand.now, url_path_before=before)


def _moved(sender: type[Page], instance: Page, url_path_before: str, **kwargs: Any) -> None:
    if instance.live:
        hand = _hand()
        actions.page_changed(instance, verb="move", by=hand.by, now=hand.now, url_path_before=url_path_before)


def _story_saved(
    sender: type[ArticlePage],
    instance: ArticlePage,
    raw: bool = False,
    update_fields: frozenset[str] | None = None,
    **kwargs: Any,
) -> None:
    """A draft is saved with the names of the columns that keep it, and touches nothing that readers see."""
    if not raw and (update_fields is None or "live" in update_fields):
        actions.story_saved(instance)


def _picture_saved(sender: type[Picture], instance: Picture, created: bool, **kwargs: Any) -> None:
    if not created:
        actions.picture_changed(instance)


def _signed_in(sender: Any, user: Any, **kwargs: Any) -> None:
    if user.is_staff:
        actions.set_staff_zone(user)
