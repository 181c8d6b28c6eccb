"""Killed while a pass is closed, or while every page is printed anew: nothing is open that ought not to be."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from newsstand.office.accounts.actions import (
    close_account,
    close_session,
    end_grant,
    give_grant,
    open_account,
)
from newsstand.office.accounts.models import Account, Grant
from newsstand.office.accounts.queries import reader_facts
from newsstand.office.edition import actions
from newsstand.office.kit import clock, outbox, shelf
from newsstand.office.kit.models import AuditRow
from newsstand.rules.gate.passes import pass_for, seal_pass
from tests import databases
from tests.office.edition import killed
from tests.office.edition.killed import OPENING, RING, SECRET, Scene, die_at

pytestmark = pytest.mark.skipif(
    not databases.on_sqlite(), reason="the databases of a killed process are files"
)

PAID: Final = "/harbour/paid/"
SESSION: Final = "5" * 16
EMAIL: Final = "mara@reader.example"
CLOSING: Final = "newsstand.office.accounts.actions.closing"
BOARD: Final = "newsstand.shelf.board:LmdbBoardStore"
STORE: Final = "newsstand.shelf.lmdb_store:LmdbStore"


@dataclass(frozen=True)
class Closing:
    """One way in which a pass ends before its time."""

    name: str
    make: Callable[[], None]
    is_committed: Callable[[], bool]


def the_account() -> Account:
    return Account.objects.get(email=EMAIL)


def sign_out() -> None:
    close_session(session=SESSION, by="reader:x", now=clock.now())


def shut_out() -> None:
    close_account(account=the_account(), by="staff:x", why="abuse", now=clock.now())


def take_back() -> None:
    """What a refund does to the right that was paid."""
    now = clock.now()
    end_grant(source="subscription", source_ref="1", at=now, by="system", why="refunded", now=now)


SIGN_OUT = Closing("sign out", sign_out, lambda: AuditRow.objects.filter(verb="sign_out").exists())
BAN = Closing("ban", shut_out, lambda: not the_account().is_active)
REFUND = Closing("refund", take_back, lambda: Grant.objects.filter(until__lte=clock.now()).exists())


def _buy() -> None:
    now = clock.now()
    account, _is_new = open_account(email=EMAIL, by="system", now=now)
    give_grant(
        account=account,
        subject="product:news",
        rights=["read", "ad_free"],
        from_at=now,
        until=None,
        grace_until=None,
        source="subscription",
        source_ref="1",
        by="system",
        now=now,
    )
    killed.start_again(PAID)


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The site, and a reader who has bought it all."""
    with django_db_blocker.unblock():
        scene = killed.make(tmp_path_factory.mktemp("passes") / "site")
        assert scene.process(_buy) == 0
        return scene


@pytest.fixture
def scene(made: Scene, tmp_path: Path, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield made.copy(tmp_path / "site")


def carried(scene: Scene) -> str:
    """The cookie that the reader has carried since before anything happened."""
    place = scene.data / "pass"

    def issue() -> None:
        now = clock.now()
        facts = reader_facts(the_account(), now)
        place.write_text(seal_pass(pass_for(facts, SESSION, clock.to_unix(now)), RING))

    assert scene.process(issue) == 0
    return "newsstand_pass=" + place.read_text()


def is_open(scene: Scene, cookie: str) -> bool:
    text = scene.ask(PAID, cookie)
    assert text is not None
    assert OPENING in text
    return SECRET in text


OFFICE = [
    (f"before {BOARD}._change", 1),
    (f"after {BOARD}._change", 1),
    ("after newsstand.office.kit.outbox:add", 1),
    (f"before {BOARD}._change", 2),
    (f"after {BOARD}._change", 2),
]
WORKER = [
    "before newsstand.office.kit.registry:registry.handler",
    f"before {BOARD}._change",
    f"after {BOARD}._change",
]
CLOSINGS = [SIGN_OUT, BAN, REFUND]


@pytest.mark.parametrize("closing", CLOSINGS, ids=lambda one: one.name)
@pytest.mark.parametrize(("place", "time"), OFFICE)
def test_the_office_is_killed_while_a_pass_is_closed(
    scene: Scene, closing: Closing, place: str, time: int
) -> None:
    cookie = carried(scene)
    assert is_open(scene, cookie)
    assert scene.process(die_at(place, time=time), closing.make) == -signal.SIGKILL
    is_committed = scene.holds(closing.is_committed)
    assert is_committed is (time == 2)
    if is_committed:
        assert not is_open(scene, cookie)
    assert scene.process(killed.start_again) == 0
    assert not (is_committed and is_open(scene, cookie))


@pytest.mark.parametrize("closing", CLOSINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("place", WORKER)
def test_the_worker_is_killed_while_a_pass_is_closed(scene: Scene, closing: Closing, place: str) -> None:
    cookie = carried(scene)
    assert scene.process(closing.make) == 0
    assert not is_open(scene, cookie)
    assert scene.process(die_at(place), outbox.drain) == -signal.SIGKILL
    assert not is_open(scene, cookie)
    assert scene.process(killed.start_again) == 0
    assert not is_open(scene, cookie)


PRINT_ALL = [
    (f"before {STORE}.put", 1),
    (f"after {STORE}._lay", 3),
    (f"after {STORE}.put", 4),
    ("before newsstand.office.edition.actions:_drop_what_is_no_page", 1),
    (f"after {STORE}.drop", 1),
]


@pytest.mark.parametrize(("place", "time"), PRINT_ALL)
def test_print_all_is_killed_and_done_again(scene: Scene, place: str, time: int) -> None:
    """After the shelf was lost, with a page on it that is no page any more."""
    told: list[str] = []

    def lose() -> None:
        entries = shelf.handle().entries
        front = entries.get("/")
        entries.clear()
        assert front is not None
        killed.lay_again(front, "/gone/")

    assert scene.process(lose) == 0
    assert scene.process(die_at(place, time=time), lambda: actions.print_all(told.append)) == -signal.SIGKILL
    for path, may_read in ((PAID, False), ("/harbour/metered/", True)):
        text = scene.ask(path)
        assert text is None or OPENING in text
        assert may_read or SECRET not in (text or "")
    assert scene.process(killed.start_again, lambda: actions.print_all(told.append)) == 0
    assert scene.ask("/gone/") is None
    assert OPENING in (scene.ask(PAID) or "")
    assert SECRET not in (scene.ask(PAID) or "")
    assert SECRET in (scene.ask("/harbour/metered/") or "")
    assert "The paid ferry" in (scene.ask("/") or "")
