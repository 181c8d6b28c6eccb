"""An old iron footbridge over a narrow river, with a barrier across its end."""

from itertools import pairwise

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import house, tree

LINE = 640.0
IRON = p.mix(p.PINE, p.NIGHT, 0.45)


def draw() -> Image:
    """October: fog over the Ness, yellow leaves, nobody on the bridge."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.STEEL), (0.4, p.FOG), (0.8, p.CREAM), (1.0, p.PEACH)), (0, 0, 1600, LINE))
    sheet.glow(760, 420, 620, p.GLOW, 0.7)
    sheet.disc(760, 380, 52, p.WHITE)
    streak(sheet, 420, 150, 900, 26, p.WHITE, 0.4)
    streak(sheet, 1220, 220, 700, 22, p.WHITE, 0.4)
    gulls(sheet, ((900, 180, 38), (950, 210, 28)), p.SLATE)
    ridge(sheet, 500, 80, p.mix(p.SAGE, p.FOG, 0.65), 5, wave=640, base=LINE)
    ridge(sheet, 560, 60, p.mix(p.SAGE, p.FOG, 0.35), 9, wave=380, base=LINE)
    for x, seed, tall in ((560, 2, 190), (650, 5, 150), (900, 7, 170), (1000, 11, 210)):
        tree(sheet, x, 626, tall, p.mix(p.BARK, p.FOG, 0.5), seed, leaves=p.mix(p.OCHRE, p.FOG, 0.3))
    _banks(sheet)
    _span(sheet)
    _piers(sheet)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.mix(p.FOG, p.CREAM, 0.5)), (0.4, p.mix(p.SEA, p.STEEL, 0.5)), (1.0, p.DEEP)),
        clear=0.7,
        ripple=3.5,
        seed=6,
    )
    glints(sheet, LINE + 8, 880, p.CREAM, 4, count=44, middle=760, spread=200, alpha=0.5)
    for y, alpha in ((612, 0.5), (660, 0.35)):
        streak(sheet, 800, y, 1500, 34, p.MIST, alpha)
    _near_bank(sheet)
    _barrier(sheet)
    return sheet.finished()


def _banks(sheet: Sheet) -> None:
    sheet.polygon([*curve((-20, 520), (160, 530), (330, 580), (440, LINE + 2)), (-20, LINE + 2)], p.MOSS)
    sheet.polygon(
        [*curve((1620, 500), (1420, 520), (1250, 574), (1150, LINE + 2)), (1620, LINE + 2)],
        p.mix(p.MOSS, p.OCHRE, 0.25),
    )
    house(sheet, 1440, 524, 120, 100, p.mix(p.CREAM, p.FOG, 0.2), p.BRICK, floors=1, columns=2, lit=(1,))
    tree(sheet, 1390, 540, 260, p.BARK, 3, leaves=p.OCHRE)
    tree(sheet, 60, 540, 330, p.BARK, 6, leaves=p.RUST)


def _span(sheet: Sheet) -> None:
    """The truss: two chords, verticals, crossed bars, a railing."""
    left, right, deck, crown = 250, 1350, 520, 392

    def top(x: float) -> float:
        place = (x - left) / (right - left) * 2 - 1
        return crown + 96 * place * place

    arch = [(left + step * 10.0, top(left + step * 10.0)) for step in range(111)]
    bars = [left + number * 100.0 for number in range(12)]
    for x, after in pairwise(bars):
        sheet.line([(x, deck), (after, top(after))], p.mix(IRON, p.FOG, 0.35), 4)
        sheet.line([(x, top(x)), (after, deck)], p.mix(IRON, p.FOG, 0.35), 4)
    for x in bars:
        sheet.line([(x, deck), (x, top(x))], IRON, 8)
        sheet.disc(x, top(x), 9, IRON)
    sheet.line(arch, IRON, 14)
    sheet.line([(x, y - 3) for x, y in arch], p.mix(IRON, p.SAGE, 0.5), 3)
    sheet.rect(180, deck, 1240, 18, IRON)
    sheet.rect(180, deck - 3, 1240, 5, p.mix(p.EARTH, p.SAND, 0.4))
    sheet.rect(180, deck + 28, 1240, 7, IRON)
    for x in range(200, 1410, 50):
        sheet.line([(x, deck + 18), (x + 25, deck + 30), (x + 50, deck + 18)], IRON, 3)
    for x in range(260, 1350, 20):
        sheet.line([(x, deck), (x, deck - 46)], IRON, 1.6)
    sheet.rect(250, deck - 50, 1100, 5, IRON)
    for x, y in ((430, 540), (720, 542), (1010, 540), (1180, 542)):
        sheet.polygon([(x, y), (x + 26, y), (x + 20, y + 22), (x + 12, y + 10), (x + 5, y + 18)], p.RUST, 0.7)
    for x in (800,):
        sheet.line([(x, top(x)), (x, top(x) - 60)], IRON, 5)
        sheet.polygon(
            [(x - 13, top(x) - 62), (x + 13, top(x) - 62), (x + 17, top(x) - 92), (x - 17, top(x) - 92)],
            p.mix(p.STEEL, p.NAVY, 0.4),
        )
        sheet.polygon([(x - 22, top(x) - 92), (x + 22, top(x) - 92), (x, top(x) - 112)], IRON)


def _piers(sheet: Sheet) -> None:
    stone = p.mix(p.STONE, p.SLATE, 0.3)
    for x, side in ((196, 1), (1334, -1)):
        sheet.polygon([(x - 12, LINE + 4), (x, 536), (x + 70, 536), (x + 82, LINE + 4)], stone)
        dark = x if side < 0 else x + 46
        sheet.polygon(
            [(dark, LINE + 4), (dark, 536), (dark + 24, 536), (dark + 28, LINE + 4)],
            p.mix(stone, p.NIGHT, 0.3),
        )
        sheet.rect(x - 8, 530, 86, 14, p.CREAM)
        for row in range(4):
            sheet.line([(x - 8, 562 + row * 22), (x + 78, 562 + row * 22)], p.mix(stone, p.NIGHT, 0.35), 2)
        sheet.rect(x + 10, 440, 50, 92, stone)
        sheet.rect(x + 2, 430, 66, 14, p.CREAM)
        sheet.disc(x + 35, 414, 17, stone)


def _near_bank(sheet: Sheet) -> None:
    sheet.polygon(
        [*curve((-20, 690), (120, 700), (330, 800), (520, 910)), (-20, 910)], p.mix(p.PINE, p.MOSS, 0.35)
    )
    sheet.polygon([*curve((1620, 720), (1400, 760), (1220, 850), (1100, 910)), (1620, 910)], p.PINE)
    for x, lean, tall in (
        (60, 8, 150),
        (100, -10, 120),
        (150, 14, 170),
        (210, -6, 110),
        (1330, 10, 120),
        (1400, -12, 160),
        (1470, 8, 140),
        (1540, 16, 170),
    ):
        y = 900 if 300 < x < 1200 else 860
        sheet.line(curve((x, y), (x + lean * 0.4, y - tall * 0.5), (x + lean * 2, y - tall)), p.SPRUCE, 3.5)
        sheet.ellipse(x + lean * 2, y - tall, 6, 22, p.EARTH)
        sheet.line(curve((x, y), (x - lean, y - tall * 0.4), (x - lean * 3.4, y - tall * 0.62)), p.SPRUCE, 4)


def _barrier(sheet: Sheet) -> None:
    """Across the left end: red and white, a sign without words, a lamp."""
    for x in (118, 356):
        sheet.polygon(
            [
                (x, 520),
                (x - 26, 574),
                (x - 14, 574),
                (x + 6, 528),
                (x + 26, 574),
                (x + 38, 574),
                (x + 12, 520),
            ],
            p.BARK,
        )
    for top in (452, 496):
        for number in range(9):
            left = 96 + number * 32
            colour = p.RUST if number % 2 == 0 else p.WHITE
            sheet.polygon(
                [(left + 10, top), (left + 42, top), (left + 32, top + 28), (left, top + 28)], colour
            )
    sheet.rect(110, 440, 14, 100, p.BARK)
    sheet.rect(356, 440, 14, 100, p.BARK)
    sheet.polygon([(206, 440), (274, 440), (240, 382)], p.RUST)
    sheet.polygon([(219, 433), (261, 433), (240, 397)], p.WHITE)
    sheet.rect(237, 407, 6, 15, p.NIGHT)
    sheet.disc(240, 427, 3, p.NIGHT)
    for x in (117, 363):
        sheet.glow(x, 428, 90, p.AMBER, 0.9)
        sheet.disc(x, 428, 13, p.AMBER)
        sheet.rect(x - 9, 438, 18, 6, p.NIGHT)
