"""The form under a story: where it leads, and that what was typed is never lost."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.articles.models import ArticlePage
from newsstand.office.comments import queries
from newsstand.office.comments.models import Comment, State
from newsstand.office.kit.models import AuditRow
from tests.office import newsroom
from tests.office.comments.conftest import HERE, Heard

WORDS = "The harbour wall was mended in 1987 by my father's crew."


def post(client: Client, article_id: str, text: str) -> Any:
    return client.post(f"/comments/{article_id}/", {"text": text}, **HERE)


def soup(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def test_a_comment_leads_back_to_the_thread(
    client: Client, ada: Account, story: ArticlePage, article_id: str, heard: Heard
) -> None:
    client.force_login(ada)
    answer = post(client, article_id, WORDS)
    assert (answer.status_code, answer["Location"]) == (302, "/harbour/the-crane/#comments")
    assert [row.paragraphs for row in queries.thread(article_id)] == [(WORDS,)]


def test_the_view_waits_until_the_story_is_printed(
    client: Client, ada: Account, article_id: str, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[list[int]] = []
    monkeypatch.setattr("newsstand.office.kit.outbox.wait_for", lambda rows: waited.append(rows) or True)
    client.force_login(ada)
    post(client, article_id, WORDS)
    assert [4711 in rows for rows in waited] == [True]


def test_an_error_stands_beside_the_field_and_keeps_the_text(
    client: Client, ada: Account, article_id: str
) -> None:
    client.force_login(ada)
    for text, sentence in (("x", "Write a few words first."), ("y" * 3001, "at most 3000 characters")):
        page = soup(post(client, article_id, text))
        field = page.select_one("textarea[name=text]")
        assert field is not None
        assert field.get_text().strip() == text
        error = page.select_one(".field__error")
        assert error is not None
        assert sentence in error.get_text()
        assert "optional" not in page.select_one("main").get_text()
    assert not Comment.objects.exists()


def test_a_stranger_signs_in_and_finds_what_they_typed(client: Client, ada: Account, article_id: str) -> None:
    answer = post(client, article_id, WORDS)
    assert answer["Location"] == f"/sign-in/?next=%2Fcomments%2F{article_id}%2F"
    assert not Comment.objects.exists()
    client.force_login(ada)
    field = soup(client.get(f"/comments/{article_id}/")).select_one("textarea[name=text]")
    assert field is not None
    assert field.get_text().strip() == WORDS
    post(client, article_id, WORDS)
    assert Comment.objects.get().text == WORDS
    assert "comment_drafts" not in client.session or article_id not in client.session["comment_drafts"]


def test_a_stranger_who_typed_nothing_comes_back_to_the_story(client: Client, article_id: str) -> None:
    assert (
        client.get(f"/comments/{article_id}/")["Location"]
        == "/sign-in/?next=%2Fharbour%2Fthe-crane%2F%23comments"
    )


def test_who_may_not_comment_is_told_and_loses_nothing(client: Client, article_id: str) -> None:
    client.force_login(Account.objects.create_user("ben@example.com"))
    page = soup(post(client, article_id, WORDS))
    assert "Comments on this article are written by subscribers" in page.get_text()
    assert page.select_one("textarea[name=text]") is None
    kept = page.select_one("textarea[readonly]")
    assert kept is not None
    assert kept.get_text().strip() == WORDS
    assert not Comment.objects.exists()
    assert not AuditRow.objects.filter(verb="write_comment").exists()


def test_the_page_shows_nothing_of_the_paid_text(client: Client, story: ArticlePage, article_id: str) -> None:
    secret = newsroom.story(
        story.section,
        slug="secret",
        level="subscribers",
        body=newsroom.paragraphs("The vault is under the quay."),
    )
    client.force_login(Account.objects.create_user("ben@example.com"))
    for answer in (
        client.get(f"/comments/{secret.public_id.hex}/"),
        post(client, secret.public_id.hex, WORDS),
    ):
        assert "The crane" in answer.content.decode()
        assert "vault" not in answer.content.decode()


def test_a_comment_that_waits_says_so(client: Client, ada: Account, article_id: str) -> None:
    client.force_login(ada)
    page = post(client, article_id, "http://a.example http://b.example http://c.example")
    assert page.status_code == 200
    assert "Your comment is waiting" in page.content.decode()
    assert Comment.objects.get().state == State.WAITING


@pytest.mark.parametrize("article", ["0" * 32, "no-id"])
def test_no_story_no_comment(client: Client, ada: Account, article: str) -> None:
    client.force_login(ada)
    assert post(client, article, WORDS).status_code == 404
    assert client.get(f"/comments/{article}/").status_code == 404


def test_the_form_is_refused_from_another_site(client: Client, ada: Account, article_id: str) -> None:
    client.force_login(ada)
    assert client.post(f"/comments/{article_id}/", {"text": WORDS}).status_code == 403
    assert not Comment.objects.exists()


def test_what_readers_write_is_text_and_never_markup(client: Client, ada: Account, article_id: str) -> None:
    client.force_login(ada)
    ada.name = "<b>Ada</b>"
    ada.save()
    post(client, article_id, "<script>alert(1)</script>\nand more")
    printed = render_to_string("comments/thread.html", {"thread": queries.thread(article_id)})
    assert "<script" not in printed
    assert "<b>Ada" not in printed
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br>and more" in printed


# --- staff ---


@pytest.fixture
def editor(client: Client, story: ArticlePage) -> Client:
    client.force_login(Account.objects.create_superuser("editor@example.com", "a long password"))
    return client


def written(ada: Account, article_id: str, text: str = WORDS) -> Comment:
    writer = Client()
    writer.force_login(ada)
    post(writer, article_id, text)
    return Comment.objects.latest("pk")


def test_staff_remove_and_restore(editor: Client, ada: Account, article_id: str) -> None:
    comment = written(ada, article_id)
    listed = editor.get("/staff/reader-comments/").content.decode()
    assert "mended in 1987" in listed
    path = f"/staff/reader-comments/{comment.pk}/"
    assert WORDS.split("'", maxsplit=1)[0] in editor.get(path).content.decode()
    assert editor.post(path, {"what": "remove", "why": ""}).status_code == 200
    assert queries.count(article_id) == 1
    assert editor.post(path, {"what": "remove", "why": "rude"}).status_code == 302
    assert queries.count(article_id) == 0
    assert editor.post(path, {"what": "restore", "why": "looked again"}).status_code == 302
    assert queries.count(article_id) == 1
    editor_account = Account.objects.get(email="editor@example.com")
    assert AuditRow.objects.filter(by=editor_account.actor, subject=f"comment:{comment.pk}").count() == 2


def test_staff_silence_a_reader(editor: Client, ada: Account, article_id: str) -> None:
    path = f"/staff/reader-comments/{written(ada, article_id).pk}/"
    editor.post(path, {"what": "silence", "why": "insults"})
    assert queries.is_silenced(ada)
    assert "Let them comment again" in editor.get(path).content.decode()
    editor.post(path, {"what": "end_silence", "why": "talked"})
    assert not queries.is_silenced(ada)


def test_readers_moderate_nothing(client: Client, ada: Account, article_id: str) -> None:
    comment = written(ada, article_id)
    client.force_login(ada)
    client.post(f"/staff/reader-comments/{comment.pk}/", {"what": "remove", "why": "x"})
    assert queries.count(article_id) == 1
