"""What the kiosks counted reaches the rows once, whatever dies on the way, and staff see it by story."""

from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.test import Client
from wagtail.admin.menu import admin_menu

from newsstand.office.articles.models import ArticlePage, FrontPage
from newsstand.office.edition.actions import PRINT_LISTING
from newsstand.office.edition.printing.listings import front_plate
from newsstand.office.insights import actions, queries
from newsstand.office.insights.models import Readings
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import OutboxRow
from newsstand.office.kit.registry import registry
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 16)
GONE = "f" * 32


def count(
    shelf: Shelf, article: str, variant: str, reason: str, number: int = 1, source: str = "direct"
) -> None:
    for _ in range(number):
        shelf.tally.add(article, variant, reason, source)
    shelf.tally.flush()


def numbers() -> dict[tuple[date, str], int]:
    return {(row.day, row.reason): row.number for row in Readings.objects.all()}


def test_sums_are_added_to_the_rows_of_their_day(shelf: Shelf) -> None:
    count(shelf, GONE, "full.ads", "meter", 2)
    assert actions.take_tally(day=DAY) == 2
    count(shelf, GONE, "full.ads", "meter", 3)
    count(shelf, GONE, "opening.ads", "meter_spent")
    assert actions.take_tally(day=DAY) == 4
    count(shelf, GONE, "full.ads", "meter")
    assert actions.take_tally(day=date(2026, 11, 17)) == 1
    assert actions.take_tally(day=DAY) == 0
    assert numbers() == {(DAY, "meter"): 5, (DAY, "meter_spent"): 1, (date(2026, 11, 17), "meter"): 1}


def test_killed_before_the_commit_nothing_is_lost(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    count(shelf, GONE, "full.ads", "meter", 2)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "_keep", _killed)
        with pytest.raises(Killed):
            actions.take_tally(day=DAY)
    count(shelf, GONE, "full.ads", "free")
    actions.take_tally(day=DAY)
    actions.take_tally(day=DAY)
    assert numbers() == {(DAY, "meter"): 2, (DAY, "free"): 1}


def test_killed_after_the_commit_nothing_is_counted_twice(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    count(shelf, GONE, "full.ads", "meter", 2)
    with monkeypatch.context() as patch:
        patch.setattr(type(shelf.tally), "settle", _killed)
        with pytest.raises(Killed):
            actions.take_tally(day=DAY)
    assert numbers() == {(DAY, "meter"): 2}
    count(shelf, GONE, "full.ads", "meter", 5)
    assert actions.take_tally(day=DAY) == 0
    assert actions.take_tally(day=DAY) == 5
    assert numbers() == {(DAY, "meter"): 7}


def test_names_of_any_length_find_room(shelf: Shelf) -> None:
    count(shelf, "a" * 300, "v" * 600, "r" * 300, source="s" * 300)
    assert actions.take_tally(day=DAY) == 1
    Readings.objects.get().full_clean()


def test_the_worker_takes_the_sums(shelf: Shelf, publication: Any) -> None:
    count(shelf, GONE, "full.ads", "free")
    registry.duties["insights.take_tally"].do(clock.now())
    assert Readings.objects.get().day == clock.today(publication.zone)


@pytest.fixture
def counted(shelf: Shelf, db: None) -> Any:
    """A day on which one story was read in every way, and another one is no longer public."""
    newsroom.found()
    story = newsroom.story(newsroom.section(), title="The last crane")
    for variant, reason, number in (
        ("full.ads", "meter", 4),
        ("full.ads", "counted", 1),
        ("full.in", "grant", 3),
        ("full.ads", "gift", 2),
        ("opening.ads.by-subscribe", "meter_spent", 5),
    ):
        count(shelf, story.article_id, variant, reason, number, source="search")
    count(shelf, GONE, "full.ads", "free")
    count(shelf, "", "", "renewal_failed", 7, source="")
    actions.take_tally(day=clock.today("Europe/London"))
    return story


def test_the_report_tells_read_and_walled_apart(counted: Any) -> None:
    day = clock.today("Europe/London")
    first, second = queries.stories_read(day, day)
    assert (first.title, first.address) == ("The last crane", counted.address)
    assert (first.read, first.openly, first.metered, first.paid, first.otherwise) == (10, 0, 5, 3, 2)
    assert first.walled == 5
    assert (second.title, second.read, second.openly, second.walled) == ("", 1, 1, 0)
    assert [(one.name, one.number) for one in queries.sources_named(day, day)] == [
        ("search", 15),
        ("direct", 1),
    ]
    assert [(one.name, one.number) for one in queries.troubles(day, day)] == [("renewal_failed", 7)]
    assert queries.stories_read(date(2020, 1, 1), date(2020, 1, 2)) == []


def test_staff_see_the_report_and_nobody_else(counted: Any, django_user_model: Any) -> None:
    client = Client(HTTP_HOST="localhost")
    assert client.get("/staff/readings/").status_code == 302
    editor = django_user_model.objects.create(email="editor@example.org", is_staff=True)
    editor.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert "The last crane" not in client.get("/staff/readings/", follow=True).content.decode()
    assert "/staff/readings/" not in client.get("/staff/").content.decode()
    editor.user_permissions.add(Permission.objects.get(codename="see_readings"))
    page = client.get("/staff/readings/?days=30")
    assert page.status_code == 200
    assert "The last crane" in page.content.decode()
    assert "renewal_failed" in page.content.decode()
    assert client.get("/staff/readings/?days=all").context["days"] == 7
    assert "/staff/readings/" in client.get("/staff/").content.decode()
    desks = {str(item.label): item.url for item in admin_menu.registered_menu_items}
    assert desks["Insights"] == "/staff/readings/"


class Killed(RuntimeError):
    """Stands for the end of the process."""


def _killed(*args: Any) -> None:
    raise Killed


def test_the_front_page_shows_what_is_read_most_by_headline_alone(shelf: Shelf, db: None) -> None:
    newsroom.found()
    section, now = newsroom.section(), clock.now()
    body = [("paywall", None), *newsroom.paragraphs("Only for those who pay.")]
    stories = [
        newsroom.story(section, f"story-{n}", title=f"Headline {n}", body=body, published_at=now)
        for n in range(4)
    ]
    tell = registry.duties["insights.most_read"].do

    def box() -> list[str]:
        plate = front_plate(FrontPage.objects.get(), now)
        page = BeautifulSoup(plate.render(plate.first[0]), "html.parser")
        assert "Only for those who pay." not in page.get_text()
        return [link.get_text() for link in page.select(".most a")]

    for story, number in zip(stories[:2], (5, 9), strict=True):
        count(shelf, story.article_id, "full.ads", "free", number)
    count(shelf, stories[3].article_id, "opening.ads", "meter_spent", 20)
    count(shelf, GONE, "full.ads", "free", 30)
    actions.take_tally(day=clock.today("Europe/London"))
    assert box() == []  # two stories are no list
    outbox.drain()
    tell(now)
    assert OutboxRow.objects.filter(topic=PRINT_LISTING, key="/", done_at__isnull=True).count() == 1
    outbox.drain()
    tell(now)
    assert not OutboxRow.objects.filter(topic=PRINT_LISTING, key="/", done_at__isnull=True).exists()
    count(shelf, stories[2].article_id, "full.in", "grant", 7)
    actions.take_tally(day=clock.today("Europe/London") - timedelta(days=6))
    assert box() == ["Headline 1", "Headline 2", "Headline 0"]
    ArticlePage.objects.filter(pk=stories[2].pk).update(gone_from=now)
    assert box() == []
    assert queries.most_read(9, now + timedelta(days=7)) == []
