"""wrk and nginx: found, or installed from the distribution where that may be done."""

import os
import shutil
import subprocess
import sys

TOOLS = {"wrk": "wrk", "nginx": "nginx-light"}
_PLACES = "/usr/sbin:/usr/local/sbin"


def tool(name: str) -> str:
    """The path of a program that `need` has made sure of."""
    return _where(name) or name


def need() -> None:
    """Make sure of both programs; ends the run with what to install where they can't be had."""
    missing = [name for name in TOOLS if _where(name) is None]
    if not missing:
        return
    packages = [TOOLS[name] for name in missing]
    if shutil.which("apt-get") and os.geteuid() == 0:
        # The run level keeps the package's own nginx from being started.
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages],
            env=environment,
            stdout=subprocess.DEVNULL,
            check=False,
        )
    missing = [name for name in TOOLS if _where(name) is None]
    if missing:
        sys.exit(
            f"The bench needs {' and '.join(missing)}. On Debian: sudo apt-get install {' '.join(packages)}"
        )


def _where(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path=_PLACES)
