"""What lies on the shelf after a page was printed, changed, moved, taken down, or asked for while it changes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from newsstand.office.articles import queries as articles
from newsstand.office.articles.models import ArticlePage, FrontPage, SectionPage
from newsstand.office.articles.signals import listing_changed
from newsstand.office.comments import actions as comments
from newsstand.office.edition import actions
from newsstand.office.edition.printing import assets, press, software
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import OutboxRow, Publication
from newsstand.shelf.entry import NOT_FOUND, Entry
from newsstand.shelf.shelf import Shelf
from newsstand.shelf.store import ShelfFull
from tests.office import newsroom
from tests.office.edition.conftest import SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]
Texts = Callable[[str], dict[str, str]]


def do_rows() -> list[str]:
    """Do all that waits in the outbox and tell which topics of ours were among it."""
    before = set(OutboxRow.objects.filter(done_at__isnull=False).values_list("pk", flat=True))
    outbox.drain()
    assert not OutboxRow.objects.exclude(last_error="").exists()
    done = OutboxRow.objects.exclude(pk__in=before).order_by("pk").values_list("topic", flat=True)
    return [topic for topic in done if topic.startswith("edition.")]


def at(shelf: Shelf, path: str) -> Entry:
    entry = shelf.entries.get(path)
    assert entry is not None, path
    return entry


def test_publishing_prints_the_story_and_its_listings(
    make_story: MakeStory, shelf: Shelf, texts: Texts
) -> None:
    author, tag = newsroom.author(), newsroom.tag()
    do_rows()
    make_story(authors=[author], tags=[tag])
    do_rows()
    assert {name.split(".")[0] for name in texts("/harbour/the-crane/")} == {"opening", "full"}
    for path in ("/", "/harbour/", "/authors/mara-finch/", "/tags/ferries/"):
        for html in texts(path).values():
            assert "The last crane" in html
            assert SECRET not in html


def test_many_changes_make_one_row(make_story: MakeStory) -> None:
    story = make_story()
    do_rows()
    for number in range(3):
        story.title = f"Title {number}"
        story.save_revision().publish()
    waiting = OutboxRow.objects.filter(done_at__isnull=True, topic=actions.PRINT_STORY)
    assert waiting.count() == 1


def test_a_change_prints_the_story_and_not_the_others(
    make_story: MakeStory, shelf: Shelf, texts: Texts
) -> None:
    story, other = make_story(), make_story("other")
    do_rows()
    stamp = at(shelf, other.address).stamp
    story.title = "Another headline"
    story.save_revision().publish()
    do_rows()
    assert all("Another headline" in html for html in texts(story.address).values())
    assert "Another headline" in texts("/")["full.ads"]
    assert at(shelf, other.address).stamp == stamp


def test_a_raised_gate_takes_the_old_print_away_at_once(
    make_story: MakeStory, shelf: Shelf, django_capture_on_commit_callbacks: Any
) -> None:
    story = make_story(level="free")
    do_rows()
    with django_capture_on_commit_callbacks(execute=True):
        story.level = "subscribers"
        story.save_revision().publish()
    assert shelf.entries.get(story.address) is None
    do_rows()
    assert at(shelf, story.address).facts is not None
    assert not any(name.startswith("full.ads") for name in at(shelf, story.address).etags)


def test_a_changed_headline_leaves_the_old_print_until_the_new_one(
    make_story: MakeStory, shelf: Shelf, django_capture_on_commit_callbacks: Any
) -> None:
    story = make_story()
    do_rows()
    with django_capture_on_commit_callbacks(execute=True):
        story.title = "Another headline"
        story.save_revision().publish()
    assert shelf.entries.get(story.address) is not None


def test_what_is_unpublished_is_gone_at_once_and_from_all_pages(
    make_story: MakeStory, shelf: Shelf, texts: Texts, django_capture_on_commit_callbacks: Any
) -> None:
    story = make_story()
    make_story("other")
    do_rows()
    generation = shelf.board.read().generation
    with django_capture_on_commit_callbacks(execute=True):
        story.unpublish()
    assert shelf.entries.get(story.address) is None
    do_rows()
    assert shelf.entries.get(story.address) is None
    assert shelf.board.read().generation > generation
    assert "/the-crane/" not in texts("/")["full.ads"]


def test_a_new_address_leads_on_from_the_old_one(make_story: MakeStory, shelf: Shelf) -> None:
    story = make_story()
    do_rows()
    story.slug = "the-last-crane"
    story.save_revision().publish()
    do_rows()
    assert shelf.board.read().redirects == {"/harbour/the-crane/": "/harbour/the-last-crane/"}
    assert shelf.entries.get("/harbour/the-crane/") is None
    assert shelf.entries.get("/harbour/the-last-crane/") is not None


def test_a_page_that_comes_back_is_not_led_away_from(make_story: MakeStory, shelf: Shelf) -> None:
    story = make_story()
    do_rows()
    for slug in ("moved", "the-crane"):
        story.slug = slug
        story.save_revision().publish()
        do_rows()
    assert shelf.board.read().redirects == {"/harbour/moved/": "/harbour/the-crane/"}


def test_three_moves_at_once_end_where_the_page_is(make_story: MakeStory, shelf: Shelf) -> None:
    """There, back and there again while the worker is away: the third shares the row of the first."""
    story = make_story()
    do_rows()
    for slug in ("moved", "the-crane", "moved"):
        story.slug = slug
        story.save_revision().publish()
    do_rows()
    assert shelf.board.read().redirects == {"/harbour/the-crane/": "/harbour/moved/"}


def test_a_move_that_is_told_late_leads_to_where_the_page_is_now(make_story: MakeStory, shelf: Shelf) -> None:
    story = make_story()
    do_rows()
    story.slug = "last"
    story.save_revision().publish()
    do_rows()
    for old, new in (("/harbour/first/", "/harbour/the-crane/"), ("/harbour/last/", "/harbour/first/")):
        actions.move(old=old, new=new)
    assert shelf.board.read().redirects == {
        "/harbour/the-crane/": "/harbour/last/",
        "/harbour/first/": "/harbour/last/",
    }


def test_what_shows_on_every_page_raises_the_generation_and_warms(
    make_story: MakeStory, shelf: Shelf, texts: Texts
) -> None:
    story = make_story()
    do_rows()
    old = shelf.board.read().generation
    publication = Publication.objects.get()
    publication.name, publication.accent = "The Quay", "#7a1f3d"
    publication.save()
    do_rows()
    assert shelf.board.read().generation > old
    assert at(shelf, story.address).generation == shelf.board.read().generation
    assert all("The Quay" in html for html in texts(story.address).values())
    sheet = assets.style_sheet("#7a1f3d")
    assert shelf.entries.get(sheet.path) is not None
    assert all(sheet.path in html for html in texts("/").values())


def test_a_print_from_before_a_general_change_counts_as_old(make_story: MakeStory, shelf: Shelf) -> None:
    story = articles.page_at(make_story().address)
    press.print_page(story, NOW)
    entry = at(shelf, story.address)
    assert press.is_current(entry, NOW)
    shelf.board.raise_generation()
    assert not press.is_current(entry, NOW)


def test_a_listing_is_old_when_an_embargo_ends(make_story: MakeStory, shelf: Shelf, texts: Texts) -> None:
    ends = NOW + timedelta(hours=1)
    make_story(embargo_until=ends)
    front = articles.page_at("/")
    press.print_page(front, NOW)
    assert "The last crane" not in texts("/")["full.ads"]
    assert press.is_current(at(shelf, "/"), NOW)
    assert not press.is_current(at(shelf, "/"), ends)
    press.print_if_needed(front, ends)
    assert "The last crane" in texts("/")["full.ads"]


def test_one_more_variant_is_added_to_what_lies_there(
    make_story: MakeStory, shelf: Shelf, texts: Texts
) -> None:
    story = articles.page_at(make_story().address)
    press.print_page(story, NOW)
    stamp = at(shelf, story.address).stamp
    assert press.add_variant(story, "full.ads.note-meter-0-3", NOW)
    assert at(shelf, story.address).stamp == stamp
    assert "0 of 3 free articles left this month" in texts(story.address)["full.ads.note-meter-0-3"]


def test_what_was_unpublished_while_it_was_printed_does_not_stay(
    make_story: MakeStory, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = articles.page_at(make_story().address)
    shelf.entries.drop(story.address)
    make_plate = press.plate_for

    def slow_plate(page: Any, now: Any) -> Any:
        plate = make_plate(page, now)
        ArticlePage.objects.get(pk=page.pk).unpublish()
        return plate

    monkeypatch.setattr(press, "plate_for", slow_plate)
    press.print_if_needed(story, NOW)
    assert shelf.entries.get(story.address) is None


def test_what_the_worker_printed_meanwhile_stays(
    make_story: MakeStory, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = articles.page_at(make_story().address)
    shelf.entries.drop(story.address)
    make_plate = press.plate_for
    stamps = []

    def slow_plate(page: Any, now: Any) -> Any:
        plate = make_plate(page, now)
        press._lay(page, plate, shelf.board.read().generation)
        stamps.append(at(shelf, page.address).stamp)
        return plate

    monkeypatch.setattr(press, "plate_for", slow_plate)
    assert press.print_if_needed(story, NOW)
    assert at(shelf, story.address).stamp == stamps[0]


def test_a_page_that_staff_closed_off_is_not_printed(make_story: MakeStory, shelf: Shelf) -> None:
    story = articles.page_at(make_story().address)
    press.print_page(story, NOW)
    PageViewRestriction.objects.create(page=story, restriction_type=PageViewRestriction.LOGIN)
    assert not press.print_page(story, NOW)
    assert shelf.entries.get(story.address) is None


def test_listings_show_no_text(make_story: MakeStory, harbour: SectionPage, texts: Texts) -> None:
    author, tag = newsroom.author(), newsroom.tag()
    for number in range(3):
        make_story(f"s{number}", level="free", authors=[author], tags=[tag])
    for path in ("/", harbour.address, author.address, tag.address, "/authors/", "/tags/"):
        press.print_page(articles.page_at(path), NOW)
        for name, html in texts(path).items():
            assert SECRET not in html, (path, name)
            assert "The crane has stood" not in html, (path, name)
            assert ("ads" in name) or ('class="ad' not in html), (path, name)


def test_everything_can_be_printed_anew(make_story: MakeStory, front: FrontPage, shelf: Shelf) -> None:
    make_story()
    shelf.entries.clear()
    lines: list[str] = []
    actions.print_all(lines.append)
    paths = {path for path in shelf.entries.paths() if not path.startswith("/assets/")}
    assert paths == {NOT_FOUND, "/", "/authors/", "/tags/", "/harbour/", "/harbour/the-crane/"}
    assert len(lines) == 5
    assert lines[0].startswith("1 of 5")


def test_at_the_start_dead_pages_go_and_the_look_is_there(make_story: MakeStory, shelf: Shelf) -> None:
    story = articles.page_at(make_story().address)
    press.print_page(story, NOW)
    ArticlePage.objects.filter(pk=story.pk).update(live=False)
    actions.heal(now=NOW)
    assert shelf.entries.get(story.address) is None
    assert shelf.board.read().generation >= 1
    assert all(shelf.entries.get(asset.path) is not None for asset in assets.current())


@pytest.mark.usefixtures("db")
def test_at_the_start_of_an_empty_installation_there_is_nothing_to_heal(shelf: Shelf) -> None:
    actions.heal(now=NOW)
    assert list(shelf.entries.paths()) == []


def test_a_comment_is_under_the_story_and_never_beside_its_opening(
    make_story: MakeStory, texts: Texts, django_user_model: Any
) -> None:
    story = make_story(level="subscribers")
    account = django_user_model.objects.create_user("staff@example.org", name="Ada", is_staff=True)
    do_rows()
    words = "My grandmother sold eels <b>on that quay</b>."
    written = comments.write_comment(account=account, article=story, text=words, by=account.actor, now=NOW)
    assert isinstance(written, comments.Written)
    assert written.rows
    assert do_rows() == [actions.PRINT_STORY]
    for name, html in texts(story.address).items():
        assert ("My grandmother sold eels" in html) == name.startswith("full"), name
        assert "<b>on that quay" not in html
    assert "1 comment</a>" in texts(story.address)["full.in.talk"]


def test_after_an_upgrade_pages_count_as_old(
    make_story: MakeStory, shelf: Shelf, settings: Any, tmp_path: Any
) -> None:
    settings.SHELF_DIR = tmp_path / "shelf"
    actions.heal(now=NOW)
    story = articles.page_at(make_story().address)
    press.print_page(story, NOW)
    actions.heal(now=NOW)
    assert press.is_current(at(shelf, story.address), NOW)
    (tmp_path / "shelf" / "printed_by").write_text("older software")
    actions.heal(now=NOW)
    assert not press.is_current(at(shelf, story.address), NOW)


def test_a_changed_template_is_other_software(tmp_path: Any) -> None:
    (tmp_path / "page.html").write_text("one")
    first = software.fingerprint(tmp_path)
    (tmp_path / "notes.txt").write_text("not printed")
    assert software.fingerprint(tmp_path) == first
    (tmp_path / "page.html").write_text("two")
    assert software.fingerprint(tmp_path) != first


def test_listings_ask_a_fixed_number_of_questions(make_story: MakeStory) -> None:
    author, tag = newsroom.author(), newsroom.tag()
    picture = newsroom.picture(alt_text="Crane")
    paths = ("/", "/harbour/", author.address, tag.address)

    def asked(path: str) -> int:
        press.plate_for(articles.page_at(path), NOW)  # pictures are made at the first time
        page = articles.page_at(path)
        with CaptureQueriesContext(connection) as queries:
            plate = press.plate_for(page, NOW)
        assert plate is not None
        return len(queries)

    for number in range(2):
        make_story(f"few-{number}", authors=[author], tags=[tag], lead_picture=picture)
    few = [asked(path) for path in paths]
    for number in range(6):
        make_story(f"many-{number}", authors=[author], tags=[tag], lead_picture=picture)
    assert [asked(path) for path in paths] == few


def _no_room(*args: Any) -> None:
    raise ShelfFull("no room for it")


def test_on_a_full_disk_a_corrected_story_is_taken_away_and_its_row_waits(
    make_story: MakeStory, shelf: Shelf, caplog: pytest.LogCaptureFixture
) -> None:
    story = make_story()
    do_rows()
    listed = at(shelf, "/harbour/").stamp
    story.title = "Another headline"
    story.save_revision().publish()
    waiting = OutboxRow.objects.filter(done_at__isnull=True, topic=actions.PRINT_STORY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf.entries, "put", _no_room)
        outbox.drain()
        assert shelf.entries.get(story.address) is None
        assert at(shelf, "/harbour/").stamp == listed
        assert "shelf_full path=/harbour/the-crane/" in caplog.text
        waiting.update(tries=outbox.TRIES, not_before=NOW)
        outbox.drain()
        assert waiting.get().parked_at is None
    OutboxRow.objects.update(not_before=NOW)
    outbox.drain()
    assert not waiting.exists()
    assert at(shelf, story.address).stamp


def test_what_a_reader_had_printed_the_worker_does_not_print_again(
    make_story: MakeStory, shelf: Shelf, texts: Texts
) -> None:
    do_rows()
    story = make_story()
    press.print_if_needed(articles.page_at(story.address), NOW)
    stamp = at(shelf, story.address).stamp
    do_rows()
    assert at(shelf, story.address).stamp == stamp
    assert "The last crane" in texts("/")["full.ads"]


@pytest.mark.parametrize("one_waits", [False, True], ids=["the first change", "an earlier one waits"])
def test_a_change_while_a_reader_has_a_page_printed_is_printed_by_the_worker(
    make_story: MakeStory, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, one_waits: bool
) -> None:
    story = make_story()
    do_rows()
    if one_waits:
        comments.comments_changed.send(None, article_id=story.article_id)
    shelf.entries.drop(story.address)
    make_plate = press.plate_for

    def slow_plate(page: Any, now: Any) -> Any:
        plate = make_plate(page, now)
        comments.comments_changed.send(None, article_id=story.article_id)
        return plate

    with monkeypatch.context() as patch:
        patch.setattr(press, "plate_for", slow_plate)
        press.print_if_needed(story, NOW)
    stamp = at(shelf, story.address).stamp
    do_rows()
    assert at(shelf, story.address).stamp != stamp


@pytest.mark.parametrize("by_worker", [False, True], ids=["for a reader", "by the worker"])
def test_a_print_of_before_a_change_is_handed_out_for_a_second_at_most(
    make_story: MakeStory, shelf: Shelf, monkeypatch: pytest.MonkeyPatch, by_worker: bool
) -> None:
    """A story is published while the list is being printed, and the worker is long in coming to it."""
    make_story()
    do_rows()
    make_plate = press.plate_for

    def slow_plate(page: Any, now: Any) -> Any:
        plate = make_plate(page, now)
        if page.address == "/harbour/" and not ArticlePage.objects.filter(slug="other").exists():
            make_story("other")
        return plate

    monkeypatch.setattr(press, "plate_for", slow_plate)
    if by_worker:
        listing_changed.send(None, before_path=None, after_path="/harbour/")
        outbox.do_row(OutboxRow.objects.get(done_at__isnull=True, topic=actions.PRINT_LISTING))
    else:
        shelf.entries.drop("/harbour/")
        press.print_if_needed(articles.page_at("/harbour/"), NOW)
    until = at(shelf, "/harbour/").fresh_until
    assert until is not None
    assert until <= clock.unix() + 1
    do_rows()
    assert at(shelf, "/harbour/").fresh_until is None
