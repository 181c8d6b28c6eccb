"""What the desk announces when something happens to a page, and what stays in the audit log."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.dispatch import Signal

from newsstand.office.articles import actions, signals
from newsstand.office.articles.models import ArticlePage, AuthorPage, FrontPage, SectionPage, ShownPaths
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow
from tests.office import newsroom
from tests.office.newsroom import NOW

STORY = "/harbour/the-crane/"


class Heard:
    """Everything that was announced since the last look."""

    def __init__(self) -> None:
        self._calls: list[tuple[str, dict[str, Any]]] = []

    def connect(self, name: str, signal: Signal) -> Any:
        def receive(sender: Any, signal: Signal, **values: Any) -> None:
            self._calls.append((name, values))

        signal.connect(receive, weak=False)
        return receive

    def take(self, name: str) -> list[dict[str, Any]]:
        found = [values for heard, values in self._calls if heard == name]
        self._calls = [call for call in self._calls if call[0] != name]
        return found

    def forget(self) -> None:
        self._calls = []


@pytest.fixture
def heard() -> Iterator[Heard]:
    ear = Heard()
    names = ("article_changed", "article_gone", "listing_changed", "menu_changed")
    receivers = {name: ear.connect(name, getattr(signals, name)) for name in names}
    yield ear
    for name, receiver in receivers.items():
        getattr(signals, name).disconnect(receiver)


@pytest.fixture
def mara(front: FrontPage) -> AuthorPage:
    return newsroom.author()


@pytest.fixture
def story(harbour: SectionPage, mara: AuthorPage) -> ArticlePage:
    page = newsroom.story(harbour, authors=[mara], published_at=None)
    return ArticlePage.objects.get(pk=page.pk)


def publish(page: Any, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(page, name, value)
    page.save_revision().publish()


def test_a_first_publication(harbour: SectionPage, mara: AuthorPage, heard: Heard) -> None:
    heard.forget()
    story = newsroom.story(harbour, authors=[mara], published_at=None)
    (told,) = heard.take("article_changed")
    assert told["article_id"] == story.article_id
    assert told["before_paths"] == []
    assert told["after_paths"] == [STORY, "/", "/harbour/", "/authors/mara-finch/"]
    assert ArticlePage.objects.get().published_at == NOW
    row = AuditRow.objects.get(verb="publish", subject=f"article:{story.article_id}")
    assert (row.by, row.at, row.after) == ("system", NOW, {"address": STORY})


def test_a_later_publication_keeps_the_moment_that_readers_see(story: ArticlePage, heard: Heard) -> None:
    publish(story.get_latest_revision_as_object(), title="The old crane", published_at=None)
    kept = ArticlePage.objects.get()
    assert (kept.title, kept.published_at) == ("The old crane", NOW)


def test_lists_that_no_longer_show_it_are_told_too(story: ArticlePage, heard: Heard) -> None:
    ferries = newsroom.tag()
    heard.forget()
    story.bylines = []
    story.tags = [ferries]
    publish(story)
    (told,) = heard.take("article_changed")
    assert told["before_paths"] == [STORY, "/", "/harbour/", "/authors/mara-finch/"]
    assert told["after_paths"] == [STORY, "/", "/harbour/", "/tags/ferries/"]


def test_another_slug_tells_the_old_address(
    story: ArticlePage, heard: Heard, django_capture_on_commit_callbacks: Any
) -> None:
    heard.forget()
    with django_capture_on_commit_callbacks(execute=True):
        publish(story, slug="the-old-crane")
    told = heard.take("article_changed")
    assert told[0]["before_paths"][0] == STORY
    assert told[0]["after_paths"][0] == "/harbour/the-old-crane/"
    assert told[-1]["after_paths"] == told[0]["after_paths"]


def test_another_section_tells_the_old_address(story: ArticlePage, heard: Heard) -> None:
    town = newsroom.section("Town", "town")
    heard.forget()
    story.move(town, pos="last-child")
    (told,) = heard.take("article_changed")
    assert told["before_paths"][:3] == [STORY, "/", "/harbour/"]
    assert told["after_paths"][:3] == ["/town/the-crane/", "/", "/town/"]


def test_a_draft_is_announced_to_nobody(story: ArticlePage, heard: Heard) -> None:
    heard.forget()
    story.title = "A draft"
    story.save_revision()
    assert heard.take("article_changed") == []
    assert ArticlePage.objects.get().title == "The crane"


def test_unpublishing_tells_where_it_stood(story: ArticlePage, heard: Heard) -> None:
    heard.forget()
    story.unpublish()
    (told,) = heard.take("article_gone")
    assert told["article_id"] == story.article_id
    assert told["before_paths"] == [STORY, "/", "/harbour/", "/authors/mara-finch/"]
    assert not ShownPaths.objects.exists()
    assert AuditRow.objects.filter(verb="unpublish").exists()


def test_deleting_tells_where_it_stood(story: ArticlePage, heard: Heard) -> None:
    heard.forget()
    article_id = story.article_id
    story.delete()
    (told,) = heard.take("article_gone")
    assert (told["article_id"], told["before_paths"][0]) == (article_id, STORY)


def test_deleting_a_section_takes_its_stories(story: ArticlePage, harbour: SectionPage, heard: Heard) -> None:
    heard.forget()
    SectionPage.objects.get(pk=harbour.pk).delete()
    assert [told["before_paths"][0] for told in heard.take("article_gone")] == [STORY]
    assert {"before_path": "/harbour/", "after_path": None} in heard.take("listing_changed")
    assert heard.take("menu_changed")


def test_a_renamed_section_moves_all_below_it(
    story: ArticlePage, harbour: SectionPage, heard: Heard, django_capture_on_commit_callbacks: Any
) -> None:
    heard.forget()
    with django_capture_on_commit_callbacks(execute=True):
        publish(SectionPage.objects.get(pk=harbour.pk), slug="port")
    assert {"before_path": "/harbour/", "after_path": "/port/"} in heard.take("listing_changed")
    moved = [told for told in heard.take("article_changed") if told["before_paths"][0] == STORY]
    assert moved[0]["after_paths"][:3] == ["/port/the-crane/", "/", "/port/"]
    assert heard.take("menu_changed")


def test_a_renamed_author_is_renamed_in_every_byline(
    story: ArticlePage, mara: AuthorPage, heard: Heard
) -> None:
    heard.forget()
    publish(AuthorPage.objects.get(pk=mara.pk), title="Mara Finch-Brandt")
    assert [told["article_id"] for told in heard.take("article_changed")] == [story.article_id]
    assert heard.take("listing_changed") == [
        {"before_path": "/authors/mara-finch/", "after_path": "/authors/mara-finch/"}
    ]
    assert heard.take("menu_changed") == []


def test_a_changed_picture_changes_the_stories_that_show_it(story: ArticlePage, heard: Heard) -> None:
    picture = newsroom.picture(300, 200, alt_text="A crane")
    unused = newsroom.picture(300, 200, alt_text="Other")
    publish(ArticlePage.objects.get(pk=story.pk), lead_picture=picture)
    heard.forget()
    unused.save()
    assert heard.take("article_changed") == []
    picture.credit = "M. Finch"
    picture.save()
    assert [told["article_id"] for told in heard.take("article_changed")] == [story.article_id]


def test_a_story_that_is_scheduled_is_not_public(harbour: SectionPage, heard: Heard) -> None:
    later = NOW.replace(year=2099)
    story = newsroom.story(harbour)
    heard.forget()
    publish(ArticlePage.objects.get(pk=story.pk), go_live_at=later)
    assert heard.take("article_changed") == []
    assert heard.take("article_gone") == []  # it stays as it is until then
    story.unpublish()
    heard.forget()
    publish(ArticlePage.objects.get(pk=story.pk), go_live_at=later + timedelta(days=1))
    assert heard.take("article_changed") == []


def test_a_publication_that_was_never_announced_is_found(story: ArticlePage, heard: Heard) -> None:
    assert actions.announce_forgotten(NOW) == 0
    ShownPaths.objects.update(revision=None)  # as if the process had died between two steps
    assert actions.announce_forgotten(NOW) == 0  # it may still be on its way
    ArticlePage.objects.update(last_published_at=clock.real_now() - timedelta(minutes=1))
    heard.forget()
    assert actions.announce_forgotten(NOW) == 1
    assert [told["article_id"] for told in heard.take("article_changed")] == [story.article_id]
    assert actions.announce_forgotten(NOW) == 0
