"""What lower desks announce, turned into outbox rows of the same transaction.

What may no longer be shown leaves the shelf before that transaction is committed: if the process dies after the
commit, nothing is left behind that would have to be taken away. If the commit fails, the page is printed again when
it is asked for.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models.signals import post_delete, post_save
from wagtail.models import PageViewRestriction

from newsstand.office.access.signals import policy_changed
from newsstand.office.ads.signals import ads_changed
from newsstand.office.articles import queries as articles
from newsstand.office.articles.signals import (
    article_changed,
    article_gone,
    article_saved,
    listing_changed,
    menu_changed,
)
from newsstand.office.billing.signals import offers_changed
from newsstand.office.comments.signals import comments_changed
from newsstand.office.edition import actions, queries
from newsstand.office.edition.printing.sheets import sheet_press
from newsstand.office.kit import outbox
from newsstand.office.kit.signals import publication_changed

# Changes that show on every page.
EVERYWHERE = {
    "menu": menu_changed,
    "offers": offers_changed,
    "ads": ads_changed,
    "policy": policy_changed,
    "publication": publication_changed,
}


def connect() -> None:
    """Called once, when the application is ready."""
    article_saved.connect(_article_saved, dispatch_uid="edition.article_saved")
    article_changed.connect(_article_changed, dispatch_uid="edition.article_changed")
    article_gone.connect(_article_gone, dispatch_uid="edition.article_gone")
    listing_changed.connect(_listing_changed, dispatch_uid="edition.listing_changed")
    comments_changed.connect(_comments_changed, dispatch_uid="edition.comments_changed")
    for saved in (post_save, post_delete):
        saved.connect(_closed_off, sender=PageViewRestriction, dispatch_uid="edition.closed_off")
    for reason, signal in EVERYWHERE.items():
        signal.connect(_for_everywhere(reason), weak=False, dispatch_uid=f"edition.{reason}")


@transaction.atomic
def _article_saved(sender: Any, *, article: Any, shown_at: str | None, **kwargs: Any) -> None:
    """Wagtail commits a publication before it speaks of it: the gate is raised within the save itself."""
    sheet_press.drop_feeds(articles.last_shown(article)[1:])
    for path in dict.fromkeys((article.address, shown_at or article.address)):
        if not actions.drop_if_gate_moved(article, path=path):
            continue
        if article.live:
            outbox.add(actions.PRINT_STORY, {"id": article.article_id}, key=article.article_id)
        else:
            outbox.add(actions.DROP, {"path": path}, key=path)


@transaction.atomic
def _article_changed(
    sender: Any, *, article_id: str, before_paths: list[str], after_paths: list[str], **kwargs: Any
) -> None:
    """The story and the listings that showed or show it."""
    article = articles.article(article_id)
    for path in dict.fromkeys((*before_paths[:1], *after_paths[:1])):
        if article is not None:
            actions.drop_if_gate_moved(article, path=path)
    if before_paths and before_paths[0] != after_paths[0]:
        _move(before_paths[0], after_paths[0])
    outbox.add(actions.PRINT_STORY, {"id": article_id}, key=article_id)
    outbox.add(actions.INDEX, {"id": article_id}, key=article_id)
    listings = list(dict.fromkeys((*before_paths[1:], *after_paths[1:])))
    for path in listings:
        outbox.add(actions.PRINT_LISTING, {"path": path}, key=path)
    _let_end_soon(*after_paths[:1], *listings)
    _drop_sheets(listings)


@transaction.atomic
def _article_gone(sender: Any, *, article_id: str, before_paths: list[str], **kwargs: Any) -> None:
    """The text goes at once; its headline and picture may stand below any other story, so all are made anew."""
    for path in before_paths[:1]:
        actions.drop(path=path)
        outbox.add(actions.DROP, {"path": path}, key=path)
    outbox.add(actions.INDEX, {"id": article_id}, key=article_id)
    _drop_sheets(before_paths[1:])
    _everywhere("gone")


@transaction.atomic
def _listing_changed(sender: Any, *, before_path: str | None, after_path: str | None, **kwargs: Any) -> None:
    if before_path and after_path and before_path != after_path:
        _move(before_path, after_path)
    elif before_path and not after_path:
        outbox.add(actions.DROP, {"path": before_path}, key=before_path)
    if after_path:
        outbox.add(actions.PRINT_LISTING, {"path": after_path}, key=after_path)
        _let_end_soon(after_path)
    _drop_sheets([path for path in (before_path, after_path) if path])


@transaction.atomic
def _closed_off(sender: Any, *, instance: PageViewRestriction, **kwargs: Any) -> None:
    """Staff closed a page off, with all below it, by Wagtail's privacy setting, or opened it again."""
    for path in queries.paths_below(instance.page):
        actions.drop(path=path)
    _everywhere("privacy")


@transaction.atomic
def _comments_changed(sender: Any, *, article_id: str, **kwargs: Any) -> int:
    """The row's id goes back to whoever made the change, who may wait for it."""
    outbox.take_turn()
    return outbox.add(actions.PRINT_STORY, {"id": article_id}, key=article_id)


def _for_everywhere(reason: str) -> Any:
    def changed(sender: Any, **kwargs: Any) -> None:
        _everywhere(reason)

    return changed


@transaction.atomic
def _everywhere(reason: str) -> None:
    outbox.add(actions.RAISE_GENERATION, {"reason": reason}, key="generation")
    # The row does it again: this process may die before it has come here.
    transaction.on_commit(actions.let_all_be_old, robust=True)


def _let_end_soon(*paths: str) -> None:
    """The worker prints them, and may be busy, or only just starting."""
    transaction.on_commit(partial(actions.let_end_soon, paths=paths), robust=True)


def _drop_sheets(listings: list[str]) -> None:
    """Feeds hold text, so they go at once; the rows see to the maps, and to what a crash left undone."""
    sheet_press.drop_feeds(listings)
    for path in listings:
        outbox.add(actions.DROP_FEEDS, {"path": path}, key=path)
    outbox.add(actions.DROP_MAPS, {}, key="maps")


def _move(old: str, new: str) -> None:
    outbox.add(actions.MOVE, {"old": old, "new": new}, key=f"{old} {new}")
