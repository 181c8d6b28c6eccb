"""The demo's pictures, drawn by code: flat shapes in few colours, with one light and a little grain."""

from pathlib import Path

from newsstand.wiring.demo.drawing import palette
from newsstand.wiring.demo.drawing.shapes import glints, ridge
from newsstand.wiring.demo.drawing.sheet import Sheet


def draw_scene(scene: str, folder: Path) -> Path:
    """Draw a scene into the folder."""
    seed = sum(scene.encode())
    sheet = Sheet()
    sheet.gradient(((0.0, palette.TEAL), (0.6, palette.PEACH), (1.0, palette.GLOW)), (0, 0, 1600, 560))
    sheet.disc(500 + seed % 700, 430, 60, palette.WHITE)
    ridge(sheet, 500, 120, palette.TEAL, seed)
    sheet.mirror(560, 900, ((0.0, palette.SEA), (1.0, palette.DEEP)))
    glints(sheet, 565, 900, palette.GLOW, seed)
    path = folder / f"{scene}.jpg"
    sheet.finished(seed).save(path, quality=90)
    return path
