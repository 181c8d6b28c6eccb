"""The demo's pictures, drawn by code: flat shapes in few colours, with one light and a little grain.

The same code draws the same pixels each time, so that a demo that is made anew looks like the one before.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from PIL.Image import Image

from newsstand.wiring.demo.drawing.house_ads import draw_bakery, draw_lantern
from newsstand.wiring.demo.drawing.scenes import (
    allotments,
    bakery,
    bridge,
    cannery,
    ferry,
    fishmarket,
    football,
    library,
    lighthouse,
    marsh,
    nightharbour,
    quay,
    regatta,
    school,
    shipyard,
    storm,
    theatre,
    townhall,
)

Draw = Callable[[], Image]

SCENES: Mapping[str, Draw] = MappingProxyType(
    {
        "allotments": allotments.draw,
        "bakery": bakery.draw,
        "bridge": bridge.draw,
        "cannery": cannery.draw,
        "ferry": ferry.draw,
        "fishmarket": fishmarket.draw,
        "football": football.draw,
        "library": library.draw,
        "lighthouse": lighthouse.draw,
        "marsh": marsh.draw,
        "nightharbour": nightharbour.draw,
        "quay": quay.draw,
        "regatta": regatta.draw,
        "school": school.draw,
        "shipyard": shipyard.draw,
        "storm": storm.draw,
        "theatre": theatre.draw,
        "townhall": townhall.draw,
    }
)
HOUSE_ADS: Mapping[str, Draw] = MappingProxyType({"the-lantern": draw_lantern, "roth-bakery": draw_bakery})
QUALITY = 90  # of the JPEG files


def draw_scene(scene: str, folder: Path) -> Path:
    """Draw the picture of a story into the folder. Raises KeyError for a scene that there is not."""
    return _write(SCENES[scene], folder / f"{scene}.jpg")


def draw_house_ads(folder: Path) -> dict[str, Path]:
    """Draw the pictures of the demo's own advertisements; returns the files by their names."""
    return {name: _write(draw, folder / f"{name}.jpg") for name, draw in HOUSE_ADS.items()}


def _write(draw: Draw, path: Path) -> Path:
    draw().save(path, quality=QUALITY, optimize=True)
    return path
