"""What is scheduled happens by site time, which the demo's clock may move ahead of the machine's."""

import logging
from datetime import datetime

from django.db import OperationalError, transaction
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Page, Revision

from newsstand.office.articles import queries
from newsstand.office.articles.actions.hand import acting
from newsstand.office.kit import audit, clock, outbox

log = logging.getLogger(__name__)

BY = "system"


def publish_scheduled(now: datetime) -> int:
    """Take down what has expired and publish what is due; returns how many pages changed.

    A page that cannot be published is taken off the schedule, with an audit row that says why, so that one
    broken draft holds up no other. A database that is busy or away says nothing of a draft: all stay on the
    schedule, and their time comes again.
    """
    return sum(_expire(page, now) for page in queries.expired_pages(now)) + sum(
        _publish(revision, now) for revision in queries.due_revisions(now)
    )


def _expire(page: Page, now: datetime) -> int:
    with transaction.atomic(), acting(BY, now):
        outbox.take_turn()  # before the page is locked, which somebody who has the turn may wait for
        page.specific.unpublish(set_expired=True, log_action="wagtail.unpublish.scheduled")
    return 1


def _publish(revision: Revision, now: datetime) -> int:
    try:
        with transaction.atomic(), acting(BY, now):
            outbox.take_turn()  # the same
            _publish_now(revision)
    except OperationalError:
        raise
    except Exception as error:  # a draft may be broken in any way; it must not hold up the others
        log.exception("scheduled_publication_failed revision=%s", revision.pk)
        _take_off_schedule(revision, error, now)
        return 0
    return 1


def _publish_now(revision: Revision) -> None:
    """Wagtail's own action; it would only schedule again what lies ahead of the machine's clock."""
    action = PublishPageRevisionAction(revision, log_action="wagtail.publish.scheduled")
    page = action.object
    if page.go_live_at is not None and page.go_live_at > clock.real_now():
        page.go_live_at = None
    action.execute(skip_permission_checks=True)


def _take_off_schedule(revision: Revision, error: Exception, now: datetime) -> None:
    with transaction.atomic():
        Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
        why = f"{type(error).__name__}: {error}"[:500]
        audit.record(by=BY, verb="take_off_schedule", subject=f"page:{revision.object_id}", why=why, now=now)
