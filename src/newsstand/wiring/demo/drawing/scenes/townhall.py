"""A town hall with a clock tower over a square with bare trees."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import gulls, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import house, lamp_post, person, tree

GROUND = 664.0


def draw() -> Image:
    """A winter evening after rain: lamps in the square, light in the three tall windows."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.NAVY), (0.35, p.PLUM), (0.7, p.CORAL), (1.0, p.GLOW)), (0, 0, 1600, GROUND))
    sheet.glow(800, 640, 820, p.PEACH, 0.7)
    for x, y, width, tone in (
        (360, 190, 900, 0.3),
        (1240, 250, 860, 0.45),
        (640, 330, 800, 0.6),
        (1450, 380, 500, 0.7),
    ):
        streak(sheet, x, y, width, 24, p.mix(p.PLUM, p.CORAL, tone), 0.75)
    gulls(sheet, ((960, 150, 40), (1014, 190, 30), (590, 226, 28), (1080, 130, 24)), p.NIGHT)
    _row_of_houses(sheet)
    _hall(sheet)
    _tower(sheet)
    _square(sheet)
    return sheet.finished()


def _row_of_houses(sheet: Sheet) -> None:
    far = p.mix(p.PLUM, p.NIGHT, 0.35)
    for x, width, height in ((-60, 150, 190), (90, 120, 230), (1330, 140, 240), (1470, 170, 200)):
        house(
            sheet,
            x,
            GROUND,
            width,
            height,
            far,
            p.NIGHT,
            floors=3,
            columns=3,
            lit=(1, 5, 6) if width > 130 else (3, 4),
        )


def _hall(sheet: Sheet) -> None:
    wall = p.mix(p.BRICK, p.PLUM, 0.35)
    dark = p.mix(wall, p.NIGHT, 0.45)
    sheet.polygon([(250, 400), (1350, 400), (1290, 318), (310, 318)], p.mix(p.NIGHT, p.PLUM, 0.3))
    for x in range(390, 1260, 150):
        if not 620 < x < 900:
            sheet.polygon([(x, 384), (x, 350), (x + 22, 330), (x + 44, 350), (x + 44, 384)], dark)
            sheet.rect(x + 11, 354, 22, 26, p.GLOW if x in (540, 990) else p.NIGHT)
    sheet.rect(264, 396, 1072, GROUND - 396, wall)
    sheet.rect(250, 390, 1100, 14, p.SAND)
    sheet.rect(264, 530, 1072, 8, p.mix(p.SAND, wall, 0.4))
    sheet.rect(264, 640, 1072, 26, dark)
    for number in range(8):
        x = 300 + number * 136
        if 600 < x < 960:
            continue
        lit = number in (1, 6)
        for y, height in ((424, 88), (558, 70)):
            sheet.rect(x - 4, y - 4, 60, height + 8, p.mix(p.SAND, wall, 0.3))
            sheet.rect(x, y, 52, height, p.AMBER if lit and y < 500 else p.NIGHT)
            sheet.rect(x + 24, y, 4, height, p.mix(p.SAND, wall, 0.3))
            sheet.rect(x, y + height * 0.4, 52, 3, p.mix(p.SAND, wall, 0.3))


def _tower(sheet: Sheet) -> None:
    """The middle part with its three tall windows, and the tower with the clock."""
    wall = p.mix(p.RUST, p.PLUM, 0.3)
    shade = p.mix(wall, p.NIGHT, 0.4)
    sheet.rect(600, 366, 400, GROUND - 366, wall)
    sheet.polygon([(584, 372), (1016, 372), (800, 286)], shade)
    sheet.polygon([(630, 362), (970, 362), (800, 296)], wall)
    sheet.rect(584, 366, 432, 12, p.SAND)
    for x in (650, 764, 878):
        sheet.rect(x - 6, 420, 84, 112, p.SAND)
        sheet.ellipse(x + 36, 420, 42, 30, p.SAND)
        sheet.rect(x, 424, 72, 104, p.GLOW)
        sheet.ellipse(x + 36, 424, 36, 25, p.GLOW)
        sheet.rect(x + 34, 402, 4, 126, p.SAND)
        for y in (440, 484):
            sheet.rect(x, y, 72, 3, p.SAND)
    sheet.rect(752, 566, 96, 100, p.SAND)
    sheet.ellipse(800, 568, 48, 30, p.SAND)
    sheet.rect(762, 574, 76, 92, p.NIGHT)
    sheet.ellipse(800, 574, 38, 22, p.AMBER)
    sheet.rect(798, 574, 4, 92, p.SAND)
    sheet.rect(728, 110, 144, 200, wall)
    sheet.rect(808, 110, 64, 200, shade, 0.55)
    sheet.rect(716, 300, 168, 14, p.SAND)
    sheet.rect(716, 104, 168, 12, p.SAND)
    sheet.disc(800, 200, 56, p.SAND)
    sheet.disc(800, 200, 48, p.GLOW)
    for dx, dy in ((0, -40), (40, 0), (0, 40), (-40, 0)):
        sheet.line([(800 + dx * 0.82, 200 + dy * 0.82), (800 + dx, 200 + dy)], p.NIGHT, 4)
    sheet.line([(800, 200), (800, 166)], p.NIGHT, 5)
    sheet.line([(800, 200), (778, 214)], p.NIGHT, 5)
    for x in (744, 786, 828):
        sheet.rect(x, 262, 28, 36, p.NIGHT)
    sheet.rect(750, 62, 14, 46, p.SAND)
    sheet.rect(836, 62, 14, 46, p.SAND)
    sheet.polygon([(776, 98), (824, 98), (816, 70), (784, 70)], p.OCHRE)
    sheet.polygon([(736, 64), (864, 64), (812, 16), (800, -20), (788, 16)], p.NIGHT)
    sheet.glow(800, 200, 170, p.GLOW, 0.5)


def _square(sheet: Sheet) -> None:
    stones = ((0.0, p.mix(p.PLUM, p.CORAL, 0.3)), (0.4, p.PLUM), (1.0, p.NIGHT))
    sheet.mirror(GROUND, 900, stones, clear=0.5, ripple=3, seed=5)
    for row in range(9):
        y = GROUND + 8 + row * row * 3.1
        for number in range(-12, 13):
            x = 800 + number * (46 + row * 13) + (row % 2) * 24
            streak(sheet, x, y, 26 + row * 7, 1.6 + row * 0.4, p.NIGHT, 0.35)
    for x, y, height, seed in (
        (150, 700, 330, 3),
        (420, 690, 270, 9),
        (1180, 690, 270, 14),
        (1450, 702, 340, 21),
    ):
        sheet.ellipse(x, y + 2, height * 0.13, height * 0.022, p.NIGHT, 0.6)
        tree(sheet, x, y, height, p.NIGHT, seed)
    for x, y, height in ((300, 724, 190), (1310, 724, 190), (570, 690, 130), (1030, 690, 130)):
        lamp_post(sheet, x, y, height, p.NIGHT)
        streak(sheet, x, y + 26, 60, 7, p.GLOW, 0.55)
        streak(sheet, x + 4, y + 44, 40, 5, p.GLOW, 0.35)
    for x, y, height, lean in ((700, 706, 62, 0), (728, 708, 58, 2), (1120, 742, 76, -2), (880, 690, 48, 0)):
        sheet.ellipse(x, y + 1, height * 0.2, height * 0.05, p.NIGHT, 0.5)
        person(sheet, x, y, height, p.NIGHT, lean=lean)
    sheet.rect(214, 770, 150, 8, p.NIGHT)
    for x in (228, 340):
        sheet.rect(x, 774, 8, 34, p.NIGHT)
    sheet.rect(214, 742, 150, 6, p.NIGHT)
    sheet.rect(214, 755, 150, 6, p.NIGHT)
