"""Level rules in the office: from the form to the board, what they make of the archive, and back again."""

import json
from datetime import timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy
from newsstand.office.accounts.models import Account, Product
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.models import AuditRow
from newsstand.rules.gate.facts import Level, Step
from newsstand.rules.gate.policy import PolicyError
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.access.policy_form import filled
from tests.office.newsroom import NOW

DAY = timedelta(days=1)
EDIT = "/staff/settings/access/accesspolicy/{}/"
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def front(db: None) -> Any:
    return newsroom.found()


@pytest.fixture
def editor(client: Any) -> Account:
    account = Account.objects.create_user("editor@example.org", is_staff=True, is_superuser=True)
    client.force_login(account, backend=BACKEND)
    return account


def rules(*values: dict[str, Any]) -> str:
    return json.dumps([{"type": "rule", "value": value} for value in values])


FIRST_DAY = {"younger_than_hours": 24, "level": "free"}
ARCHIVE = {"older_than_days": 30, "level": "subscribers"}


def saved(*values: dict[str, Any], **fields: Any) -> AccessPolicy:
    row = AccessPolicy(rules=rules(*values), **fields)
    actions.change_policy(row=row, by="staff:1", now=NOW)
    return AccessPolicy.objects.get()


def test_a_storys_steps_follow_the_rules() -> None:
    saved(FIRST_DAY, ARCHIVE)
    story = newsroom.story(newsroom.section(), "it")
    begins = clock.to_unix(NOW)
    assert queries.facts_for_gate(story).steps == (
        Step(0, Level.FREE),
        Step(begins + 86_400, Level.METERED),
        Step(begins + 30 * 86_400, Level.SUBSCRIBERS),
    )


def test_rules_ask_for_section_tag_author_and_product() -> None:
    harbour, culture = newsroom.section(), newsroom.section("Culture", "culture")
    ferries, mara = newsroom.tag(), newsroom.author()
    sport = Product.objects.create(code="sport", name="Sport")
    saved(
        {"tag": str(ferries.pk), "level": "subscribers"},
        {"author": str(mara.pk), "level": "registered"},
        {"product": "sport", "level": "subscribers"},
        {"section": str(culture.pk), "level": "free"},
    )
    levels = {
        "plain": newsroom.story(harbour, "plain"),
        "tagged": newsroom.story(harbour, "tagged", tags=[ferries], authors=[mara]),
        "by-mara": newsroom.story(harbour, "by-mara", authors=[mara]),
        "sport": newsroom.story(harbour, "sport", product=sport),
        "culture": newsroom.story(culture, "culture"),
        "own": newsroom.story(culture, "own", level="metered"),
    }
    found = {name: queries.facts_for_gate(story).steps[0].level.value for name, story in levels.items()}
    assert found == {
        "plain": "metered",
        "tagged": "subscribers",
        "by-mara": "registered",
        "sport": "subscribers",
        "culture": "free",
        "own": "metered",
    }


def test_a_rule_whose_tag_is_gone_fits_nothing() -> None:
    ferries = newsroom.tag()
    saved({"tag": str(ferries.pk), "level": "free"})
    story = newsroom.story(newsroom.section(), "it")
    ferries.delete()
    assert queries.facts_for_gate(story).steps == (Step(0, Level.METERED),)


def test_the_report_says_level_reason_and_next_step(django_assert_max_num_queries: Any) -> None:
    harbour = newsroom.section()
    row = saved(FIRST_DAY, ARCHIVE, open_until=NOW + DAY, open_section=harbour)
    newsroom.story(harbour, "today")
    newsroom.story(harbour, "old", published_at=NOW - 40 * DAY)
    newsroom.story(harbour, "own", level="registered")
    with django_assert_max_num_queries(14):
        found = {one.address: one for one in queries.archive(row, NOW)}
    today = found["/harbour/today/"]
    assert (today.level, today.next_level, today.next_at) == (Level.FREE, Level.METERED, NOW + DAY)
    assert today.given_by == "rule 1: younger than 24 hours"
    assert today.open_until == NOW + DAY
    assert found["/harbour/old/"].given_by == "rule 2: older than 30 days"
    assert found["/harbour/own/"].given_by == "the story's own level"


def form(client: Any, *values: dict[str, Any], **changes: Any) -> Any:
    row = AccessPolicy.load()
    return client.post(EDIT.format(row.pk), filled(*values, **changes))


def test_a_change_is_shown_before_it_is_saved(client: Any, editor: Account) -> None:
    harbour = newsroom.section()
    for number in range(3):
        newsroom.story(harbour, f"story-{number}")
    newsroom.story(harbour, "own", level="free")
    shown = form(client, default_level="subscribers")
    assert shown.status_code == 200
    page = shown.content.decode()
    assert "3 stories move from metered to subscribers only." in page
    assert "errors" not in BeautifulSoup(page, "html.parser").select_one(".messages").get_text()
    assert AccessPolicy.objects.get().default_level == "metered"
    assert not AuditRow.objects.filter(verb="change_access").exists()
    agreed = shown.context["form"]["agreed"].value()
    assert form(client, default_level="free", agreed=agreed).status_code == 200
    assert AccessPolicy.objects.get().default_level == "metered"
    assert form(client, default_level="subscribers", agreed=agreed).status_code == 302
    assert AccessPolicy.objects.get().default_level == "subscribers"
    assert AuditRow.objects.get(verb="change_access").by == f"staff:{editor.reader_id}"


def test_rules_are_written_in_the_form(client: Any, editor: Account) -> None:
    newsroom.story(newsroom.section(), "old", published_at=NOW - 4000 * DAY)
    shown = form(client, {"older_than_days": "30", "level": "subscribers"})
    assert "1 story moves from metered to subscribers only." in shown.content.decode()
    again = form(
        client,
        {"older_than_days": "30", "level": "subscribers"},
        agreed=shown.context["form"]["agreed"].value(),
    )
    assert again.status_code == 302
    assert [rule.older_than for rule in queries.level_rules(AccessPolicy.objects.get())] == [30 * 86_400]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            [{"older_than_days": "2", "younger_than_hours": "24", "level": "free"}],
            "Rule 1 fits no story: no story is so old and so young at once.",
        ),
        (
            [{"older_than_days": "30", "level": "free"}, {"older_than_days": "60", "level": "metered"}],
            "Rule 2 would never be asked: rule 1 above it fits all of its stories already.",
        ),
        ([{"level": "free"}], "This rule names no stories."),
        ([{"product": "gone", "level": "free"}], "Select a valid choice. gone is not one of the available"),
        ([{"tag": "77", "level": "free"}], "Select a valid choice. 77 is not one of the available"),
        ([{"older_than_days": "0", "level": "free"}], "greater than or equal to 1"),
    ],
)
def test_rules_that_contradict_are_refused_with_the_reason(
    client: Any, editor: Account, values: list[dict[str, Any]], sentence: str
) -> None:
    answer = form(client, *values)
    assert answer.status_code == 200
    assert sentence in answer.content.decode().replace("\\u0027", "'")
    assert not AuditRow.objects.filter(verb="change_access").exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"gift_days": "0"},
        {"gift_days": "91"},
        {"gift_devices": "0"},
        {"gifts_a_month": "101"},
        {"new_devices": "1001"},
    ],
)
def test_numbers_without_bounds_are_refused(client: Any, editor: Account, changes: dict[str, str]) -> None:
    answer = form(client, **changes)
    assert answer.status_code == 200
    assert "Write a number from" in answer.content.decode()


def test_a_change_can_be_taken_back(client: Any, editor: Account) -> None:
    saved(FIRST_DAY, device_allowance=2, wall_line="Five people make this paper.")
    row = AccessPolicy.objects.get()
    row.rules, row.device_allowance, row.default_level = rules(), 1, "free"
    row.open_until = clock.now() + DAY
    actions.change_policy(row=row, by="staff:1", now=NOW)
    first = AuditRow.objects.filter(verb="change_access").order_by("pk").first()
    page = client.get("/staff/access/history/").content.decode()
    assert f"/staff/access/history/{first.pk}/revert/" in page
    assert client.post(f"/staff/access/history/{first.pk}/revert/").status_code == 302
    row = AccessPolicy.objects.get()
    assert (row.device_allowance, row.default_level) == (2, "metered")
    assert [rule.younger_than for rule in queries.level_rules(row)] == [86_400]
    assert row.open_until is not None
    last = AuditRow.objects.filter(verb="change_access").latest("pk")
    assert (last.why, last.by) == ("The rules of 2026-11-16 12:00:00 GMT again.", f"staff:{editor.reader_id}")
    told = BeautifulSoup(client.get("/staff/access/history/").content, "html.parser").select_one("tbody tr")
    assert told is not None
    words = told.get_text(" ", strip=True)
    assert editor.email in words
    assert "Rules : – → younger than 24 hours: free" in words
    assert "Access level : Free: everybody reads it → Metered: free until" in words
    assert client.post("/staff/access/history/999999/revert/").status_code == 404


def test_rules_as_they_are_leave_no_line_in_the_log(client: Any, editor: Account, shelf: Shelf) -> None:
    assert form(client, open_until="2099-12-31 18:00").status_code == 302
    row = AuditRow.objects.get(verb="change_access")
    generation = shelf.board.read().generation
    assert form(client, open_until="2099-12-31 18:00").status_code == 302
    assert client.post(f"/staff/access/history/{row.pk}/revert/").status_code == 302
    assert AuditRow.objects.get(verb="change_access") == row
    assert shelf.board.read().generation == generation
    history = BeautifulSoup(client.get("/staff/access/history/").content, "html.parser")
    assert "– → 2099-12-31 18:00 GMT" in history.get_text(" ", strip=True)


def test_the_pages_of_the_staff(client: Any, editor: Account) -> None:
    saved(FIRST_DAY)
    story = newsroom.story(newsroom.section(), "it", title="=cmd()", published_at=clock.now())
    assert "rule 1: younger than 24 hours" in client.get("/staff/access/levels/").content.decode()
    lines = client.get("/staff/access/levels/?csv").content.decode().splitlines()
    assert lines[0].startswith("address,level,given by,next level,from")
    assert lines[1].startswith("/harbour/it/,free,rule 1: younger than 24 hours,metered,20")
    assert lines[1].endswith(",'=cmd()")
    newsroom.story(story.get_parent(), "eels", level="free", published_at=clock.now() - 3 * DAY)
    for asked, found in (
        ({"q": "EELS harbour"}, ["eels"]),
        ({"q": "cmd", "level": "free"}, ["it"]),
        ({"level": "subscribers"}, []),
        ({"level": "no such level"}, ["eels", "it"]),
    ):
        page = BeautifulSoup(client.get("/staff/access/levels/", asked).content, "html.parser")
        links = page.select("table.listing a")
        assert sorted(str(link["href"]).split("/")[-2] for link in links) == found
        assert bool(links) != ("No story fits" in page.get_text())
        file = client.get("/staff/access/levels/", {**asked, "csv": "1"}).content.decode().splitlines()
        assert sorted(line.split("/")[2] for line in file[1:]) == found
    why = client.get("/staff/access/why/", {"url": story.address, "read": "2"}).content.decode()
    assert "level: " in why
    assert (
        "No account has this"
        in client.get(
            "/staff/access/why/", {"url": story.address, "reader": "x@example.org"}
        ).content.decode()
    )
    assert "No published story lies" in client.get("/staff/access/why/", {"url": "/no/"}).content.decode()


def test_the_editor_sees_beside_the_story_who_reads_it_and_each_step(client: Any, editor: Account) -> None:
    saved(FIRST_DAY)
    story = newsroom.story(newsroom.section(), "it", published_at=clock.now())
    for name in ("Zinc", "amber"):
        story.tags.add(newsroom.tag(name, name.lower()))
    story.save()
    edit = BeautifulSoup(client.get(f"/staff/pages/{story.pk}/edit/").content, "html.parser")
    words = edit.get_text(" ", strip=True)
    assert "Level: free, by rule 1: younger than 24 hours." in words
    assert "Who has no account and has read nothing yet: The story has the level “free”" in words
    assert [step.get_text() for step in edit.select("details ol li")][-1].startswith("free for everyone: yes")
    assert edit.select_one(f"a[href='/staff/access/why/?url={story.address}']")
    tags = [label.get_text(strip=True) for label in edit.select("#id_tags label")]
    assert tags == ["amber", "Zinc"]


@pytest.mark.parametrize("path", ["history", "levels", "why"])
def test_no_reader_comes_to_the_staffs_pages(client: Any, path: str) -> None:
    client.force_login(Account.objects.create_user("r@example.org"), backend=BACKEND)
    assert client.get(f"/staff/access/{path}/").status_code == 302


def test_the_board_is_told_of_rules(shelf: Any) -> None:
    outbox.drain()
    generation = shelf.board.read().generation
    saved(FIRST_DAY)
    assert shelf.board.read().generation > generation


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([{"product": "sport", "level": "free"}], "Rule 1 names a product that is no more."),
        ([FIRST_DAY, {"tag": "999", "level": "free"}], "Rule 2 names a tag that is no more."),
        (
            [FIRST_DAY, {"younger_than_hours": 12, "level": "free"}],
            "Rule 2 would never be asked: rule 1 above it",
        ),
        ([{"older_than_days": 2, "younger_than_hours": 48, "level": "free"}], "fits no story"),
    ],
)
def test_rules_that_cannot_hold_are_refused_by_whatever_way_they_come(
    values: list[dict[str, Any]], reason: str
) -> None:
    with pytest.raises(PolicyError, match=reason):
        saved(*values)
    assert not AccessPolicy.objects.exists()


def test_old_rules_are_not_brought_back_where_they_name_what_is_gone(client: Any, editor: Account) -> None:
    ferries = newsroom.tag()
    saved({"tag": str(ferries.pk), "level": "free"})
    kept = AuditRow.objects.get(verb="change_access")
    row = AccessPolicy.objects.get()
    row.rules = rules()
    actions.change_policy(row=row, by="staff:1", now=NOW)
    ferries.delete()
    answer = client.post(f"/staff/access/history/{kept.pk}/revert/", follow=True)
    assert "Rule 1 names a tag that is no more." in answer.content.decode()
    assert not AccessPolicy.objects.get().rules
