"""Journeys run against a real server, started as a user starts it.

A start costs seconds, so journeys share sites: each has readers, addresses and stories of its own. One site's clock
stands still. The other's is moved, and its worker killed, by the journeys with the mark `moves_clock`: each of them
begins at the moment at which it finds the site, and asks only about its own readers.
"""

import re
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.journeys.reader import Reader
from tests.journeys.site import Site, prepare, running

LOG_LINES = 80  # of a site's log, beside the report of a journey that failed on it


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the site said last stands beside the report of a journey that failed on it."""
    report = yield
    found = item.funcargs.get("site") if isinstance(item, pytest.Function) else None
    if report.failed and isinstance(found, Site):
        report.sections.append((f"end of the log of {found.url}", found.log_end(LOG_LINES)))
    return report


@pytest.fixture(scope="session")
def made_demo(demo_place: Path) -> Path:
    """The demo publication, made once for the whole run."""
    return prepare(demo_place)


@pytest.fixture(scope="session")
def common_site(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running demo whose clock nobody moves. Two web workers: some journeys ask both at once."""
    with running(made_demo, tmp_path_factory.mktemp("common"), web_workers=2) as found:
        yield found


@pytest.fixture(scope="session")
def moved_site(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running demo whose clock is moved and whose worker is killed."""
    with running(made_demo, tmp_path_factory.mktemp("moved")) as found:
        yield found


@pytest.fixture
def own_site(made_demo: Path, tmp_path: Path) -> Iterator[Site]:
    """A running demo for one journey alone, which looks at all of it."""
    with running(made_demo, tmp_path) as found:
        yield found


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Site:
    """The site on which this journey is gone."""
    moves = request.node.get_closest_marker("moves_clock") is not None
    found: Site = request.getfixturevalue("moved_site" if moves else "common_site")
    return found


@pytest.fixture
def reader(site: Site) -> Reader:
    """Somebody who has never been here."""
    return Reader(site)


@pytest.fixture
def email(request: pytest.FixtureRequest) -> str:
    """An address that no other journey has."""
    words = re.sub(r"[^a-z]+", ".", request.node.name.removeprefix("test_").lower()).strip(".")
    return f"{words}@journey.example"
