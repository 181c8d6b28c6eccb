"""The style sheet in the publication's colour and the small marks, each at an address that names its bytes."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from newsstand.office.edition.printing.palette import palette
from newsstand.office.kit import assets, queries, shelf
from newsstand.shelf.entry import ASSET_VARIANT, compress, new_entry

STYLE_SHEET: Final = "newsstand/site.css"
MARK: Final = "newsstand/mark.svg"
QUALITY: Final = 11

_TYPES: Final = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file for readers: where it lies and what is in it. Other bytes have another path."""

    path: str
    content_type: str
    data: bytes


def style_sheet(accent: str) -> Asset:
    """The one style sheet, with the publication's colours at its end."""
    return _made(STYLE_SHEET, colours(accent))


def mark() -> Asset:
    """The small picture that browsers show beside the title."""
    return _made(MARK, "")


def colours(accent: str) -> str:
    """The rules that put the accent colour in."""
    found = palette(accent)
    light = f"--accent:{found.on_light};--accent-fill:{found.fill}"
    dark = f"--accent:{found.on_dark};--accent-fill:{found.fill}"
    return (
        f"@media screen{{:root{{{light}}}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )


def current() -> tuple[Asset, ...]:
    """Every asset that pages name now."""
    return style_sheet(queries.publication().accent), mark()


def find(name: str) -> Asset | None:
    """The present asset for a file name, whichever bytes its address names; None for a name that is none of ours.

    `site.000000000000.css`, an address of an older style sheet, gives the present one.
    """
    wanted = PurePosixPath(name)
    for asset in current():
        known = PurePosixPath(asset.path)
        if (known.name.partition(".")[0], known.suffix) == (wanted.name.partition(".")[0], wanted.suffix):
            return asset
    return None


def print_asset(asset: Asset) -> None:
    """Lay an asset on the shelf, unless it lies there already; its path names its bytes."""
    entries = shelf.handle().entries
    if entries.get(asset.path) is not None:
        return
    entry = new_entry(path=asset.path, kind="asset", generation=0, content_type=asset.content_type)
    entries.put(entry, {ASSET_VARIANT: compress(asset.data, quality=QUALITY)})


@lru_cache(maxsize=16)
def _made(name: str, end: str) -> Asset:
    data = assets.read(name) + end.encode()
    file = PurePosixPath(name)
    digest = hashlib.sha256(data).hexdigest()[:12]
    return Asset(f"/assets/{file.stem}.{digest}{file.suffix}", _TYPES[file.suffix], data)
