"""What must happen when a page became public, changed, moved or went: one place that gathers and announces."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from wagtail.models import Page

from newsstand.office.articles import queries, signals
from newsstand.office.articles.models import ArticlePage, SectionPage, ShownPaths
from newsstand.office.articles.models.public_page import PublicPage, address_of
from newsstand.office.kit import audit, clock, outbox

if TYPE_CHECKING:
    from newsstand.office.articles.models import Picture


PATIENCE = timedelta(seconds=30)  # so long a publication may be on its way


@transaction.atomic
def page_changed(page: Page, *, verb: str, by: str, now: datetime, url_path_before: str = "") -> None:
    """A live page of ours was published, renamed or moved. `url_path_before` is given where it may differ."""
    specific = page.specific
    if not isinstance(specific, PublicPage):
        return
    outbox.take_turn()
    before = address_of(url_path_before) if url_path_before else specific.address
    record(
        specific, verb=verb, by=by, now=now, before={"address": before}, after={"address": specific.address}
    )
    if isinstance(specific, ArticlePage):
        _set_first_moment(specific, now)
        _announce_story(specific)
        return
    for listing in queries.listings_below(specific):
        now_at = listing.address
        was_at = before + now_at[len(specific.address) :]
        signals.listing_changed.send(type(listing), before_path=was_at, after_path=now_at)
    for story in queries.stories_below(specific):
        _announce_story(story)
    _announce_menu(specific)


@transaction.atomic
def page_withdrawn(page: Page, *, verb: str, by: str, now: datetime, stories_stay: bool = True) -> None:
    """A page of ours is no longer public: unpublished, or about to be deleted.

    The stories of an author, a tag or an unpublished section stay; those of a deleted section go with it, and
    each tells so itself.
    """
    specific = page.specific
    if not isinstance(specific, PublicPage):
        return
    outbox.take_turn()
    record(specific, verb=verb, by=by, now=now, before={"address": specific.address}, after=None)
    if isinstance(specific, ArticlePage):
        _withdraw_story(specific)
        return
    signals.listing_changed.send(type(specific), before_path=specific.address, after_path=None)
    for story in queries.stories_below(specific) if stories_stay else ():
        _announce_story(story)
    _announce_menu(specific)


def story_saved(story: ArticlePage) -> None:
    """The row of a story was saved, and the save is not committed: whoever closes something may do it before."""
    shown = queries.last_shown(story)
    signals.article_saved.send(ArticlePage, article=story, shown_at=shown[0] if shown else None)


@transaction.atomic
def picture_changed(picture: "Picture") -> None:
    """A picture's words or its middle changed: the stories that show it are announced again."""
    outbox.take_turn()
    for story in queries.stories_showing(picture):
        _announce_story(story)


def add_live(parent: Page, page: Page) -> None:
    """Add a page and publish its first revision, without which Wagtail can schedule no change of it."""
    page.live = False  # the revision makes it public
    parent.add_child(instance=page)
    page.save_revision().publish()
    page.refresh_from_db()


def announce_forgotten(now: datetime, *, patience: timedelta = PATIENCE) -> int:
    """Announce what was published or withdrawn by a process that died before it could say so; returns how many.

    Wagtail saves a page and speaks of it in two steps, so that there is a moment between them. Before anybody can
    publish, at the start, there is nothing to be patient with.
    """
    forgotten = queries.forgotten_stories(clock.real_now() - patience)
    for story in forgotten:
        page_changed(story, verb="publish", by="system", now=now)
    withdrawn = queries.withdrawn_unsaid()
    for story in withdrawn:
        page_withdrawn(story, verb="unpublish", by="system", now=now)
    return len(forgotten) + len(withdrawn)


def record(
    page: Page,
    *,
    verb: str,
    by: str,
    now: datetime,
    before: dict[str, str] | None,
    after: dict[str, str] | None,
) -> None:
    """The audit row of a page."""
    subject = f"article:{page.article_id}" if isinstance(page, ArticlePage) else f"page:{page.pk}"
    audit.record(by=by, verb=verb, subject=subject, before=before, after=after, now=now)


def _set_first_moment(story: ArticlePage, now: datetime) -> None:
    """The moment that readers see, where the editor set none: this first publication."""
    if story.live and story.published_at is None:
        story.published_at = now
        ArticlePage.objects.filter(pk=story.pk).update(published_at=now)


def _announce_story(story: ArticlePage) -> None:
    if not story.live:  # published for a later moment, so that no reader may see it yet
        _withdraw_story(story)
        return
    before = queries.last_shown(story)
    after = queries.paths_of(story)
    values = {"paths": after, "revision": story.live_revision_id}
    ShownPaths.objects.update_or_create(article_id=story.pk, defaults=values)
    signals.article_changed.send(
        ArticlePage, article_id=story.article_id, before_paths=before, after_paths=after
    )


def _withdraw_story(story: ArticlePage) -> None:
    before = queries.last_shown(story)
    if not before:
        return
    ShownPaths.objects.filter(article_id=story.pk).delete()
    signals.article_gone.send(ArticlePage, article_id=story.article_id, before_paths=before)


def _announce_menu(page: Page) -> None:
    if isinstance(page, SectionPage):
        signals.menu_changed.send(SectionPage)
