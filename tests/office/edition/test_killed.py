"""Killed at any point between a change and its effect on the shelf: no reader gets what they may not read.

The processes are real, as are the databases, the shelf and the signal. Each time a kiosk that goes on working is
asked while office and worker are dead, and again after the next start has healed the site.
"""

import signal
from pathlib import Path
from typing import Any, Final

import pytest

from newsstand.office.kit import outbox
from tests import databases
from tests.office.edition import killed
from tests.office.edition.killed import (
    CORRECTED,
    OPENING,
    SECRET,
    Change,
    Close,
    Correct,
    Delete,
    End,
    Rule,
    Scene,
    Withdraw,
    die_at,
)

pytestmark = pytest.mark.skipif(
    not databases.on_sqlite(), reason="the databases of a killed process are files"
)

EDITION: Final = "newsstand.office.edition"
STORE: Final = "newsstand.shelf.lmdb_store:LmdbStore"
BOARD: Final = "newsstand.shelf.board:LmdbBoardStore"

# In the process that makes the change: the name of the point, where it is, and the changes that pass it.
OFFICE: Final[dict[str, tuple[str, tuple[type[Change], ...]]]] = {
    "gate about to be raised": (f"before {EDITION}.actions:drop_if_gate_moved", (Close, Correct)),
    "half of the drop": (f"after {STORE}._remove", (Close, Withdraw, Delete)),
    "gate raised, save open": (f"after {EDITION}.actions:drop", (Close, Withdraw, Delete, End)),
    "row written, save open": ("after newsstand.office.kit.outbox:add", (Close, Withdraw)),
    "saved, not announced": ("before newsstand.office.articles.actions:page_changed", (Close, End, Correct)),
    "withdrawn, not announced": (
        "before newsstand.office.articles.actions:page_withdrawn",
        (Withdraw, Delete),
    ),
    "announced, not committed": (
        "after newsstand.office.articles.signals:article_changed.send",
        (Close, End, Correct),
    ),
    "rules saved, generation old": (f"before {BOARD}.raise_generation", (Rule,)),
    "rules saved, not committed": ("before newsstand.office.access.actions.policy:post_policy", (Rule,)),
}
# In the worker, after the change.
WORKER: Final[dict[str, tuple[str, tuple[type[Change], ...]]]] = {
    "row started": ("before newsstand.office.kit.registry:registry.handler", (Close, Withdraw, Delete, Rule)),
    "not yet printed": (f"before {EDITION}.printing.press:plate_for", (Close, Correct, Rule)),
    "printed, not laid": (f"before {EDITION}.printing.press:_is_as_read", (Close, Withdraw, Correct)),
    "half of the put": (f"after {STORE}._lay", (Close, End, Correct, Rule)),
    "laid, transaction open": (f"after {STORE}.put", (Close, Correct)),
    "printed, row not ended": (f"after {EDITION}.actions:print_story", (Close, End, Correct)),
    "dropped, row not ended": (f"after {EDITION}.actions:drop", (Withdraw, Delete)),
    "policy on the board": ("after newsstand.office.access.actions.policy:put_policy", (Rule,)),
    "generation raised": (f"after {BOARD}.raise_generation", (Withdraw, Delete, Rule)),
}


def cases(points: dict[str, tuple[str, tuple[type[Change], ...]]]) -> list[Any]:
    return [
        pytest.param(place, change(), id=f"{name}-{change.__name__}")
        for name, (place, changes) in points.items()
        for change in changes
    ]


@pytest.fixture(scope="module")
def made(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """The site as it stood before anything happened."""
    with django_db_blocker.unblock():
        return killed.make(tmp_path_factory.mktemp("killed") / "site")


@pytest.fixture
def scene(made: Scene, tmp_path: Path, django_db_blocker: Any) -> Any:
    with django_db_blocker.unblock():
        yield made.copy(tmp_path / "site")


def test_before_anything_happens_the_stories_are_open(scene: Scene) -> None:
    for slug, is_open in (("metered", True), ("ruled", True), ("paid", False)):
        text = scene.ask(f"/harbour/{slug}/")
        assert text is not None
        assert OPENING in text
        assert (SECRET in text) is is_open


@pytest.mark.parametrize(("place", "change"), cases(OFFICE))
def test_the_office_is_killed(scene: Scene, place: str, change: Change) -> None:
    assert scene.process(die_at(place), change.make) == -signal.SIGKILL
    is_committed = scene.holds(change.is_committed)
    if is_committed:
        assert_closed(scene, change)
    assert scene.process(lambda: killed.start_again("/", change.path)) == 0
    if is_committed:
        assert_healed(scene, change)
    else:
        assert (SECRET in (scene.ask(change.path) or "")) is (change.slug != "paid")


@pytest.mark.parametrize(("place", "change"), cases(WORKER))
def test_the_worker_is_killed(scene: Scene, place: str, change: Change) -> None:
    assert scene.process(change.make) == 0
    assert_closed(scene, change)
    assert scene.process(die_at(place), outbox.drain) == -signal.SIGKILL
    assert_closed(scene, change)
    assert scene.process(lambda: killed.start_again("/", change.path)) == 0
    assert_healed(scene, change)


def assert_closed(scene: Scene, change: Change) -> None:
    """An anonymous reader gets nothing from below the line: not as it was, not as it is."""
    text = scene.ask(change.path)
    assert text is None or OPENING in text
    assert SECRET not in (text or "")
    assert CORRECTED not in (text or "")


def assert_healed(scene: Scene, change: Change) -> None:
    """The pages are as they ought to be, and nothing waits any more."""
    assert_closed(scene, change)
    assert (scene.ask(change.path) is not None) is change.stays
    front = scene.ask("/") or ""
    assert "The paid ferry" in front
    assert (f"The {change.slug} ferry" in front) is change.stays
    if change.stays:
        bought = scene.ask(change.path, killed.subscriber()) or ""
        assert (CORRECTED if isinstance(change, Correct) else SECRET) in bought
