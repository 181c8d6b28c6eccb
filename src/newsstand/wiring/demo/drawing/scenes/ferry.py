"""A small white ferry crosses a calm bay at dusk, its cabin windows lit."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet

LINE = 560.0  # the water's edge


def draw() -> Image:
    """The boat stands a little right of the middle, the last light behind the island on the left."""
    sheet = Sheet()
    _sky(sheet)
    ridge(sheet, 500, 90, p.mix(p.SLATE, p.PEACH, 0.35), 4, wave=620, base=LINE)
    _island(sheet)
    with sheet.at(800, LINE - 4, 0.74):
        _ferry(sheet, 0, 0)
    _water(sheet)
    return sheet.finished()


def _sky(sheet: Sheet) -> None:
    sheet.gradient(
        ((0.0, p.DUSK), (0.35, p.SLATE), (0.68, p.PEACH), (0.9, p.GLOW), (1.0, p.CREAM)), (0, 0, 1600, LINE)
    )
    sheet.glow(430, 520, 520, p.GLOW, 0.85)
    sheet.disc(430, 498, 54, p.WHITE)
    for x, y, width, height, colour in (
        (300, 210, 900, 26, p.mix(p.SLATE, p.PEACH, 0.45)),
        (980, 262, 1200, 34, p.mix(p.SLATE, p.PEACH, 0.55)),
        (1290, 156, 800, 22, p.mix(p.SLATE, p.PEACH, 0.3)),
        (180, 334, 760, 24, p.mix(p.CORAL, p.PEACH, 0.5)),
        (760, 392, 900, 20, p.mix(p.CORAL, p.PEACH, 0.6)),
        (1350, 350, 620, 18, p.mix(p.CORAL, p.PEACH, 0.4)),
    ):
        streak(sheet, x, y, width, height, colour, 0.8)
    gulls(sheet, ((610, 250, 44), (676, 288, 34), (560, 304, 28), (1220, 330, 30)), p.DUSK)


def _island(sheet: Sheet) -> None:
    """Gull Island with its light, far off to the left."""
    outline = [(0, LINE), (0, 505), (60, 492), (130, 470), (210, 476), (290, 508), (350, 530), (420, LINE)]
    sheet.polygon(outline, p.DUSK)
    sheet.polygon([(148, 474), (152, 412), (166, 412), (170, 474)], p.DUSK)
    sheet.rect(150, 400, 18, 13, p.GLOW)
    sheet.polygon([(147, 401), (159, 390), (171, 401)], p.DUSK)
    sheet.glow(159, 406, 70, p.GLOW, 0.9)
    for x in (228, 246, 276):
        sheet.rect(x, 494, 6, 6, p.GLOW)


def _ferry(sheet: Sheet, x: float, water: float) -> None:
    """The Marguerite: `x` is her stern, her bow is to the right."""
    shade = p.mix(p.WHITE, p.SLATE, 0.45)
    sheet.polygon(
        [(x, water - 62), (x + 470, water - 62), (x + 540, water - 92), (x + 492, water), (x + 26, water)],
        p.mix(p.WHITE, p.PEACH, 0.25),
    )
    sheet.polygon([(x + 13, water - 28), (x + 505, water - 28), (x + 492, water), (x + 26, water)], p.RUST)
    sheet.polygon(
        [(x, water - 62), (x + 470, water - 62), (x + 540, water - 92), (x + 534, water - 84)], shade
    )
    sheet.rect(x + 44, water - 122, 350, 60, p.mix(p.WHITE, p.FOG, 0.35))
    sheet.rect(x + 44, water - 70, 350, 8, shade)
    sheet.rect(x + 32, water - 130, 380, 10, p.mix(p.WHITE, p.PEACH, 0.15))
    for number in range(9):
        sheet.rect(x + 62 + number * 36, water - 110, 24, 26, p.GLOW if number != 6 else p.AMBER)
    _bridge(sheet, x, water, shade)
    _rails(sheet, x, water)
    for number in range(5):
        sheet.disc(x + 420 + number * 22, water - 46 - number * 2, 5, p.DUSK)


def _bridge(sheet: Sheet, x: float, water: float, shade: p.Colour) -> None:
    """The wheelhouse, the funnel with its ring, the mast with a lamp."""
    sheet.polygon(
        [(x + 250, water - 130), (x + 256, water - 188), (x + 372, water - 188), (x + 388, water - 130)],
        p.mix(p.WHITE, p.PEACH, 0.1),
    )
    sheet.rect(x + 246, water - 196, 136, 9, shade)
    for number in range(4):
        sheet.rect(x + 268 + number * 26, water - 176, 20, 22, p.GLOW)
    sheet.polygon(
        [(x + 140, water - 130), (x + 150, water - 212), (x + 204, water - 212), (x + 206, water - 130)],
        p.RUST,
    )
    sheet.rect(x + 147, water - 190, 58, 16, p.CREAM)
    sheet.rect(x + 149, water - 212, 55, 12, p.NAVY)
    for puff, (dx, dy, size) in enumerate(((168, 232, 15), (140, 252, 20), (96, 268, 25), (36, 280, 30))):
        sheet.ellipse(x + dx, water - dy, size * 1.5, size * 0.8, p.MIST, 0.5 - puff * 0.1)
    sheet.line([(x + 316, water - 196), (x + 316, water - 276)], p.NAVY, 4)
    sheet.line([(x + 316, water - 270), (x + 540, water - 92)], p.NAVY, 1.2)
    sheet.line([(x + 316, water - 270), (x + 24, water - 66)], p.NAVY, 1.2)
    sheet.glow(x + 316, water - 278, 60, p.GLOW, 0.9)
    sheet.disc(x + 316, water - 278, 5, p.WHITE)


def _rails(sheet: Sheet, x: float, water: float) -> None:
    for number in range(13):
        sheet.line([(x + 46 + number * 29, water - 130), (x + 46 + number * 29, water - 146)], p.NAVY, 1.5)
    sheet.line([(x + 40, water - 146), (x + 250, water - 146)], p.NAVY, 2)
    sheet.line([(x + 386, water - 146), (x + 408, water - 146)], p.NAVY, 2)
    for number, dx in enumerate((420, 440, 460, 484)):
        sheet.line([(x + dx, water - 62), (x + dx, water - 80 - number * 2)], p.NAVY, 1.5)
    sheet.line([(x + 412, water - 80), (x + 490, water - 86)], p.NAVY, 2)
    for dx, tall in ((70, 24), (96, 26), (226, 22)):  # people on deck
        sheet.rect(x + dx, water - 130 - tall, 9, tall, p.NAVY)
        sheet.disc(x + dx + 4.5, water - 134 - tall, 5, p.NAVY)


def _water(sheet: Sheet) -> None:
    sheet.mirror(
        LINE, 900, ((0.0, p.PEACH), (0.12, p.SEA), (0.5, p.TEAL), (1.0, p.DEEP)), clear=0.8, ripple=5
    )
    glints(sheet, LINE + 4, 890, p.GLOW, 3, count=110, middle=430, spread=170, alpha=0.75)
    glints(sheet, LINE + 8, 900, p.DEEP, 8, count=70, spread=1100, alpha=0.35)
    glints(sheet, LINE + 30, 900, p.FOAM, 9, count=26, spread=1100, alpha=0.35, size=0.8)
    streak(sheet, 1010, LINE + 1, 460, 7, p.WHITE, 0.85)
    streak(sheet, 700, LINE + 6, 420, 6, p.FOAM, 0.7)
    streak(sheet, 640, LINE + 16, 330, 5, p.FOAM, 0.5)
