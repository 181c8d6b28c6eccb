"""Style sheets and marks of readers' pages, named by what is in them so that browsers may keep them for ever."""

import hashlib
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders


class NoSuchAsset(LookupError):
    """No desk has a static file of this name."""


@lru_cache(maxsize=32)
def read(name: str) -> bytes:
    """The bytes of a static file such as `newsstand/site.css`; read once per process."""
    found = finders.find(name)
    if not isinstance(found, str):
        raise NoSuchAsset(name)
    return Path(found).read_bytes()


@lru_cache(maxsize=32)
def address(name: str) -> str:
    """Where readers get it: `/assets/site.<hash>.css`; other bytes have another address."""
    stem, dot, ending = Path(name).name.rpartition(".")
    return f"/assets/{stem}.{hashlib.sha256(read(name)).hexdigest()[:12]}{dot}{ending}"
