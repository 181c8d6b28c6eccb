"""No link in the documentation leads nowhere, and every decision has a number of its own."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, committed_files

LINK = re.compile(r"\]\(([^)\s]+)\)")
PAGES = [path for path in committed_files() if path.suffix == ".md"]


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    targets = [link.split("#")[0] for link in LINK.findall(page.read_text("utf-8"))]
    missing = [
        target for target in targets if target and "://" not in target and not (page.parent / target).exists()
    ]
    assert missing == []


def test_decisions_are_numbered_once() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert all(number.isdigit() for number in numbers)
    assert len(numbers) == len(set(numbers))
