"""The pictures of the demo's own advertisements: for the paper, and for a baker who is in its stories."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet

WIDTH, HEIGHT = 600, 500


def draw_lantern() -> Image:
    """A ship's lantern on a folded newspaper, the bay behind it."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.gradient(((0.0, p.NAVY), (0.6, p.DUSK), (1.0, p.TEAL)), (0, 0, WIDTH, 300))
    sheet.disc(486, 86, 30, p.CREAM)
    ridge(sheet, 272, 50, p.mix(p.NAVY, p.DEEP, 0.6), 6, wave=300, base=300)
    sheet.mirror(300, 420, ((0.0, p.DUSK), (1.0, p.NIGHT)), clear=0.7, ripple=3)
    glints(sheet, 304, 400, p.CREAM, 3, count=40, middle=486, spread=60, alpha=0.7, size=0.6)
    gulls(sheet, ((120, 90, 30), (160, 116, 22)), p.SLATE)
    sheet.gradient(((0.0, p.EARTH), (1.0, p.BARK)), (0, 396, WIDTH, HEIGHT))
    sheet.rect(0, 394, WIDTH, 5, p.OCHRE)
    sheet.glow(300, 260, 300, p.AMBER, 0.7)
    _newspaper(sheet)
    _lantern(sheet)
    return sheet.finished()


def _newspaper(sheet: Sheet) -> None:
    sheet.polygon([(104, 448), (506, 448), (540, 474), (84, 474)], p.NIGHT, 0.4)
    sheet.polygon([(120, 400), (480, 400), (510, 456), (96, 456)], p.PAPER)
    sheet.polygon([(96, 456), (510, 456), (508, 468), (98, 468)], p.mix(p.PAPER, p.STONE, 0.5))
    sheet.polygon([(150, 408), (230, 408), (226, 419), (145, 419)], p.NIGHT)
    sheet.polygon([(372, 408), (452, 408), (458, 419), (376, 419)], p.NIGHT)
    for row in range(4):
        y, wide = 426 + row * 7, 4 + row * 2.5
        for left, right in ((136 - wide, 226), (374, 466 + wide)):
            sheet.line([(left, y), (right, y)], p.mix(p.STONE, p.BARK, 0.3), 2)
    sheet.polygon([(238, 408), (362, 408), (368, 450), (232, 450)], p.mix(p.SAND, p.STONE, 0.3))


def _lantern(sheet: Sheet) -> None:
    metal, light = p.mix(p.RUST, p.BRICK, 0.3), p.mix(p.OCHRE, p.GLOW, 0.3)
    sheet.line(curve((226, 226), (206, 130), (300, 62), (394, 130), (374, 226)), p.NIGHT, 5)
    sheet.polygon([(240, 430), (246, 402), (354, 402), (360, 430)], metal)
    sheet.ellipse(300, 430, 60, 10, p.mix(metal, p.NIGHT, 0.3))
    sheet.rect(232, 388, 136, 16, light)
    sheet.polygon(
        curve((252, 388), (226, 310), (254, 230), (346, 230), (374, 310), (348, 388), (252, 388)), p.GLOW
    )
    sheet.polygon(
        curve((268, 388), (244, 310), (268, 236), (286, 236), (264, 310), (284, 388), (268, 388)),
        p.WHITE,
        0.6,
    )
    sheet.glow(300, 320, 90, p.WHITE, 0.9)
    sheet.polygon(curve((300, 268), (276, 320), (284, 362), (316, 362), (324, 320), (300, 268)), p.AMBER)
    sheet.polygon(curve((300, 304), (288, 336), (292, 360), (308, 360), (312, 336), (300, 304)), p.WHITE)
    sheet.rect(290, 362, 20, 28, p.EARTH)
    for x in (228, 372):
        sheet.line([(x, 392), (x, 222)], metal, 7)
    for y in (282, 340):
        sheet.line(curve((228, y), (300, y + 9), (372, y)), p.mix(metal, p.NIGHT, 0.2), 3)
    sheet.polygon([(236, 232), (364, 232), (340, 196), (260, 196)], metal)
    sheet.rect(226, 222, 148, 12, light)
    sheet.polygon([(268, 196), (332, 196), (320, 156), (280, 156)], p.mix(metal, p.NIGHT, 0.25))
    sheet.rect(262, 148, 76, 10, metal)


def draw_bakery() -> Image:
    """Three loaves and a lit lamp, on a morning the colour of crust."""
    sheet = Sheet(WIDTH, HEIGHT)
    sheet.gradient(((0.0, p.mix(p.RUST, p.BRICK, 0.4)), (1.0, p.mix(p.RUST, p.OCHRE, 0.35))))
    for radius, share in ((250, 0.16), (190, 0.34), (130, 0.6)):
        sheet.disc(300, 226, radius, p.mix(p.RUST, p.AMBER, share))
    sheet.line([(300, 0), (300, 66)], p.OX, 4)
    sheet.glow(300, 110, 190, p.GLOW, 0.9)
    sheet.polygon([(240, 116), (360, 116), (326, 66), (274, 66)], p.OX)
    sheet.ellipse(300, 118, 36, 14, p.WHITE)
    sheet.gradient(((0.0, p.EARTH), (1.0, p.BARK)), (0, 410, WIDTH, HEIGHT))
    sheet.rect(0, 406, WIDTH, 7, p.mix(p.EARTH, p.AMBER, 0.5))
    for x, y, wide, tall in ((150, 414, 118, 84), (462, 414, 112, 78), (300, 436, 168, 112)):
        _loaf(sheet, x, y, wide, tall)
    for x in (236, 300, 364):
        sheet.line(curve((x, 292), (x + 14, 266), (x - 4, 240), (x + 10, 212)), p.CREAM, 5, 0.45)
    for x, lean in ((42, 8), (66, 18), (88, 30)):
        _ear(sheet, x, 470, lean)
    for x, lean in ((560, -8), (536, -18), (514, -30)):
        _ear(sheet, x, 470, lean)
    return sheet.finished()


def _loaf(sheet: Sheet, x: float, y: float, wide: float, tall: float) -> None:
    crust, light = p.mix(p.RUST, p.EARTH, 0.4), p.mix(p.OCHRE, p.GLOW, 0.25)
    streak(sheet, x, y + 12, wide * 2.3, 22, p.NIGHT, 0.4)
    shape = curve(
        (x - wide, y),
        (x - wide * 0.94, y - tall * 0.6),
        (x, y - tall),
        (x + wide * 0.94, y - tall * 0.6),
        (x + wide, y),
        (x, y + 12),
        (x - wide, y),
    )
    sheet.polygon(shape, crust)
    top = curve(
        (x - wide * 0.84, y - tall * 0.3),
        (x - wide * 0.6, y - tall * 0.72),
        (x, y - tall * 0.93),
        (x + wide * 0.7, y - tall * 0.66),
        (x + wide * 0.3, y - tall * 0.5),
        (x - wide * 0.84, y - tall * 0.3),
    )
    sheet.polygon(top, p.mix(crust, light, 0.65))
    for cut in (-0.5, -0.12, 0.26):
        left = x + wide * cut
        sheet.polygon(
            curve(
                (left, y - tall * 0.22),
                (left + wide * 0.1, y - tall * 0.62),
                (left + wide * 0.3, y - tall * 0.86),
                (left + wide * 0.22, y - tall * 0.5),
                (left, y - tall * 0.22),
            ),
            p.CREAM,
        )


def _ear(sheet: Sheet, x: float, y: float, lean: float) -> None:
    """An ear of rye."""
    sheet.line(curve((x, y), (x + lean * 0.3, y - 90), (x + lean, y - 170)), p.AMBER, 3)
    for number in range(7):
        share = number / 7
        cx, cy = x + lean * (0.55 + 0.45 * share), y - 112 - 66 * share
        for side in (-1, 1):
            sheet.ellipse(cx + side * 7, cy, 5.5, 10, p.GLOW if side > 0 else p.AMBER)
