"""Every dependency that we name is explained, and the locks hold what was named."""

import re
import tomllib

from tests.architecture.house import ROOT


def named() -> set[str]:
    """The packages of pyproject.toml and of the `.in` files."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    for purpose in sorted((ROOT / "requirements").glob("*.in")):
        lines += purpose.read_text("utf-8").splitlines()
    return {re.split(r"[\[<>=;~! ]", line)[0] for line in lines if line and line[0] not in "#-"}


def test_each_is_explained() -> None:
    page = (ROOT / "docs/decisions/0002-dependencies.md").read_text("utf-8")
    assert {name for name in named() if f"| {name} |" not in page} == set()


def test_each_is_locked() -> None:
    locked = "\n".join(path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.txt"))
    assert {name for name in named() if f"\n{name}==" not in f"\n{locked}"} == set()
