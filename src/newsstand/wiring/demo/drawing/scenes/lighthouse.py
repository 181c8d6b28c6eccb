"""A white lighthouse on a green island, a small schoolhouse beside it."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import cloud, curve, glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import person

LINE = 640.0


def draw() -> Image:
    """A bright forenoon in May; the sun is on the left, out of the picture."""
    sheet = Sheet()
    sheet.gradient(
        ((0.0, p.mix(p.TEAL, p.SEA, 0.6)), (0.55, p.mix(p.SEA, p.FOAM, 0.55)), (1.0, p.CREAM)),
        (0, 0, 1600, LINE),
    )
    sheet.glow(60, 220, 760, p.GLOW, 0.6)
    for x, y, width, seed, alpha in (
        (60, 250, 560, 3, 0.9),
        (560, 180, 420, 6, 0.7),
        (1240, 300, 520, 9, 0.85),
        (-160, 420, 480, 4, 0.6),
    ):
        cloud(sheet, x, y, width, p.WHITE, seed, alpha)
        streak(sheet, x + width / 2, y + 3, width * 1.1, 12, p.WHITE, alpha * 0.7)
    ridge(sheet, 620, 40, p.mix(p.TEAL, p.FOAM, 0.55), 31, wave=900, base=LINE)
    sheet.rect(0, LINE, 1600, 16, p.mix(p.SEA, p.FOAM, 0.35))
    _island(sheet)
    _light(sheet)
    _schoolhouse(sheet)
    _sea(sheet)
    gulls(sheet, ((700, 240, 52), (770, 290, 38), (640, 320, 30), (1240, 200, 44), (480, 380, 24)), p.DUSK)
    return sheet.finished()


def _island(sheet: Sheet) -> None:
    back = curve(
        (560, LINE),
        (660, 600),
        (760, 560),
        (900, 500),
        (1010, 470),
        (1130, 476),
        (1260, 520),
        (1400, 560),
        (1640, 610),
    )
    sheet.polygon([*back, (1640, LINE), (560, LINE)], p.mix(p.MOSS, p.SAGE, 0.35))
    front = curve((520, LINE), (640, 624), (800, 588), (980, 560), (1160, 566), (1330, 596), (1640, 628))
    sheet.polygon([*front, (1640, LINE + 4), (520, LINE + 4)], p.MOSS)
    low = curve((620, LINE), (800, 618), (1000, 604), (1240, 620), (1640, 636))
    sheet.polygon([*low, (1640, LINE + 6), (620, LINE + 6)], p.mix(p.PINE, p.MOSS, 0.35))
    rocks = [
        (500, 646),
        (530, 620),
        (566, 614),
        (598, 630),
        (650, 622),
        (700, 634),
        (760, 628),
        (830, 640),
        (900, 632),
    ]
    rocks += [
        (980, 640),
        (1060, 630),
        (1150, 640),
        (1240, 632),
        (1340, 640),
        (1440, 630),
        (1640, 636),
        (1640, 654),
        (500, 654),
    ]
    sheet.polygon(rocks, p.mix(p.STONE, p.BARK, 0.45))
    for x, y, wide in ((536, 624, 50), (650, 627, 60), (800, 634, 70), (1050, 634, 80), (1330, 636, 100)):
        sheet.polygon([(x - wide / 2, y + 12), (x - wide / 6, y - 4), (x + wide / 2, y + 12)], p.STONE)
    path = [
        *curve((1010, 640), (1000, 610), (1060, 584), (1090, 540), (1052, 500)),
        *curve((1064, 500), (1104, 542), (1074, 590), (1026, 614), (1044, 640)),
    ]
    sheet.polygon(path, p.SAND)


def _light(sheet: Sheet) -> None:
    x = 1040.0
    sheet.polygon([(x - 60, 500), (x - 38, 190), (x + 38, 190), (x + 60, 500)], p.WHITE)
    sheet.polygon([(x + 6, 500), (x + 6, 190), (x + 38, 190), (x + 60, 500)], p.mix(p.FOG, p.SEA, 0.25))
    sheet.polygon([(x + 34, 500), (x + 24, 190), (x + 38, 190), (x + 60, 500)], p.mix(p.FOG, p.SLATE, 0.35))
    sheet.polygon([(x - 50, 362), (x - 46, 300), (x + 46, 300), (x + 50, 362)], p.RUST)
    sheet.polygon([(x + 6, 362), (x + 6, 300), (x + 46, 300), (x + 50, 362)], p.BRICK)
    for y in (234, 322, 420):
        sheet.rect(x - 12, y, 16, 26, p.DUSK)
        sheet.rect(x - 15, y + 26, 22, 4, p.STONE)
    sheet.rect(x - 22, 456, 32, 48, p.BRICK)
    sheet.rect(x - 54, 180, 108, 12, p.NAVY)
    for dx in range(-50, 52, 10):
        sheet.line([(x + dx, 182), (x + dx, 160)], p.NAVY, 1.8)
    sheet.line([(x - 54, 160), (x + 54, 160)], p.NAVY, 3)
    sheet.rect(x - 30, 116, 60, 64, p.mix(p.GLOW, p.WHITE, 0.3))
    for dx in (-30, -11, 9, 28):
        sheet.rect(x + dx, 116, 3, 64, p.NAVY)
    sheet.ellipse(x, 148, 12, 16, p.AMBER)
    sheet.polygon([(x - 42, 118), (x + 42, 118), (x + 20, 84), (x - 20, 84)], p.RUST)
    sheet.disc(x, 78, 9, p.NAVY)
    sheet.line([(x, 78), (x, 46)], p.NAVY, 3)
    sheet.glow(x, 148, 110, p.GLOW, 0.6)


def _schoolhouse(sheet: Sheet) -> None:
    """One room, one bell; eleven pupils."""
    x, y = 1200.0, 566.0
    sheet.polygon([(x, y), (x, y - 84), (x + 44, y - 138), (x + 88, y - 84), (x + 88, y)], p.WHITE)
    sheet.rect(x + 88, y - 84, 150, 84, p.mix(p.CREAM, p.FOG, 0.35))
    sheet.polygon([(x + 44, y - 138), (x + 198, y - 138), (x + 250, y - 80), (x + 92, y - 80)], p.BRICK)
    sheet.polygon(
        [
            (x - 8, y - 76),
            (x + 44, y - 140),
            (x + 96, y - 76),
            (x + 88, y - 76),
            (x + 44, y - 128),
            (x, y - 76),
        ],
        p.OX,
    )
    sheet.rect(x + 30, y - 174, 28, 40, p.WHITE)
    sheet.rect(x + 36, y - 166, 16, 24, p.DUSK)
    sheet.polygon([(x + 24, y - 172), (x + 64, y - 172), (x + 44, y - 200)], p.BRICK)
    sheet.disc(x + 44, y - 152, 6, p.OCHRE)
    for left in (108, 152, 196):
        sheet.rect(x + left - 3, y - 65, 30, 44, p.WHITE)
        sheet.rect(x + left, y - 62, 24, 38, p.TEAL)
        sheet.polygon([(x + left, y - 62), (x + left + 24, y - 62), (x + left, y - 36)], p.FOAM)
        sheet.rect(x + left + 11, y - 62, 2, 38, p.WHITE)
    sheet.rect(x + 32, y - 50, 26, 50, p.TEAL)
    sheet.disc(x + 44, y - 92, 10, p.DUSK)
    sheet.rect(x + 160, y - 164, 18, 40, p.BRICK)
    for number in range(14):  # the fence
        left = 1120 + number * 26
        if not 3 <= number <= 5:
            sheet.rect(left, 572 + number * 1.6, 4, 22, p.WHITE)
    sheet.line([(1120, 580), (1192, 584)], p.WHITE, 3)
    sheet.line([(1276, 590), (1462, 602)], p.WHITE, 3)
    sheet.line([(1480, 560), (1480, 470)], p.BARK, 4)
    sheet.polygon([(1480, 472), (1536, 480), (1480, 500)], p.RUST)
    for left, tall in ((1150, 30), (1168, 26), (1232, 34), (1340, 28), (1360, 30), (1386, 26)):
        person(sheet, left, 604, tall, (p.NAVY, p.RUST, p.PLUM)[left % 3])
    for left in (900, 936, 972):  # the hives
        sheet.rect(left, 556 - (left - 900) * 0.1, 24, 24, p.CREAM)
        sheet.rect(left - 3, 552 - (left - 900) * 0.1, 30, 6, p.OCHRE)
        sheet.rect(left + 7, 572 - (left - 900) * 0.1, 10, 3, p.BARK)


def _sea(sheet: Sheet) -> None:
    sheet.mirror(
        LINE + 12,
        900,
        ((0.0, p.mix(p.SEA, p.FOAM, 0.35)), (0.4, p.SEA), (1.0, p.TEAL)),
        clear=0.42,
        ripple=7,
        seed=9,
    )
    glints(sheet, LINE + 16, 900, p.WHITE, 5, count=70, middle=420, spread=700, alpha=0.5)
    glints(sheet, LINE + 16, 900, p.DEEP, 6, count=60, spread=1100, alpha=0.3)
    streak(sheet, 1060, LINE + 14, 1160, 6, p.WHITE, 0.8)
    with sheet.at(230, 756, 1.0):  # the school boat
        sheet.polygon([(-66, -24), (60, -20), (96, -34), (74, 6), (-52, 6)], p.RUST)
        sheet.polygon([(-66, -24), (60, -20), (96, -34), (93, -28), (60, -13), (-63, -17)], p.CREAM)
        sheet.rect(-20, -58, 50, 38, p.WHITE)
        sheet.rect(-12, -50, 14, 14, p.DUSK)
        sheet.rect(10, -50, 14, 14, p.DUSK)
        sheet.rect(-26, -64, 62, 7, p.TEAL)
        sheet.line([(-40, -24), (-40, -74)], p.BARK, 3)
        streak(sheet, -10, 8, 250, 8, p.WHITE, 0.8)
        streak(sheet, -140, 18, 220, 6, p.WHITE, 0.5)
