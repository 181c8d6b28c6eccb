"""Writing, checking and finding stories on the staff's pages."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from newsstand.office.accounts.models import Account
from newsstand.office.articles.models import ArticlePage, SectionPage
from newsstand.office.kit.models import AuditRow
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def editor(client: Any, db: None) -> Account:
    account = Account.objects.create_user("editor@example.org", is_staff=True)
    account.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(account, backend=BACKEND)
    return account


def form(**changes: Any) -> dict[str, Any]:
    values = {
        "title": "The crane",
        "slug": "the-crane",
        "standfirst": "It comes down.",
        "lead_alt": "",
        "lead_caption": "",
        "lead_credit": "",
        "body": streamfield(
            [
                ("paragraph", rich_text("<p>Above the line.</p>")),
                ("paywall", ""),
                ("paragraph", rich_text("<p>Below the line.</p>")),
            ]
        ),
        "bylines": inline_formset([]),
        "level": "metered",
        "product": "",
        "published_at": "",
        "embargo_until": "",
        "gone_from": "",
        "seo_title": "",
        "search_description": "",
        "comments": inline_formset([]),
    }
    return nested_form_data({**values, **changes})


def add(client: Any, section: SectionPage, **changes: Any) -> Any:
    return client.post(f"/staff/pages/add/articles/articlepage/{section.pk}/", form(**changes))


def test_an_editor_publishes_a_story(client: Any, harbour: SectionPage, editor: Account) -> None:
    assert client.get(f"/staff/pages/add/articles/articlepage/{harbour.pk}/").status_code == 200
    answer = add(client, harbour, **{"action-publish": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    story = ArticlePage.objects.get()
    assert story.live
    assert story.published_at is not None
    assert [block.block_type for block in story.body] == ["paragraph", "paywall", "paragraph"]
    assert AuditRow.objects.get(verb="publish", subject=f"article:{story.article_id}").by == (
        f"staff:{editor.reader_id}"
    )


def test_a_draft_is_kept_and_not_shown(client: Any, harbour: SectionPage, editor: Account) -> None:
    assert add(client, harbour).status_code == 302
    story = ArticlePage.objects.get()
    assert not story.live
    assert story.published_at is None
    assert client.get(f"/staff/pages/{story.pk}/edit/").status_code == 200
    assert client.get(f"/staff/pages/{story.pk}/history/").status_code == 200


def test_a_story_needs_a_headline(client: Any, harbour: SectionPage, editor: Account) -> None:
    answer = add(client, harbour, title="", **{"action-publish": "1"})
    assert answer.status_code == 200
    assert "This field is required." in answer.content.decode()
    assert not ArticlePage.objects.exists()


@pytest.mark.parametrize("decorative", [True, False])
def test_a_lead_picture_needs_words(
    client: Any, harbour: SectionPage, editor: Account, decorative: bool
) -> None:
    picture = newsroom.picture(300, 200)
    changes: dict[str, Any] = {"lead_picture": str(picture.pk), "action-publish": "1"}
    if decorative:
        changes["lead_is_decorative"] = "on"
    answer = add(client, harbour, **changes)
    assert answer.status_code == (302 if decorative else 200)
    assert ("Say what the picture shows" in answer.content.decode()) is not decorative


def test_a_picture_in_the_text_needs_words(client: Any, harbour: SectionPage, editor: Account) -> None:
    value = {"picture": newsroom.picture(300, 200).pk, "alt_text": "", "caption": "", "credit": ""}
    answer = add(client, harbour, body=streamfield([("picture", value)]), **{"action-publish": "1"})
    assert answer.status_code == 200
    assert "Say what the picture shows" in answer.content.decode()


def test_one_paywall_line_is_enough(client: Any, harbour: SectionPage, editor: Account) -> None:
    body = streamfield([("paywall", ""), ("paywall", "")])
    answer = add(client, harbour, body=body, **{"action-publish": "1"})
    assert answer.status_code == 200
    assert not ArticlePage.objects.exists()


def test_a_section_may_not_hide_the_sites_own_pages(client: Any, front: Any, editor: Account) -> None:
    values = {
        "title": "Account",
        "slug": "account",
        "description": "",
        "seo_title": "",
        "search_description": "",
    }
    data = nested_form_data({**values, "comments": inline_formset([]), "action-publish": "1"})
    answer = client.post(f"/staff/pages/add/articles/sectionpage/{front.pk}/", data)
    assert answer.status_code == 200
    assert "The site itself uses this address" in answer.content.decode()
    data["slug"] = "accounting"
    assert client.post(f"/staff/pages/add/articles/sectionpage/{front.pk}/", data).status_code == 302


def test_the_list_of_stories_names_their_levels(client: Any, harbour: SectionPage, editor: Account) -> None:
    newsroom.story(harbour, "a", title="A metered one", level="metered")
    newsroom.story(harbour, "b", title="Another one")
    page = client.get("/staff/stories/").content.decode()
    assert "Metered" in page
    assert "By the site" in page
    page = client.get("/staff/stories/?level=metered").content.decode()
    assert "A metered one" in page
    assert "Another one" not in page
    assert client.get("/staff/stories/?export=csv").status_code == 200


def test_only_the_right_pages_stand_below_each_other(front: Any, harbour: SectionPage) -> None:
    assert SectionPage.can_create_at(front)
    assert ArticlePage.can_create_at(harbour)
    assert not ArticlePage.can_create_at(front)
    assert not SectionPage.can_create_at(harbour)


def test_writers_may_not_publish(client: Any, harbour: SectionPage) -> None:
    writer = Account.objects.create_user("writer@example.org", is_staff=True)
    writer.groups.add(Group.objects.get(name="Editors"))
    client.force_login(writer, backend=BACKEND)
    add(client, harbour, **{"action-publish": "1"})
    assert not ArticlePage.objects.filter(live=True).exists()


def test_readers_see_nothing_of_it(client: Any, harbour: SectionPage) -> None:
    client.force_login(Account.objects.create_user("reader@example.org"), backend=BACKEND)
    assert client.get("/staff/stories/").status_code in {302, 403}


def test_moments_are_written_in_the_publications_zone(client: Any, db: None) -> None:
    newsroom.found(zone="Europe/Berlin")
    editor = Account.objects.create_user("editor@example.org", is_staff=True)
    editor.groups.add(Group.objects.get(name="Moderators"))
    client.force_login(editor, backend=BACKEND)
    add(client, newsroom.section(), published_at="2026-11-14 07:30")
    draft = ArticlePage.objects.get().get_latest_revision_as_object()
    assert draft.published_at.isoformat() == "2026-11-14T06:30:00+00:00"


def test_an_author_with_stories_cannot_be_deleted(client: Any, harbour: SectionPage, editor: Account) -> None:
    mara = newsroom.author()
    newsroom.story(harbour, authors=[mara])
    assert client.post(f"/staff/pages/{mara.pk}/delete/").status_code == 302  # back, with a message
    assert [author.title for author in ArticlePage.objects.get().authors] == ["Mara Finch"]


def test_staff_are_told_that_the_clock_is_ahead(
    client: Any, harbour: SectionPage, editor: Account, shelf: Shelf
) -> None:
    told = "The clock of this site was moved ahead"
    assert told not in client.get("/staff/").content.decode()
    shelf.board.set_clock_offset(28 * 86_400)
    assert told in client.get("/staff/").content.decode()
