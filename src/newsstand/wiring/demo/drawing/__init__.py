"""The demo's pictures, drawn by code: flat shapes in few colours, with one light and a little grain."""

from pathlib import Path

from newsstand.wiring.demo.drawing import palette
from newsstand.wiring.demo.drawing.scenes import ferry, shipyard, storm
from newsstand.wiring.demo.drawing.shapes import glints, ridge
from newsstand.wiring.demo.drawing.sheet import Sheet

SCENES = {"ferry": ferry.draw, "shipyard": shipyard.draw, "storm": storm.draw}
QUALITY = 90  # of the JPEG files


def draw_scene(scene: str, folder: Path) -> Path:
    """Draw a scene into the folder."""
    path = folder / f"{scene}.jpg"
    if scene in SCENES:
        SCENES[scene]().save(path, quality=QUALITY)
        return path
    seed = sum(scene.encode())
    sheet = Sheet()
    sheet.gradient(((0.0, palette.TEAL), (0.6, palette.PEACH), (1.0, palette.GLOW)), (0, 0, 1600, 560))
    sheet.disc(500 + seed % 700, 430, 60, palette.WHITE)
    ridge(sheet, 500, 120, palette.TEAL, seed)
    sheet.mirror(560, 900, ((0.0, palette.SEA), (1.0, palette.DEEP)))
    glints(sheet, 565, 900, palette.GLOW, seed)
    sheet.finished(seed).save(path, quality=QUALITY)
    return path


def draw_house_ads(folder: Path) -> dict[str, Path]:
    """The pictures of the demo's own advertisements."""
    return {name: draw_scene(name, folder) for name in ("the-lantern", "roth-bakery")}
