"""What changes by the clock alone: at its second, with nobody saving anything and no worker at work."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from newsstand.office.access.actions import change_policy, put_policy
from newsstand.office.access.models import AccessPolicy
from newsstand.office.articles.models import ArticlePage, SectionPage
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry
from newsstand.shelf.shelf import Shelf
from newsstand.wiring import connect
from tests.office.edition.conftest import SECRET
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
SECOND = timedelta(seconds=1)
RULES = [
    {"type": "rule", "value": {"younger_than_hours": 24, "level": "free"}},
    {"type": "rule", "value": {"older_than_days": 30, "level": "subscribers"}},
]


class Frozen:
    """The moment that the site takes for now."""

    def __init__(self) -> None:
        self.at = NOW

    def time(self) -> float:
        return self.at.timestamp()


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch, shelf: Shelf) -> Frozen:
    frozen = Frozen()
    monkeypatch.setattr(registry, "answer", connect._answer)
    monkeypatch.setattr("newsstand.kiosk.app.time.time", frozen.time)
    monkeypatch.setattr(clock, "unix", lambda: int(frozen.time()))
    return frozen


def shows(client: Client, story: ArticlePage) -> tuple[int, bool]:
    response = client.get(story.address, headers={"host": "localhost"})
    return response.status_code, SECRET in response.content.decode()


@pytest.mark.parametrize(
    ("values", "at", "before", "after"),
    [
        ({}, NOW + DAY, (200, True), (200, False)),
        ({"published_at": NOW - 29 * DAY}, NOW + DAY, (200, True), (200, False)),
        ({"embargo_until": NOW + MINUTE}, NOW + MINUTE, (404, False), (200, True)),
        ({"gone_from": NOW + MINUTE}, NOW + MINUTE, (200, True), (404, False)),
        ({"level": "subscribers"}, NOW + 2 * MINUTE, (200, True), (200, False)),
    ],
    ids=["free for 24 hours", "the archive after 30 days", "an embargo", "a takedown", "an open house"],
)
def test_each_changes_at_its_second(
    make_story: Callable[..., ArticlePage],
    harbour: SectionPage,
    moment: Frozen,
    values: dict[str, Any],
    at: datetime,
    before: tuple[int, bool],
    after: tuple[int, bool],
) -> None:
    rules = AccessPolicy(rules=json.dumps(RULES), device_allowance=1)
    if "level" in values:
        rules.open_until, rules.open_section = at, harbour
    elif values.get("published_at"):
        rules.default_level = "free"
    else:
        rules.default_level = "subscribers"
    change_policy(row=rules, by="staff:1", now=NOW)
    put_policy(NOW)
    story = make_story(**values)
    for now, wanted in ((NOW, before), (at - SECOND, before), (at, after), (at + SECOND, after)):
        moment.at = now
        # A reader with a device of their own, and one who comes a second time to the same process.
        assert [shows(Client(), story), shows(Client(), story)] == [wanted, wanted]
