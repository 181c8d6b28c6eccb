"""A story, a subscriber who may comment on it, and browsers."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from newsstand.office.accounts import actions as accounts
from newsstand.office.accounts.models import Account
from newsstand.office.articles.models import ArticlePage
from newsstand.office.comments.signals import comments_changed
from tests.office import newsroom

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def story(db: None) -> ArticlePage:
    """A published story for subscribers."""
    newsroom.found()
    return newsroom.story(newsroom.section(), level="subscribers")


@pytest.fixture
def article_id(story: ArticlePage) -> str:
    return story.public_id.hex


def subscriber(email: str, name: str = "") -> Account:
    """A reader with all rights of a plan."""
    account = Account.objects.create_user(email, name=name)
    accounts.give_grant(
        account=account,
        subject="product:news",
        rights=["read", "ad_free", "comment"],
        from_at=newsroom.NOW,
        until=None,
        grace_until=None,
        source="subscription",
        source_ref=email,
        by="system",
        now=newsroom.NOW,
    )
    return account


@pytest.fixture
def ada(story: ArticlePage) -> Account:
    return subscriber("ada@example.com", "Ada")


@dataclass
class Heard:
    """Which stories were announced; each time a row of the outbox is answered, as the edition does."""

    articles: list[str] = field(default_factory=list)


@pytest.fixture
def heard() -> Iterator[Heard]:
    found = Heard()

    def listen(sender: Any, article_id: str, **kwargs: Any) -> int:
        found.articles.append(article_id)
        return 4711

    comments_changed.connect(listen)
    yield found
    comments_changed.disconnect(listen)
