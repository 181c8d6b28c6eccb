"""Which run of the machine this is: what was not written through to the disk ends with it."""

import re
import shutil
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_SHAPE = re.compile(r"[0-9a-f-]{32,36}")


def machine_run(boot_id: Path = _BOOT_ID) -> str | None:
    """A name for the time from the machine's start to its end; None where the system gives none."""
    try:
        run = boot_id.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return run if _SHAPE.fullmatch(run) else None


def remove_other_runs(directory: Path, run: str) -> None:
    """Remove what earlier runs left in `directory`. No process that used it can be alive."""
    if not directory.is_dir():
        return
    for other in directory.iterdir():
        if other.name != run and _SHAPE.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)


def directory_of_run(directory: Path) -> tuple[Path, bool]:
    """Where to keep what may end with this run, and whether it must be written through to the disk all the same.

    An earlier run's folder is removed. Where the system names no run, one folder serves for all of them.
    """
    run = machine_run()
    if run is None:
        return directory / "durable", True
    remove_other_runs(directory, run)
    return directory / run, False
