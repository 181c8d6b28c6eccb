"""What git keeps names no package registry, no download address and no path of somebody's machine."""

import re
from pathlib import Path

import pytest

from tests.architecture.house import ROOT, committed_files

TOLD = {Path("/srv/newsstand")}  # of which the docs speak


def places(*paths: Path) -> list[str]:
    """Patterns for the places of this machine, but for those whose names are too short to mean it."""
    return [
        rf"(?<![\w.-]){re.escape(str(path))}\b" for path in paths if len(path.parts) > 2 and path not in TOLD
    ]


# Written in pieces, so that this file passes its own test.
REGISTRIES = ["py" + "pi.", "python" + "hosted", "npm" + "js.", "conda" + ".anaconda", "cdn" + ".playwright"]
MACHINE = [
    "/ro" + "ot/",
    "/Us" + r"ers/\w",
    "/wo" + r"rk/\w",
    *places(ROOT, Path.home()),
]
UNWANTED = re.compile("|".join([*(re.escape(name) for name in REGISTRIES), *MACHINE]))
FORMATS = {".png", ".jpg", ".jpeg", ".webp", ".ico", ".woff2", ".mo", ".gif", ".avif"}


def unwanted(text: str) -> list[str]:
    """What a text names and should not."""
    return [found.group() for found in UNWANTED.finditer(text)]


def test_no_unwanted_name_is_committed() -> None:
    texts = [path for path in committed_files() if path.suffix not in FORMATS]
    found = {str(path.relative_to(ROOT)): unwanted(path.read_text("utf-8")) for path in texts}
    assert {name: words for name, words in found.items() if words} == {}


@pytest.mark.parametrize("text", ["see " + "py" + "pi.org", "/ro" + "ot/clone/x"])
def test_an_unwanted_name_is_seen(text: str) -> None:
    assert unwanted(text)


def test_a_place_of_this_machine_is_seen() -> None:
    (pattern,) = places(Path("/home/ada/newsstand"), Path("/srv/newsstand"), Path("/newsstand"))
    assert re.search(pattern, "open('/home/ada/newsstand/x')")
    assert not re.search(pattern, "/home/ada/newsstands and backup/home/ada/newsstand")


def test_no_link_is_committed() -> None:
    """A link leads to somebody's machine; a `.venv` that is one would replace everybody's own."""
    assert [path for path in committed_files() if path.is_symlink()] == []


def test_locks_carry_hashes_and_no_addresses() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text("utf-8")
        pins = re.findall(r"^[a-z0-9].*==.*$", text, re.MULTILINE)
        assert pins
        assert all(pin.endswith("\\") for pin in pins), lock.name
        assert "://" not in text
        assert "--index" not in text
