"""Finds a Chromium on this machine and starts it without a window and without a word to the outside."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


def find() -> str | None:
    """The path of a Chromium: the one that CHROMIUM names, the system's, or Playwright's own."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _playwrights_own()


def _playwrights_own() -> str | None:
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folders = (
        [Path(folder)]
        if folder
        else [Path.home() / ".cache/ms-playwright", Path.home() / "Library/Caches/ms-playwright"]
    )
    for place in folders:
        for pattern in (
            "chromium*/chrome-*/chrome",
            "chromium*/chrome-*/headless_shell",
            "chromium*/chrome-*/*/Contents/MacOS/*",
        ):
            for found in sorted(place.glob(pattern), reverse=True):
                if os.access(found, os.X_OK):
                    return str(found)
    return None


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """A headless Chromium. Each `browser.new_context()` is a person with cookies of their own."""
    # Chromium's sandbox refuses to work for root.
    arguments = [*QUIET, "--no-sandbox"] if os.geteuid() == 0 else [*QUIET]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, headless=True, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
