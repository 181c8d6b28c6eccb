"""Questions about comments: what stands under a story, and who may add to it."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from newsstand.office.access import queries as access
from newsstand.office.accounts import queries as accounts
from newsstand.office.articles import queries as articles
from newsstand.office.comments.models import Comment, Silence, State
from newsstand.office.comments.moderation.draft import Draft
from newsstand.office.kit import clock, language, shelf
from newsstand.rules.gate.decide import decide
from newsstand.rules.gate.facts import Declares, Visit
from newsstand.rules.gate.meter import window_at

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage

_GAP = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Row:
    """One comment as it is printed: a name, never an e-mail address; paragraphs of plain text."""

    name: str
    paragraphs: tuple[str, ...]
    created_at: datetime
    written_on: str


def thread(article_id: str, limit: int = 200) -> list[Row]:
    """The newest comments that stand under a story, the oldest of them first."""
    shown = Comment.objects.filter(article_id=article_id, state=State.SHOWN)
    newest = list(shown.order_by("-created_at", "-pk")[:limit])
    names = accounts.names({row.account_id for row in newest if row.account_id is not None})
    return [
        Row(
            name=names.get(row.account_id or 0, "") or _("Reader"),
            paragraphs=tuple(part.strip() for part in _GAP.split(row.text)),
            created_at=row.created_at,
            written_on=language.day_and_time(row.created_at),
        )
        for row in reversed(newest)
    ]


def count(article_id: str) -> int:
    """How many comments stand under a story."""
    return Comment.objects.filter(article_id=article_id, state=State.SHOWN).count()


def may_comment(account: "Account", article: "ArticlePage", now: datetime) -> bool:
    """Whether this reader may read the whole story and has the right to comment on it.

    Asked as by someone who only looks: a free article that was not counted yet is not counted for this.
    """
    policy, moment = access.policy(now), clock.to_unix(now)
    window = window_at(policy, moment).key
    counted = shelf.handle().visits.read(f"reader:{account.reader_id}", window)
    visit = Visit(counted=counted, declares=Declares.HEAD)
    reader, facts = accounts.reader_facts(account, now), access.facts_for_gate(article)
    decision = decide(facts, reader, visit, policy, moment)
    return decision.show == "full" and decision.may_comment


def tidy(text: str) -> str:
    """The text as it is kept: one kind of line end, no signs that can't be seen, no more than one empty line."""
    lines = (" ".join(line.split()) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    seen = "\n".join("".join(letter for letter in line if letter.isprintable()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", seen).strip()


def digest(text: str) -> str:
    """What the same words have in common, however they are spaced and cased."""
    return sha256(" ".join(text.casefold().split()).encode()).hexdigest()


def standing(account: "Account", article_id: str, text: str) -> Comment | None:
    """The comment in which this reader has said just this under this story, unless it was removed."""
    same = Comment.objects.filter(account=account, article_id=article_id, digest=digest(text))
    return same.exclude(state=State.REMOVED).first()


def draft(account: "Account", article_id: str, text: str, now: datetime) -> Draft:
    """What the judges are told about a comment that is about to be written."""
    lately = Comment.objects.filter(account=account, created_at__gt=now - timedelta(hours=1))
    elsewhere = Comment.objects.filter(digest=digest(text), created_at__gt=now - timedelta(days=1))
    return Draft(
        text=text,
        now=now,
        is_silenced=is_silenced(account),
        written_at=tuple(lately.order_by("-created_at").values_list("created_at", flat=True)),
        said_elsewhere=elsewhere.exclude(article_id=article_id).exists(),
    )


def is_silenced(account: "Account") -> bool:
    """Whether staff have silenced this reader."""
    return Silence.objects.filter(account=account).exists()


def articles_with_words_of(account: "Account") -> list[str]:
    """The public ids of the stories under which comments of this reader stand."""
    shown = Comment.objects.filter(account=account, state=State.SHOWN)
    return list(shown.order_by().values_list("article_id", flat=True).distinct())


def story(article_id: str) -> "ArticlePage | None":
    """The live story that a comment belongs to."""
    return articles.article(article_id)
