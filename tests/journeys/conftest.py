"""Journeys run against a real server, started as a user starts it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.reader import Reader
from tests.journeys.site import Site, prepare, running


@pytest.fixture(scope="session")
def made_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo publication, made once for the whole run, or the one that NEWSSTAND_TESTS_DEMO names."""
    if already := os.environ.get("NEWSSTAND_TESTS_DEMO"):
        return Path(already)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if (base.name.startswith("popen-")) else base
    return prepare(shared / "journeys")


@pytest.fixture
def site(made_demo: Path, tmp_path: Path) -> Iterator[Site]:
    """A running demo of the journey's own: its clock may be moved, its worker killed."""
    with running(made_demo, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def common_site(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A running demo for all journeys of a module, which have readers and stories of their own."""
    with running(made_demo, tmp_path_factory.mktemp("common")) as found:
        yield found


@pytest.fixture
def reader(site: Site) -> Reader:
    """Somebody who has never been here."""
    return Reader(site)
