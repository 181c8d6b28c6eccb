"""Writing, removing and restoring comments; silencing readers."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from newsstand.office.comments import queries
from newsstand.office.comments.models import Comment, Silence, State
from newsstand.office.comments.moderation import judged
from newsstand.office.comments.moderation.draft import Verdict
from newsstand.office.comments.signals import comments_changed
from newsstand.office.kit import audit

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage


@dataclass(frozen=True, slots=True)
class Written:
    """The comment is kept, shown or waiting; `rows` are the outbox rows that bring it to the readers."""

    comment: Comment
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NotWritten:
    """Nothing is kept, for a judge's reason."""

    verdict: Verdict


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """This reader may not comment on this story now."""


def write_comment(
    *, account: "Account", article: "ArticlePage", text: str, by: str, now: datetime
) -> Written | NotWritten | NotAllowed:
    """Write a comment under a story, if the reader may and no judge refuses it.

    The same words again, as by pressing the button twice, are the comment that stands there already.
    """
    words, article_id = queries.tidy(text), article.public_id.hex
    if not queries.may_comment(account, article, now):
        return NotAllowed()
    if (said := queries.standing(account, article_id, words)) is not None:
        return Written(said, ())
    verdict = judged(queries.draft(account, article_id, words, now))
    if verdict.outcome == "refused":
        return NotWritten(verdict)
    comment = Comment(
        article_id=article_id,
        account=account,
        text=words,
        digest=queries.digest(words),
        state=State(verdict.outcome),
        judge=verdict.judge,
        created_at=now,
    )
    try:
        with transaction.atomic():
            comment.save()
            _record(comment, "write_comment", None, by=by, why=verdict.judge, now=now)
            rows = _announce(article_id) if comment.state == State.SHOWN else ()
    except IntegrityError:  # the button was pressed twice at the same moment
        said = queries.standing(account, article_id, words)
        if said is None:
            raise
        return Written(said, ())
    return Written(comment, rows)


def remove_comment(*, comment: Comment, by: str, why: str, now: datetime) -> tuple[int, ...]:
    """Take a comment away from under its story; its text is kept, and it can be restored."""
    return _move(comment, State.REMOVED, "remove_comment", by=by, why=why, now=now)


def restore_comment(*, comment: Comment, by: str, why: str, now: datetime) -> tuple[int, ...]:
    """Let a comment that was removed, or that waits, stand under its story.

    Raises SaidAgain if its reader has since written the same words there.
    """
    try:
        return _move(comment, State.SHOWN, "restore_comment", by=by, why=why, now=now)
    except IntegrityError:
        raise SaidAgain(comment.pk) from None


class SaidAgain(Exception):
    """The same words of the same reader stand under the story already."""


def silence(*, account: "Account", by: str, why: str, now: datetime) -> None:
    """Let a reader write no more comments; those that stand, stay."""
    with transaction.atomic():
        _, is_new = Silence.objects.get_or_create(account=account, defaults={"since_at": now})
        if is_new:
            audit.record(by=by, verb="silence", subject=f"account:{account.reader_id}", why=why, now=now)


def end_silence(*, account: "Account", by: str, why: str, now: datetime) -> None:
    """Let a reader write comments again."""
    with transaction.atomic():
        gone, _ = Silence.objects.filter(account=account).delete()
        if gone:
            audit.record(by=by, verb="end_silence", subject=f"account:{account.reader_id}", why=why, now=now)


def show_new_name(*, account: "Account") -> None:
    """Announce the stories under which a reader's comments stand, since their name is another one now."""
    for article_id in queries.articles_with_words_of(account):
        _announce(article_id)


def _move(comment: Comment, state: State, verb: str, *, by: str, why: str, now: datetime) -> tuple[int, ...]:
    with transaction.atomic():
        row = Comment.objects.select_for_update().get(pk=comment.pk)
        before = row.state
        if before == state:
            return ()
        row.state = state
        row.save(update_fields=["state"])
        _record(row, verb, before, by=by, why=why, now=now)
        comment.state = row.state
        return _announce(row.article_id) if State.SHOWN in (before, state) else ()


def _announce(article_id: str) -> tuple[int, ...]:
    answers: list[tuple[Any, Any]] = comments_changed.send(Comment, article_id=article_id)
    return tuple(row for _, row in answers if isinstance(row, int))


def _record(comment: Comment, verb: str, before: str | None, *, by: str, why: str, now: datetime) -> None:
    audit.record(
        by=by,
        verb=verb,
        subject=f"comment:{comment.pk}",
        before={"state": str(before)} if before is not None else None,
        after={"state": str(comment.state), "article": comment.article_id},
        why=why,
        now=now,
    )
