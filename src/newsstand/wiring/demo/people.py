"""The demo's people: one of the staff, and readers who comment."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from newsstand.office.accounts.actions import give_grant, open_account, rename
from newsstand.office.articles.queries import stories_by_slug
from newsstand.office.comments.actions import Written, write_comment
from newsstand.office.kit import audit
from newsstand.rules.gate.facts import Right
from newsstand.wiring.demo import STAFF_EMAIL

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

STAFF_NAME = "Hanna Brandt, Editor"
COMMENTS = Path(__file__).parent / "comments.toml"
A_YEAR = timedelta(days=365)


class CommentRefused(RuntimeError):
    """The demo's own words did not pass its own judges; the text names the story."""


@dataclass(frozen=True, slots=True)
class DemoComment:
    """What a reader wrote, and how many hours after the story was published."""

    under: str
    name: str
    hours: float
    text: str

    @property
    def email(self) -> str:
        """An address that can belong to nobody."""
        return f"{self.name.lower().replace('. ', '.').replace(' ', '.')}@reader.example"


def open_staff_account(*, by: str, now: datetime) -> None:
    """The account that may do everything; its password stands in the installation's settings file."""
    with transaction.atomic():
        account = get_user_model().objects.create_superuser(
            STAFF_EMAIL, settings.ENVIRONMENT.demo_password, name=STAFF_NAME
        )
        audit.record(by=by, verb="open_account", subject=f"account:{account.reader_id}", now=now)


def read_comments(path: Path = COMMENTS) -> tuple[DemoComment, ...]:
    """All comments of the demo, in the order of the file."""
    return tuple(DemoComment(**values) for values in tomllib.loads(path.read_text("utf-8"))["comment"])


def write_comments(*, by: str, now: datetime) -> int:
    """Let the demo's readers write what they have to say; returns how many comments stand.

    What would be written later than `now` is left out: the demo shows nothing from the future.
    """
    written = 0
    for comment in read_comments():
        (story,) = stories_by_slug(comment.under)
        moment = story.published_at + timedelta(hours=comment.hours)
        if moment > now:
            continue
        account = _reader(comment, by=by, now=now)
        done = write_comment(account=account, article=story, text=comment.text, by=account.actor, now=moment)
        if not isinstance(done, Written):
            raise CommentRefused(f"{comment.name} under {comment.under}: {done}")
        written += 1
    return written


def _reader(comment: DemoComment, *, by: str, now: datetime) -> "Account":
    """A reader with a free subscription, who has been one for a year."""
    begin = now - A_YEAR
    account, is_new = open_account(email=comment.email, by=by, now=begin)
    if is_new:
        rename(account=account, name=comment.name, by=by, now=begin)
        give_grant(
            account=account,
            subject="product:news",
            rights=[Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE],
            from_at=begin,
            until=None,
            grace_until=None,
            source="comp",
            source_ref=f"demo:{comment.email}",
            by=by,
            now=begin,
        )
    return account
