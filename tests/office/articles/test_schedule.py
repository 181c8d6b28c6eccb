"""Schedules follow site time, which the demo's clock moves ahead of the machine's."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from wagtail.models import PageLogEntry, Revision

from newsstand.office.articles import actions, queries
from newsstand.office.articles.models import ArticlePage, SectionPage
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow
from tests.office import newsroom


@pytest.fixture
def due() -> datetime:
    """A moment that lies ahead of the machine's clock, by days."""
    return clock.real_now().replace(microsecond=0) + timedelta(days=20)


def draft(below: SectionPage, **values: Any) -> ArticlePage:
    page = ArticlePage(title="Soon", slug="soon", live=False, **values)
    below.add_child(instance=page)
    page.save_revision().publish()
    return ArticlePage.objects.get(pk=page.pk)


def test_a_scheduled_story_goes_live_by_site_time(harbour: SectionPage, due: datetime) -> None:
    page = draft(harbour, go_live_at=due)
    assert not page.live
    assert queries.next_scheduled(clock.now()) == due
    assert actions.publish_scheduled(due - timedelta(seconds=1)) == 0
    assert not ArticlePage.objects.get().live
    assert actions.publish_scheduled(due) == 1
    page = ArticlePage.objects.get()
    assert page.live
    assert page.published_at == due
    assert queries.next_scheduled(due) is None
    assert actions.publish_scheduled(due) == 0
    row = AuditRow.objects.get(verb="publish", subject=f"article:{page.article_id}")
    assert (row.by, row.at) == ("system", due)
    assert PageLogEntry.objects.filter(page=page.pk, action="wagtail.publish.scheduled").exists()


def test_a_scheduled_change_of_a_live_story(harbour: SectionPage, due: datetime) -> None:
    page = newsroom.story(harbour)
    changed = ArticlePage.objects.get(pk=page.pk)
    changed.title, changed.go_live_at = "The crane falls", due
    changed.save_revision().publish()
    assert ArticlePage.objects.get().title == "The crane"
    assert actions.publish_scheduled(due) == 1
    assert ArticlePage.objects.get().title == "The crane falls"


def test_a_story_expires_by_site_time(harbour: SectionPage, due: datetime) -> None:
    newsroom.story(harbour, expire_at=due)
    assert queries.next_scheduled(clock.now()) == due
    assert actions.publish_scheduled(due - timedelta(seconds=1)) == 0
    assert actions.publish_scheduled(due) == 1
    page = ArticlePage.objects.get()
    assert (page.live, page.expired) == (False, True)
    assert queries.next_scheduled(due) is None
    assert AuditRow.objects.filter(verb="unpublish", at=due).exists()


def test_a_broken_draft_holds_up_no_other(harbour: SectionPage, due: datetime) -> None:
    broken = draft(harbour, go_live_at=due)
    fine = ArticlePage(title="Fine", slug="fine", live=False, go_live_at=due)
    harbour.add_child(instance=fine)
    fine.save_revision().publish()
    revision = Revision.objects.get(object_id=str(broken.pk))
    revision.content = {**revision.content, "title": ""}
    revision.save()
    Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=due)
    assert actions.publish_scheduled(due) == 1
    assert ArticlePage.objects.get(slug="fine").live
    assert not ArticlePage.objects.get(slug="soon").live
    assert queries.due_revisions(due) == []
    assert "title" in AuditRow.objects.get(verb="take_off_schedule").why


def test_a_busy_database_takes_nothing_off_the_schedule(
    harbour: SectionPage, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft(harbour, go_live_at=due)
    take_turn = outbox.take_turn

    def busy() -> None:
        monkeypatch.setattr(outbox, "take_turn", take_turn)
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(outbox, "take_turn", busy)
    with pytest.raises(OperationalError):
        actions.publish_scheduled(due)
    assert not AuditRow.objects.filter(verb="take_off_schedule").exists()
    assert actions.publish_scheduled(due) == 1
    assert ArticlePage.objects.get(slug="soon").live


def test_whoever_publishes_by_schedule_has_the_turn_before_the_page(
    harbour: SectionPage, due: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else who has the turn may want the page, and would wait for it."""
    draft(harbour, go_live_at=due, expire_at=due + timedelta(hours=1))
    was_live: list[bool] = []
    monkeypatch.setattr(
        outbox, "take_turn", lambda: was_live.append(ArticlePage.objects.get(slug="soon").live)
    )
    actions.publish_scheduled(due)
    assert was_live[0] is False
    was_live.clear()
    actions.publish_scheduled(due + timedelta(hours=1))
    assert was_live[0] is True
    assert not ArticlePage.objects.get(slug="soon").live
