"""The house as the architecture tests see it: its files, its desks and their order."""

import configparser
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "newsstand"
OFFICE = SOURCE / "office"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def desk_order() -> dict[str, int]:
    """Each desk's height, from the contract `2-desks`: a desk may look at those that lie lower."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter", "utf-8")
    layers = contracts["importlinter:contract:2-desks"]["layers"].strip().splitlines()
    return {
        desk.strip(" ()"): height
        for height, layer in enumerate(reversed(layers))
        for desk in layer.replace(":", "|").split("|")
    }


def may_see(desk: str, other: str) -> bool:
    """Whether one desk may know another: itself, or one that lies lower."""
    order = desk_order()
    return desk == other or order[desk] > order[other]


def desk_of(path: Path) -> str:
    """The desk in whose folder a file of the office lies."""
    return path.relative_to(OFFICE).parts[0]


def python_files() -> list[Path]:
    """Every source file that somebody wrote; migrations are written by Django."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]


def committed_files() -> list[Path]:
    """Every file that git keeps, of this or the next commit; where a change is judged, of this one alone, since what
    lies beside it there is the machine's. The clone may belong to somebody else."""
    others = [] if IN_CI else ["--others", "--exclude-standard"]
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", *others, "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]
