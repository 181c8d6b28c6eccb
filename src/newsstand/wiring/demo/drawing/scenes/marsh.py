"""A narrow road runs between flooded meadows towards low hills, a heron in the foreground."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import tree

LINE = 480.0


def draw() -> Image:
    """After the rain; the sun is going down behind the hills."""
    sheet = Sheet()
    sheet.gradient(
        ((0.0, p.DUSK), (0.3, p.SLATE), (0.62, p.PEACH), (0.85, p.GLOW), (1.0, p.CREAM)), (0, 0, 1600, LINE)
    )
    sheet.glow(980, 430, 640, p.GLOW, 0.9)
    sheet.disc(980, 400, 44, p.WHITE)
    for x, y, width, tone in (
        (380, 120, 1000, 0.2),
        (1200, 160, 900, 0.35),
        (700, 226, 800, 0.55),
        (1300, 280, 700, 0.7),
        (240, 300, 600, 0.65),
    ):
        streak(sheet, x, y, width, 28, p.mix(p.SLATE, p.CORAL, tone), 0.7)
    _geese(sheet)
    ridge(sheet, 432, 60, p.mix(p.SLATE, p.PEACH, 0.45), 4, wave=760, base=LINE)
    ridge(sheet, 456, 40, p.mix(p.PINE, p.PEACH, 0.35), 10, wave=460, base=LINE)
    _farm(sheet)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.CREAM), (0.2, p.PEACH), (0.55, p.STEEL), (1.0, p.DUSK)),
        clear=0.8,
        ripple=2.2,
        seed=7,
    )
    _meadows(sheet)
    glints(sheet, LINE + 10, 900, p.CREAM, 8, count=50, middle=1180, spread=300, alpha=0.5)
    _road(sheet)
    _reeds(sheet)
    _heron(sheet)
    return sheet.finished()


def _geese(sheet: Sheet) -> None:
    places = [(560 + n * 34, 210 - n * 15, 26) for n in range(5)] + [
        (560 + n * 38, 210 + n * 13, 26) for n in range(1, 5)
    ]
    gulls(sheet, places, p.NAVY)


def _farm(sheet: Sheet) -> None:
    """The farm on the last dry ground, poplars beside it."""
    ground = p.mix(p.PINE, p.SLATE, 0.35)
    sheet.polygon([*curve((180, LINE), (280, 466), (420, 462), (560, LINE)), (180, LINE)], ground)
    sheet.rect(300, 428, 80, 36, p.mix(p.CREAM, p.PEACH, 0.4))
    sheet.polygon([(292, 430), (388, 430), (372, 402), (308, 402)], p.BRICK)
    sheet.rect(392, 436, 56, 28, p.mix(p.BRICK, p.PLUM, 0.3))
    sheet.polygon([(386, 438), (454, 438), (420, 412)], p.OX)
    sheet.rect(318, 440, 10, 11, p.GLOW)
    sheet.rect(350, 440, 10, 11, p.GLOW)
    for x, tall in ((240, 96), (262, 116), (284, 88), (470, 84)):
        sheet.ellipse(x, 462 - tall / 2, 9, tall / 2, p.mix(p.SPRUCE, p.PLUM, 0.25))


def _meadows(sheet: Sheet) -> None:
    """What still shows above the water: strips of grass, fences, a gate that nobody needs."""
    for x, y, width, height, tone in (
        (1250, 500, 560, 8, 0.5), (260, 510, 500, 9, 0.5), (1450, 540, 420, 12, 0.35), (150, 570, 460, 15, 0.3),
        (1240, 610, 320, 14, 0.2), (1490, 690, 520, 26, 0.1), (80, 680, 420, 24, 0.1), (420, 640, 220, 11, 0.15),
    ):  # fmt: skip
        streak(sheet, x, y, width, height, p.mix(p.MOSS, p.PEACH, tone))
        streak(sheet, x, y + height * 0.7, width * 0.9, height * 0.6, p.mix(p.PINE, p.DUSK, 0.4), 0.5)
    for side, first in ((1, 890), (-1, 740)):
        last = None
        for number in range(9):
            depth = number**1.75
            x, y = first + side * (14 + depth * 13.5), LINE + 12 + depth * 6.6
            tall = 12 + depth * 2.3
            sheet.line([(x, y), (x, y - tall)], p.BARK, 2 + depth * 0.16)
            sheet.line([(x, y), (x + depth * 0.1, y + tall * 0.7)], p.BARK, 1.5 + depth * 0.12, 0.3)
            if last is not None:
                for share in (0.35, 0.8):
                    sheet.line(
                        [(last[0], last[1] - last[2] * share), (x, y - tall * share)],
                        p.BARK,
                        1 + depth * 0.03,
                    )
            last = (x, y, tall)
    tree(sheet, 1370, 560, 230, p.mix(p.BARK, p.PLUM, 0.2), 4)
    streak(sheet, 1370, 562, 90, 9, p.mix(p.PINE, p.DUSK, 0.3))


def _road(sheet: Sheet) -> None:
    left = curve((800, LINE + 1), (776, 520), (770, 570), (700, 660), (560, 770), (380, 920))
    right = curve((812, LINE + 1), (806, 520), (832, 570), (840, 660), (860, 770), (900, 920))
    verge_left = [(x - (y - LINE) * 0.16, y + 2) for x, y in left]
    verge_right = [(x + (y - LINE) * 0.16, y + 2) for x, y in right]
    sheet.polygon([*verge_left, *reversed(verge_right)], p.mix(p.MOSS, p.PINE, 0.4))
    sheet.polygon([*left, *reversed(right)], p.mix(p.STEEL, p.PLUM, 0.35))
    for x, y, width, height in (
        (800, 548, 40, 7),
        (790, 640, 110, 16),
        (690, 760, 220, 30),
        (640, 858, 180, 30),
    ):
        streak(sheet, x, y, width, height, p.PEACH, 0.85)
        streak(sheet, x + width * 0.1, y - height * 0.1, width * 0.5, height * 0.4, p.CREAM, 0.8)
    for number, y in enumerate((520, 556, 604, 670, 752, 850)):
        share = (y - LINE) / (900 - LINE)
        x = 806 - 160 * share**1.4
        sheet.line(
            [(x, y), (x - 8 * share, y + 12 + 26 * share)], p.CREAM, 2 + 6 * share, 0.7 if number % 2 else 0.8
        )


def _reeds(sheet: Sheet) -> None:
    chance = random.Random(33)
    for _ in range(64):
        x = chance.choice((chance.uniform(-20, 330), chance.uniform(1080, 1620)))
        y = chance.uniform(880, 930)
        tall = chance.uniform(80, 230)
        lean = chance.uniform(-10, 34)
        tone = p.mix(p.SPRUCE, p.BARK, chance.random())
        sheet.line(
            curve((x, y), (x + lean * 0.3, y - tall * 0.6), (x + lean, y - tall)), tone, chance.uniform(2, 4)
        )
        if chance.random() < 0.5:
            sheet.ellipse(x + lean, y - tall - 6, 5, 20, p.mix(p.BARK, p.RUST, 0.35))


def _heron(sheet: Sheet) -> None:
    """It stands in the water on the right and waits."""
    grey, dark = p.mix(p.STEEL, p.FOG, 0.4), p.NAVY
    with sheet.at(1190, 760, 1.18):
        streak(sheet, -4, 106, 150, 12, p.CREAM, 0.6)
        streak(sheet, 0, 122, 200, 8, dark, 0.4)
        sheet.line([(-6, 0), (-2, 54), (-14, 108)], p.BARK, 5)
        sheet.line([(16, -2), (22, 52), (14, 108)], p.BARK, 5)
        sheet.polygon(
            curve(
                (-58, -96),
                (-20, -124),
                (34, -96),
                (70, -34),
                (96, 20),
                (44, -2),
                (-6, 2),
                (-46, -36),
                (-58, -96),
            ),
            grey,
        )
        sheet.polygon(
            curve((-10, -94), (34, -82), (70, -30), (98, 24), (54, -2), (16, -22), (-10, -94)), p.SLATE
        )
        sheet.polygon(curve((40, -30), (76, -4), (98, 24), (60, 6), (40, -30)), dark)
        neck = curve((-46, -84), (-62, -128), (-34, -166), (-52, -206), (-60, -226))
        for number, (x, y) in enumerate(neck):
            sheet.disc(x, y, 15 - 7 * number / len(neck), p.WHITE)
        sheet.line(curve((-50, -76), (-70, -126), (-42, -166), (-58, -204)), p.SLATE, 3)
        sheet.ellipse(-66, -232, 19, 12, p.WHITE)
        sheet.polygon([(-82, -238), (-146, -222), (-80, -226)], p.AMBER)
        sheet.polygon(
            curve((-76, -240), (-58, -246), (-30, -232), (0, -214), (-34, -226), (-58, -234), (-76, -240)),
            dark,
        )
        sheet.disc(-73, -235, 2.6, dark)
        for dx in (-50, -42, -34):
            sheet.line([(dx, -74), (dx - 8, -36)], p.WHITE, 3)
