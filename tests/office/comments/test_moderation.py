"""The judges, each for itself, and their order. No database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsstand.office.comments.moderation import JUDGES, judged, length, links, pace, repeated, silenced
from newsstand.office.comments.moderation.draft import Draft, Verdict

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)


def draft(text: str = "A fair point about the ferry.", **changes: Any) -> Draft:
    facts: dict[str, Any] = {"now": NOW, "is_silenced": False, "written_at": (), "said_elsewhere": False}
    return Draft(text=text, **{**facts, **changes})


def ago(*seconds: int) -> tuple[datetime, ...]:
    return tuple(NOW - timedelta(seconds=each) for each in seconds)


def test_a_plain_comment_is_shown() -> None:
    assert judged(draft()) == Verdict("shown")
    assert all(judge(draft()) is None for judge in JUDGES)


@pytest.mark.parametrize(
    ("text", "judge"),
    [("", "too_short"), ("x", "too_short"), ("ok", None), ("x" * 3000, None), ("x" * 3001, "too_long")],
)
def test_length(text: str, judge: str | None) -> None:
    verdict = length.judge(draft(text))
    assert (verdict.judge if verdict else None) == judge


@pytest.mark.parametrize(
    ("written_at", "seconds"),
    [
        (ago(1, 2), None),
        (ago(1, 2, 59), 2),
        (ago(1, 2, 60), None),
        (ago(1, 2, 3, 4), 58),
        (tuple(ago(*range(100, 3600, 100))[:20]), 1601),
    ],
)
def test_pace(written_at: tuple[datetime, ...], seconds: int | None) -> None:
    verdict = pace.judge(draft(written_at=written_at))
    assert (verdict.number if verdict else None) == seconds


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("http://a.example and https://b.example", False),
        ("http://a.example https://b.example www.c.example", True),
        ("HTTP://a.example HTTPS://b.example hTTp://c.example", True),
        ("a.example b.example c.example", False),
    ],
)
def test_links(text: str, waits: bool) -> None:
    assert (links.judge(draft(text)) is not None) is waits


def test_repeated_words() -> None:
    assert repeated.judge(draft("x" * 40, said_elsewhere=True)) == Verdict("waiting", "repeated")
    assert repeated.judge(draft("x" * 39, said_elsewhere=True)) is None
    assert repeated.judge(draft("x" * 40)) is None


def test_silence() -> None:
    assert silenced.judge(draft(is_silenced=True)) == Verdict("refused", "silenced")


def test_the_first_judge_that_speaks_decides() -> None:
    spam = "http://a.example https://b.example www.c.example"
    assert judged(draft(spam)).judge == "links"
    assert judged(draft(spam, said_elsewhere=True)).judge == "repeated"
    assert judged(draft(spam, written_at=ago(1, 2, 3))).judge == "too_fast"
    assert judged(draft("", written_at=ago(1, 2, 3))).judge == "too_short"
    assert judged(draft("", is_silenced=True)).judge == "silenced"
