"""Comments: exact rows, exact announcements, and no trace where one is refused."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from newsstand.office.accounts import actions as accounts
from newsstand.office.accounts.models import Account
from newsstand.office.articles.models import ArticlePage
from newsstand.office.comments import actions, queries
from newsstand.office.comments.models import Comment, Silence, State
from newsstand.office.comments.moderation.draft import Verdict
from newsstand.office.kit import clock
from newsstand.office.kit.models import AuditRow
from newsstand.rules.gate.meter import window_at
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.comments.conftest import Heard, subscriber

NOW = newsroom.NOW + timedelta(days=1)
WORDS = "The harbour wall was mended in 1987 by my father's crew."


def write(account: Account, story: ArticlePage, text: str = WORDS, now: datetime = NOW) -> Any:
    return actions.write_comment(account=account, article=story, text=text, by=account.actor, now=now)


def trace() -> tuple[int, int]:
    return Comment.objects.count(), AuditRow.objects.filter(subject__startswith="comment:").count()


def test_a_comment_is_one_row_one_line_and_one_announcement(
    ada: Account, story: ArticlePage, heard: Heard
) -> None:
    outcome = write(ada, story, f"  {WORDS}\r\n\r\n\r\n\r\nYes.\x00 ")
    row = Comment.objects.get()
    assert outcome.comment == row
    assert 4711 in outcome.rows
    assert (row.account, row.article_id, row.state, row.judge) == (ada, story.public_id.hex, State.SHOWN, "")
    assert (row.text, row.created_at) == (f"{WORDS}\n\nYes.", NOW)
    line = AuditRow.objects.get(subject=f"comment:{row.pk}")
    assert (line.by, line.verb, line.before) == (ada.actor, "write_comment", None)
    assert line.after == {"state": "shown", "article": story.public_id.hex}
    assert heard.articles == [story.public_id.hex]


def test_pressing_twice_writes_once(ada: Account, story: ArticlePage, heard: Heard) -> None:
    first = write(ada, story)
    again = write(ada, story, WORDS.upper() + "\n", NOW + timedelta(seconds=1))
    assert again.comment == first.comment
    assert trace() == (1, 1)
    assert len(heard.articles) == 1


def test_two_presses_at_the_same_moment_write_once(
    ada: Account, story: ArticlePage, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, look = write(ada, story), queries.standing
    blind = iter([None])
    monkeypatch.setattr(queries, "standing", lambda *given: next(blind, look(*given)))
    assert write(ada, story).comment == first.comment
    assert trace() == (1, 1)


def test_others_may_say_the_same(ada: Account, story: ArticlePage) -> None:
    write(ada, story)
    write(subscriber("ben@example.com"), story)
    assert len(queries.thread(story.public_id.hex)) == 2


# --- who may ---


def test_a_reader_without_the_right_leaves_no_trace(story: ArticlePage, heard: Heard) -> None:
    ben = Account.objects.create_user("ben@example.com")
    assert write(ben, story) == actions.NotAllowed()
    assert trace() == (0, 0)
    assert heard.articles == []


def test_paid_time_that_is_over_is_over_for_comments(ada: Account, story: ArticlePage) -> None:
    accounts.end_grant(source="subscription", source_ref=ada.email, at=NOW, by="system", why="over", now=NOW)
    assert write(ada, story) == actions.NotAllowed()


def test_the_right_to_comment_does_not_open_what_may_not_be_read(story: ArticlePage) -> None:
    ben = Account.objects.create_user("ben@example.com")
    accounts.give_grant(
        account=ben, subject="site", rights=["comment"], from_at=NOW, until=None, grace_until=None,
        source="staff", source_ref="1", by="system", now=NOW,
    )  # fmt: skip
    assert write(ben, story) == actions.NotAllowed()
    metered = newsroom.story(story.section, slug="metered", level="metered")
    assert write(ben, metered) == actions.NotAllowed()


def test_a_free_article_is_commented_only_if_it_was_counted(story: ArticlePage, shelf: Shelf) -> None:
    from newsstand.office.access import queries as access

    ben = Account.objects.create_user("ben@example.com")
    accounts.give_grant(
        account=ben, subject="site", rights=["comment"], from_at=NOW, until=None, grace_until=None,
        source="staff", source_ref="1", by="system", now=NOW,
    )  # fmt: skip
    metered = newsroom.story(story.section, slug="metered", level="metered")
    window = window_at(access.policy(NOW), clock.to_unix(NOW)).key
    reader = f"reader:{ben.reader_id}"
    assert write(ben, metered) == actions.NotAllowed()
    assert shelf.visits.read(reader, window) == frozenset()
    shelf.visits.count(reader, window, metered.public_id.hex, 6)
    assert isinstance(write(ben, metered), actions.Written)


# --- judges ---


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("", Verdict("refused", "too_short", 2)),
        (" x \n", Verdict("refused", "too_short", 2)),
        ("\u200b\u200b\u200b", Verdict("refused", "too_short", 2)),
        ("x" * 3001, Verdict("refused", "too_long", 3000)),
    ],
)
def test_a_refused_comment_leaves_no_trace(
    ada: Account, story: ArticlePage, heard: Heard, text: str, verdict: Verdict
) -> None:
    assert write(ada, story, text) == actions.NotWritten(verdict)
    assert trace() == (0, 0)
    assert heard.articles == []


def test_the_fourth_in_a_minute_waits(ada: Account, story: ArticlePage) -> None:
    for second in range(3):
        assert isinstance(
            write(ada, story, f"Comment number {second}", NOW + timedelta(seconds=second)), actions.Written
        )
    assert write(ada, story, "A fourth", NOW + timedelta(seconds=10)) == actions.NotWritten(
        Verdict("refused", "too_fast", 51)
    )
    assert isinstance(write(ada, story, "A fourth", NOW + timedelta(seconds=60)), actions.Written)


def test_many_links_wait_for_staff_and_are_not_announced(
    ada: Account, story: ArticlePage, heard: Heard
) -> None:
    outcome = write(ada, story, "See http://a.example https://b.example and WWW.c.example")
    assert (outcome.comment.state, outcome.comment.judge, outcome.rows) == (State.WAITING, "links", ())
    assert heard.articles == []
    assert queries.thread(story.public_id.hex) == []
    assert queries.count(story.public_id.hex) == 0


def test_the_same_long_words_elsewhere_wait_for_staff(ada: Account, story: ArticlePage) -> None:
    other = newsroom.story(story.section, slug="other", level="subscribers")
    write(ada, other)
    assert write(ada, story).comment.judge == "repeated"
    write(ada, other, "Thank you!")
    assert write(ada, story, "Thank you!", NOW + timedelta(hours=2)).comment.state == State.SHOWN


def test_a_silenced_reader_writes_nothing_until_it_ends(ada: Account, story: ArticlePage) -> None:
    for _ in range(2):
        actions.silence(account=ada, by="staff:1", why="insults", now=NOW)
    assert write(ada, story) == actions.NotWritten(Verdict("refused", "silenced"))
    actions.end_silence(account=ada, by="staff:1", why="talked", now=NOW)
    assert not Silence.objects.exists()
    assert isinstance(write(ada, story), actions.Written)
    verbs = AuditRow.objects.filter(by="staff:1").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["silence", "end_silence"]


# --- removing and restoring ---


def test_a_comment_is_removed_and_restored(ada: Account, story: ArticlePage, heard: Heard) -> None:
    comment = write(ada, story).comment
    for _ in range(2):
        actions.remove_comment(comment=comment, by="staff:1", why="rude", now=NOW)
    assert queries.thread(story.public_id.hex) == []
    assert Comment.objects.get().text == WORDS
    actions.restore_comment(comment=comment, by="staff:1", why="looked again", now=NOW)
    assert [row.paragraphs for row in queries.thread(story.public_id.hex)] == [(WORDS,)]
    assert len(heard.articles) == 3
    lines = AuditRow.objects.filter(by="staff:1").order_by("pk")
    assert [(line.verb, line.before, line.after["state"], line.why) for line in lines] == [
        ("remove_comment", {"state": "shown"}, "removed", "rude"),
        ("restore_comment", {"state": "removed"}, "shown", "looked again"),
    ]


def test_a_waiting_comment_is_shown_or_removed_quietly(
    ada: Account, story: ArticlePage, heard: Heard
) -> None:
    comment = write(ada, story, "http://a.example http://b.example http://c.example").comment
    actions.remove_comment(comment=comment, by="staff:1", why="advertising", now=NOW)
    assert heard.articles == []
    actions.restore_comment(comment=comment, by="staff:1", why="no, news", now=NOW)
    assert heard.articles == [story.public_id.hex]


def test_what_was_said_again_cannot_be_restored_beside_it(ada: Account, story: ArticlePage) -> None:
    first = write(ada, story).comment
    actions.remove_comment(comment=first, by="staff:1", why="rude", now=NOW)
    write(ada, story)
    with pytest.raises(actions.SaidAgain):
        actions.restore_comment(comment=first, by="staff:1", why="looked again", now=NOW)
    first.refresh_from_db()
    assert first.state == State.REMOVED


# --- the thread ---


def test_the_thread_shows_names_and_never_addresses(ada: Account, story: ArticlePage) -> None:
    ben = subscriber("ben@example.com")
    write(ada, story, "One.\n\nTwo,\nstill two.", NOW)
    write(ben, story, "Three.", NOW + timedelta(minutes=1))
    rows = queries.thread(story.public_id.hex)
    assert [(row.name, row.paragraphs) for row in rows] == [
        ("Ada", ("One.", "Two,\nstill two.")),
        ("Reader", ("Three.",)),
    ]
    assert rows[0].created_at == NOW
    assert rows[0].written_on == "17 November 2026, 12:00"
    assert "@" not in repr(rows)


def test_the_thread_has_the_newest_and_a_fixed_number_of_questions(
    ada: Account, story: ArticlePage, django_assert_num_queries: Any
) -> None:
    for hour in range(5):
        write(ada, story, f"Comment number {hour}", NOW + timedelta(hours=hour))
    queries.thread(story.public_id.hex)
    with django_assert_num_queries(2):
        rows = queries.thread(story.public_id.hex, limit=3)
    assert [row.paragraphs[0][-1] for row in rows] == ["2", "3", "4"]


def test_a_new_name_is_announced_for_every_story(ada: Account, story: ArticlePage, heard: Heard) -> None:
    other = newsroom.story(story.section, slug="other", level="subscribers")
    write(ada, story, "Here.")
    write(ada, other, "There.")
    heard.articles.clear()
    accounts.rename(account=ada, name="Ada Quay", by=ada.actor, now=NOW)
    assert sorted(heard.articles) == sorted([story.public_id.hex, other.public_id.hex])
    assert queries.thread(other.public_id.hex)[0].name == "Ada Quay"


def test_a_comment_outlives_its_account(ada: Account, story: ArticlePage) -> None:
    write(ada, story)
    ada.delete()
    assert [row.name for row in queries.thread(story.public_id.hex)] == ["Reader"]
