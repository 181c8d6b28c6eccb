"""`newsstand explain` says for each wrong question what is wrong, and opens nothing by it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from newsstand.office.access import actions, queries
from newsstand.office.access.models import AccessPolicy, Gift
from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock
from newsstand.shelf.shelf import Shelf
from newsstand.shelf.visits import seats_of, seats_window
from newsstand.wiring import cli
from newsstand.wiring.commands import explain
from newsstand.wiring.env import SettingError
from tests.office import newsroom

DAY = timedelta(days=1)


@pytest.fixture
def story(db: None) -> Any:
    newsroom.found()
    return newsroom.story(newsroom.section(), "the-crane", level="subscribers", published_at=clock.now())


@pytest.fixture
def gift(story: Any) -> Gift:
    now, giver = clock.now(), Account.objects.create_user("giver@example.org")
    give_grant(
        account=giver,
        subject="product:news",
        rights=["read"],
        from_at=now - DAY,
        until=None,
        grace_until=None,
        source="comp",
        source_ref="",
        by="system",
        now=now,
    )
    return actions.make_gift(account=giver, article=story, by=giver.actor, now=now)


def ask(*words: str) -> int:
    return explain.run(cli.parser().parse_args(["explain", *words]))


def test_an_address_of_this_site_and_a_path_ask_the_same(
    story: Any, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.SITE_URL = "https://lantern.example"
    told = set()
    for text in (
        "/harbour/the-crane/",
        "harbour/the-crane",
        "https://lantern.example/harbour/the-crane/",
        "http://LANTERN.example:8443/harbour/the%2Dcrane?utm=x#end",
    ):
        assert ask(text) == 0
        told.add(capsys.readouterr().out)
    assert len(told) == 1
    assert "a wall, subscribers only: " in told.pop()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["https://elsewhere.example/harbour/the-crane/"], "is not on this site, whose address is"),
        (["http://[bad"], "is no address"),
        (["/harbour/the-crane/", "--at", "yesterday"], "'yesterday' is no moment; write one like"),
        (["/harbour/the-crane/", "--at", "0001-01-01T00:00+14:00"], "the year must lie between 1971 and"),
        (["/harbour/the-crane/", "--at", "9999-12-31T23:59-12:00"], "the year must lie between 1971 and"),
    ],
)
def test_what_cannot_be_asked_at_all_is_a_wrong_call(story: Any, words: list[str], sentence: str) -> None:
    with pytest.raises(SettingError, match=sentence):
        ask(*words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--read", "-3"], "'-3' is no whole number from 0 to 100"),
        (["--read", "101"], "'101' is no whole number from 0 to 100"),
        (["--gift", ""], "--gift: it is empty"),
        (["--from-network", " "], "--from-network: it is empty"),
        (["--reader", ""], "--reader: it is empty"),
        (["--reader", "a@example.org", "--anonymous"], "not allowed with argument"),
    ],
)
def test_an_option_without_sense_is_a_wrong_call(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        ask("/harbour/the-crane/", *words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["/no/such/"], "/no/such/ is no published story."),
        (["/harbour/"], "/harbour/ is no published story."),
        (["/harbour/the-crane/", "--reader", "x@example.org"], "no account has the e-mail address"),
        (
            ["/harbour/the-crane/", "--gift", "rubbish"],
            "--gift was left out of the question: the token is not",
        ),
        (
            ["/harbour/the-crane/", "--from-network", "10.0.0.0/8"],
            "--from-network was left out of the question: 10.0.0.0/8 is no address.",
        ),
    ],
)
def test_what_is_not_there_is_said(
    story: Any, words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ask(*words) == 1
    assert sentence in capsys.readouterr().err


def test_a_gift_that_opens_nothing_says_why(
    story: Any, gift: Gift, shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    link = queries.gift_address(gift)

    def said(*words: str) -> str:
        assert ask(story.address, "--gift", link, *words) == 1
        told = capsys.readouterr()
        assert "a wall, subscribers only" in told.out
        return told.err

    assert ask(story.address, "--gift", link) == 0
    assert "gift: valid for this story" in capsys.readouterr().out
    assert "it is over since " in said("--at", (gift.until + DAY).isoformat())
    shelf.visits.count(seats_of(gift.gift_id), seats_window(clock.to_unix(gift.until)), "a" * 32, 1)
    AccessPolicy.objects.update_or_create(defaults={"gift_devices": 1})
    assert "it was opened on 1 devices, as many as it may" in said()
    actions.revoke_gift(gift=gift, by="system", now=clock.now())
    assert "it was taken back" in said()


def test_a_moment_without_a_zone_is_one_of_the_publications_clocks(
    story: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert queries.publication().zone == "Europe/London"
    story.embargo_until = datetime(2031, 6, 1, 11, 30, tzinfo=UTC)
    story.save()
    assert ask(story.address, "--at", "2031-06-01T12:00") == 0
    assert "under embargo: yes" in capsys.readouterr().out
    assert ask(story.address, "--at", "2031-06-01T12:00+00:00") == 0
    assert "under embargo: no" in capsys.readouterr().out
