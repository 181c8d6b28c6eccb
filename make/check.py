"""All checks that need no test database, two at a time, each with its seconds."""

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
SETTINGS = 'secret_key = "only for checks"\npass_keys = ["only for checks"]\nallow_sandbox_payments = true\n'

CHECKS = {
    "style": [BIN / "ruff", "check", "--quiet", "."],
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "contracts": [BIN / "lint-imports", "--no-logo"],
    "types": [BIN / "mypy", "--no-error-summary"],
    "migrations": [sys.executable, "-m", "django", "makemigrations", "--check", "--dry-run"],
    "architecture": [sys.executable, "-m", "pytest", "-q", "--no-header", "tests/architecture"],
}


def run(name: str, environment: dict[str, str]) -> bool:
    """Runs one check, silent unless it fails; whether it passed."""
    began = time.monotonic()
    done = subprocess.run(
        CHECKS[name],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    verdict = "ok" if done.returncode == 0 else "FAILED"
    said = f"{done.stdout.strip()}\n" if done.returncode else ""
    print(f"{said}{name:<13} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Runs the checks of these names, or all; the exit code is 1 if one failed."""
    unknown = set(names) - set(CHECKS)
    if unknown:
        print(
            f"there is no check {', '.join(sorted(unknown))}; there are {', '.join(CHECKS)}", file=sys.stderr
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="newsstand-check-") as data:
        (Path(data) / "settings.toml").write_text(SETTINGS, "utf-8")
        environment = os.environ | {
            "NEWSSTAND_DATA": data,
            "DJANGO_SETTINGS_MODULE": "newsstand.wiring.settings",
            "PYTHONPATH": str(ROOT / "src"),
        }
        with ThreadPoolExecutor(max_workers=2) as pool:
            passed = list(pool.map(partial(run, environment=environment), names or CHECKS))
    return 0 if all(passed) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
