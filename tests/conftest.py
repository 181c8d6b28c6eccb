"""What every test gets: an installation of its own, closed sockets, and on demand a browser.

The installation is a temporary directory that is named in NEWSSTAND_DATA before Django reads its settings. A run of
`tests/rules` alone never loads Django.
"""

import atexit
import ipaddress
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
SETTINGS = """\
secret_key = "only for tests, and long enough to be taken for a real one"
pass_keys = ["only for tests: the first key of the passes"]
demo = true
allow_sandbox_payments = true
"""
WITHOUT_DJANGO = {"rules", "shelf", "kiosk"}
NO_BROWSER = "no Chromium was found on this machine"


def _make_installation() -> None:
    # Inside that of the whole run, which is removed at the end even where a worker of pytest-xdist is not let finish.
    above = os.environ["NEWSSTAND_DATA"] if "PYTEST_XDIST_WORKER" in os.environ else None
    place = Path(tempfile.mkdtemp(prefix="newsstand-tests-", dir=above))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    (place / "settings.toml").write_text(SETTINGS, "utf-8")
    os.environ["NEWSSTAND_DATA"] = str(place)


def _knows_no_django(arguments: list[str]) -> bool:
    """Whether only folders are asked for whose tests need no Django."""
    places = [argument.split("/") for argument in arguments if argument.startswith("tests/")]
    return bool(places) and all(len(place) > 1 and place[1] in WITHOUT_DJANGO for place in places)


def _set_up_django() -> None:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "newsstand.wiring.settings"
    django.setup()


# Now, and not in a hook: pytest reads the other conftests next, and those import models.
_make_installation()
if not _knows_no_django(sys.argv[1:]):
    _set_up_django()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: a journey's worker waits for its site most of the time."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """The workers of pytest-xdist make installations of their own; this process, which runs no test, hands none on."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


def _in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


# How long an example takes says something of the machine and nothing of what is proven. Where a change is judged, the
# examples are always the same; elsewhere each run draws new ones, and `make explore` many of them.
settings.register_profile(
    "newsstand",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=_in_ci(),
    **({"database": None} if _in_ci() else {}),
)
settings.load_profile("newsstand")


# --- databases ---


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None, django_db_blocker: Any) -> Iterator[None]:
    """Migrated databases for the run (pytest-django's fixture, done with kept copies)."""
    from tests import databases

    with ExitStack() as until_the_end:
        with django_db_blocker.unblock():
            until_the_end.enter_context(databases.migrated())
        yield
        with django_db_blocker.unblock():
            until_the_end.close()


@pytest.fixture
def real_commits(django_db_setup: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[None]:
    """Databases for this test alone, in which transactions end as they do in life.

    Use it in place of `django_db(transaction=True)`, whose flushing the append-only tables refuse.
    """
    from tests import databases

    with django_db_blocker.unblock(), databases.copied(tmp_path):
        yield


# --- time and sockets ---


@pytest.fixture
def now() -> datetime:
    """A Monday noon in November; tests move it, and never ask the machine."""
    return datetime(2026, 11, 16, 12, 0, tzinfo=UTC)


class SocketClosed(RuntimeError):
    """A test tried to reach another machine."""


def _stays_here(address: Any) -> bool:
    if not isinstance(address, tuple):  # a Unix socket
        return True
    host = address[0]
    if host in {"localhost", ""}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def closed_sockets() -> Iterator[None]:
    """No test reaches further than this machine."""
    patch = pytest.MonkeyPatch()
    for name in ("connect", "connect_ex"):
        original = getattr(socket.socket, name)

        def guarded(self: socket.socket, address: Any, _original: Any = original) -> Any:
            if not _stays_here(address):
                raise SocketClosed(f"tests may only connect to this machine, not to {address!r}")
            return _original(self, address)

        patch.setattr(socket.socket, name, guarded)
    yield
    patch.undo()


# --- the demo publication ---


@pytest.fixture(scope="session")
def demo_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the run's demo publication is made: one place for all workers of pytest-xdist."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if base.name.startswith("popen-") else base) / "journeys"


@pytest.fixture(autouse=True, scope="session")
def demo_in_the_making(request: pytest.FixtureRequest, demo_place: Path) -> Iterator[None]:
    """A run with journeys begins to make their demo publication at once, beside its other tests."""
    if not any(item.get_closest_marker("journey") for item in request.session.items):
        yield
        return
    words = [sys.executable, "-m", "tests.journeys.site", str(demo_place)]
    # What it has to say is said by the journey that finds no demo and makes it again.
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        yield


# --- the browser ---


def _chromium() -> str | None:
    from tests import chromium

    return chromium.find()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium (Playwright's sync `Browser`) for the whole run. Mark its tests `browser`."""
    executable = _chromium()
    if executable is None:
        pytest.fail(f"{NO_BROWSER}: `make browser` installs one")
    from tests import chromium

    # Playwright keeps an event loop in this thread, which Django would take for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with chromium.running(executable) as running:
            yield running
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Journeys come late, because their site is made meanwhile, the longest first, so that no worker waits for it in
    the end; and last those in a browser, because Playwright's event loop stays in the thread that started it."""
    items.sort(
        key=lambda item: (
            [item.get_closest_marker(name) is not None for name in ("browser", "journey")]
            + [item.get_closest_marker("longest") is None]
        )
    )
    journeys = [item for item in items if item.get_closest_marker("browser")]
    if not _in_ci() and _chromium() is None:
        for item in journeys:
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if NO_BROWSER in str(getattr(report, "longrepr", ""))
    ]
    if skipped:
        terminalreporter.write_line(
            f"!!! {len(skipped)} BROWSER JOURNEYS WERE NOT RUN: {NO_BROWSER}. `make browser` installs one. !!!",
            red=True,
            bold=True,
        )
