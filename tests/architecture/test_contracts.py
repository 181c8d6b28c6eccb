"""The contracts of `.importlinter` break when somebody goes through a wall."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

# What is planted, where, and the number of the contract that must break.
VIOLATIONS = {
    "rules know the shelf": ("rules/gate/decide.py", "from newsstand.shelf import entry", "1"),
    "the shelf knows the kiosk": ("shelf/entry.py", "import newsstand.kiosk.app", "1"),
    "the office knows the kiosk": ("office/kit/queries.py", "import newsstand.kiosk.app", "1"),
    "a sixth room": ("utils/__init__.py", "", "1"),
    "kit knows accounts": ("office/kit/queries.py", "import newsstand.office.accounts.models", "2"),
    "articles know billing": ("office/articles/models.py", "import newsstand.office.billing.urls", "2"),
    "a desk without a place": ("office/horoscopes/__init__.py", "", "2"),
    "models know their actions": ("office/accounts/models.py", "import newsstand.office.accounts.urls", "3"),
    "a file without a place": ("office/accounts/helpers.py", "", "3"),
    "rules ask the clock": ("rules/gate/meter.py", "import time", "4"),
    "rules know Django": ("rules/money.py", "from django.conf import settings", "4"),
    "the kiosk knows Django": ("kiosk/answer.py", "import django.http", "5"),
    "the kiosk knows prices": ("kiosk/answer.py", "import newsstand.rules.billing.price_text", "6"),
    "a desk words an amount": ("office/kit/mail.py", "import babel.numbers", "7"),
    "a desk takes another's rows": ("office/edition/urls.py", "import newsstand.office.kit.models", "8"),
    "two files in a circle": ("rules/gate/facts.py", "import newsstand.rules.gate.decide", "9"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house once more, to break walls in."""
    place = tmp_path_factory.mktemp("house")
    shutil.copytree(
        ROOT / "src", place / "src", ignore=shutil.ignore_patterns("__pycache__", "static", "*.egg-info")
    )
    shutil.copy(ROOT / ".importlinter", place)
    return place


def broken(place: Path) -> set[str]:
    """The numbers of the contracts that do not hold."""
    code = (
        "import sys; sys.path.insert(0, 'src'); from importlinter.cli import lint_imports_command as c; c()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "--no-cache"],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    assert any(line.startswith("Contracts: ") for line in lines), done.stdout + done.stderr
    return {line[0] for line in lines if line.endswith("BROKEN")}


def test_the_house_keeps_them(copy: Path) -> None:
    assert broken(copy) == set()


@pytest.mark.parametrize(("where", "planted", "contract"), VIOLATIONS.values(), ids=VIOLATIONS.keys())
def test_a_hole_in_a_wall_is_seen(copy: Path, where: str, planted: str, contract: str) -> None:
    path = copy / "src" / "newsstand" / where
    before = path.read_text("utf-8") if path.exists() else None
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{planted}\n{before or ''}", "utf-8")
    try:
        assert contract in broken(copy)
    finally:
        if before is None:
            path.unlink()
            if where.endswith("__init__.py"):
                shutil.rmtree(path.parent)
        else:
            path.write_text(before, "utf-8")
