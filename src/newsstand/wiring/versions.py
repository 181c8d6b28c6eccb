"""Which software's static files are handed out: their address names it, so that browsers may keep them for ever."""

import hashlib
from importlib.metadata import version

_WHOSE = ("django", "newsstand", "wagtail")


def of_static_files() -> str:
    """Such as `django=5.2.19 newsstand=0.1.0 wagtail=8.0.1`."""
    return " ".join(f"{name}={version(name)}" for name in _WHOSE)


def mark_of_static_files() -> str:
    """The same in a few letters, for an address."""
    return hashlib.sha256(of_static_files().encode()).hexdigest()[:8]
