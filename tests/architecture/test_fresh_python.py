"""What a fresh Python loads for the fast rooms, whatever imports happen at run time."""

import os
import subprocess
import sys

import pytest

from tests.architecture.house import ROOT

FOREIGN = {"django", "wagtail", "allauth", "psycopg", "sqlite3", "modelcluster", "taggit", "treebeard"}


def loaded_by(module: str) -> set[str]:
    """The packages that importing a module brings into a fresh Python."""
    code = f"import sys, {module}; print(*{{name.split('.')[0] for name in sys.modules}})"
    environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
    environment["PYTHONPATH"] = str(ROOT / "src")
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "module",
    [
        "newsstand.kiosk.app",
        "newsstand.shelf.shelf",
        "newsstand.rules.gate.decide",
        "newsstand.wiring.kiosk_alone, newsstand.wiring.web_worker",
    ],
)
def test_no_django_is_loaded(module: str) -> None:
    loaded = loaded_by(module)
    assert "newsstand" in loaded
    assert loaded & FOREIGN == set()


def test_rules_load_no_compiled_framework() -> None:
    assert (
        loaded_by("newsstand.rules.gate.decide") & {"lmdb", "uvicorn", "uvloop", "babel", "yaml", "nh3"}
        == set()
    )


def test_the_parent_of_the_web_workers_loads_nothing_of_what_they_need() -> None:
    """The workers start after it, so every import of its own is time in which nobody is answered."""
    loaded = loaded_by(
        "newsstand.wiring.cli, newsstand.wiring.commands.kiosk, newsstand.wiring.commands.serve"
    )
    assert loaded & (FOREIGN | {"asyncio", "email", "http", "lmdb", "uvicorn", "msgspec"}) == set()
