"""Rows of vegetable gardens with small sheds, bean poles and a water butt."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import person, tree

GROUND = 500.0


def draw() -> Image:
    """An evening in September, the sun behind the railway."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.SEA), (0.45, p.FOAM), (0.8, p.GLOW), (1.0, p.PEACH)), (0, 0, 1600, GROUND))
    sheet.glow(1120, 420, 640, p.GLOW, 0.95)
    sheet.disc(1120, 366, 50, p.WHITE)
    for x, y, width in ((380, 110, 800), (1240, 170, 760), (760, 236, 520)):
        streak(sheet, x, y, width, 22, p.WHITE, 0.5)
    gulls(sheet, ((700, 160, 38), (752, 190, 28)), p.SLATE)
    ridge(sheet, 430, 70, p.mix(p.SAGE, p.FOAM, 0.45), 3, wave=760)
    _railway(sheet)
    sheet.gradient(((0.0, p.mix(p.SAGE, p.OCHRE, 0.3)), (0.3, p.MOSS), (1.0, p.PINE)), (0, 478, 1600, 900))
    _beds(sheet)
    for x, y, scale, wall, roof in (
        (120, 560, 0.9, p.TEAL, p.BRICK),
        (520, 536, 0.62, p.CREAM, p.SLATE),
        (1330, 566, 0.95, p.RUST, p.OX),
        (960, 532, 0.58, p.OCHRE, p.BRICK),
    ):
        _shed(sheet, x, y, scale, wall, roof)
    tree(sheet, 1530, 560, 300, p.BARK, 8, leaves=p.MOSS)
    _poles(sheet, 330, 640, 0.8)
    _poles(sheet, 1120, 690, 1.15)
    person(sheet, 640, 640, 96, p.NAVY, lean=5)
    sheet.line([(664, 566), (690, 642)], p.BARK, 4)
    person(sheet, 905, 590, 60, p.BRICK)
    _butt(sheet, 780, 742)
    _front(sheet)
    return sheet.finished()


def _railway(sheet: Sheet) -> None:
    bank = p.mix(p.MOSS, p.SAGE, 0.4)
    sheet.polygon([(0, 440), (1600, 424), (1600, 520), (0, 520)], bank)
    sheet.polygon([(0, 436), (1600, 420), (1600, 428), (0, 444)], p.BARK)
    for number in range(3):
        x, y = 250 + number * 178, 434 - number * 1.8
        sheet.rect(x, y - 56, 170, 48, (p.BRICK, p.CREAM, p.CREAM)[number])
        sheet.rect(x, y - 24, 170, 14, p.OX)
        sheet.rect(x - 3, y - 62, 176, 9, p.SLATE)
        for left in range(5):
            sheet.rect(x + 12 + left * 31, y - 48, 22, 20, p.GLOW if number else p.NAVY)
        for wheel in (24, 50, 122, 148):
            sheet.disc(x + wheel, y - 4, 8, p.NIGHT)
    for x in range(60, 1600, 220):
        sheet.line([(x, 436), (x, 330)], p.BARK, 4)
        sheet.line([(x - 16, 342), (x + 16, 342)], p.BARK, 3)
    for y in (342, 350):
        sheet.line([(0, y + 3), (1600, y - 3)], p.BARK, 1.2)


def _beds(sheet: Sheet) -> None:
    """Beds run towards us; each row has a plant of its own."""
    chance = random.Random(12)
    greens = (p.SAGE, p.MOSS, p.PINE, p.mix(p.SAGE, p.SEA, 0.4), p.OX, p.mix(p.MOSS, p.OCHRE, 0.4))
    for bed in range(-7, 8):
        left, right = bed * 1.0 - 0.4, bed * 1.0 + 0.34
        corners = [
            (800 + left * 84, 520),
            (800 + right * 84, 520),
            (800 + right * 330, 900),
            (800 + left * 330, 900),
        ]
        sheet.shaded(corners, ((0.0, p.mix(p.EARTH, p.OCHRE, 0.35)), (1.0, p.BARK)))
        green = greens[bed % len(greens)]
        for row in range(18):
            depth = (row / 18) ** 1.5
            y = 526 + 380 * depth
            for lane in (-0.22, 0.16):
                x = 800 + (bed + lane) * (84 + 246 * depth)
                size = 5 + 26 * depth
                _plant(sheet, x, y, size, p.mix(green, p.GLOW, 0.12 * chance.random()), bed % 4, chance)
    for side in (-1, 1):
        sheet.polygon(
            [
                (800 + side * 36, 520),
                (800 + side * 47, 520),
                (800 + side * 176, 900),
                (800 + side * 140, 900),
            ],
            p.SAND,
            0.5,
        )


def _plant(
    sheet: Sheet, x: float, y: float, size: float, green: p.Colour, kind: int, chance: random.Random
) -> None:
    dark = p.mix(green, p.SPRUCE, 0.45)
    if kind == 0:  # cabbages
        sheet.ellipse(x, y, size, size * 0.62, dark)
        sheet.ellipse(x, y - size * 0.12, size * 0.72, size * 0.46, green)
        sheet.ellipse(x, y - size * 0.18, size * 0.36, size * 0.24, p.mix(green, p.CREAM, 0.4))
    elif kind == 1:  # leeks
        for lean in (-0.5, -0.1, 0.4):
            sheet.polygon(
                [(x - size * 0.12, y), (x + size * 0.12, y), (x + lean * size, y - size * 1.3)], green
            )
    elif kind == 2:  # lettuce
        sheet.ellipse(x, y, size * 0.8, size * 0.5, green)
        sheet.ellipse(x, y - size * 0.2, size * 0.5, size * 0.34, p.mix(green, p.GLOW, 0.3))
    else:  # pumpkins among leaves
        sheet.ellipse(x, y, size * 0.9, size * 0.4, dark)
        if chance.random() < 0.35:
            sheet.ellipse(x, y - size * 0.2, size * 0.55, size * 0.44, p.RUST)
            sheet.ellipse(x, y - size * 0.2, size * 0.22, size * 0.44, p.mix(p.RUST, p.AMBER, 0.6))


def _shed(sheet: Sheet, x: float, y: float, scale: float, wall: p.Colour, roof: p.Colour) -> None:
    with sheet.at(x, y, scale):
        sheet.polygon([(-10, 4), (168, 4), (40, 30), (-140, 30)], p.SPRUCE, 0.4)
        sheet.polygon([(0, 0), (0, -118), (80, -160), (160, -118), (160, 0)], wall)
        for plank in range(1, 8):
            sheet.line(
                [(plank * 20, 0), (plank * 20, -118 - min(plank, 8 - plank) * 9)],
                p.mix(wall, p.BARK, 0.35),
                1.6,
            )
        sheet.polygon([(-14, -112), (80, -162), (174, -112), (168, -124), (80, -178), (-8, -124)], roof)
        sheet.rect(92, -88, 46, 88, p.mix(wall, p.BARK, 0.5))
        sheet.disc(130, -44, 3, p.OCHRE)
        sheet.rect(22, -92, 50, 42, p.CREAM)
        sheet.rect(26, -88, 42, 34, p.AMBER)
        sheet.rect(45, -88, 4, 34, p.CREAM)
        sheet.rect(20, -48, 54, 9, p.EARTH)
        for left in (28, 44, 60):
            sheet.disc(left, -52, 7, p.CORAL)


def _poles(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """Beans on a row of crossed poles."""
    chance = random.Random(int(x))
    with sheet.at(x, y, scale):
        for number in range(6):
            left = number * 40
            sheet.line([(left - 22, 0), (left + 12, -200)], p.SAND, 4)
            sheet.line([(left + 26, 6), (left - 8, -200)], p.SAND, 4)
            for _ in range(26):
                up = chance.uniform(4, 182)
                dx = chance.choice((-22 + up * 0.17, 26 - up * 0.17)) + chance.uniform(-8, 8)
                tone = p.mix(p.MOSS, p.SPRUCE, chance.random() * 0.7)
                sheet.ellipse(left + dx, -up, 9, 7, tone)
            for _ in range(3):
                up = chance.uniform(40, 170)
                sheet.disc(left + chance.uniform(-16, 20), -up, 3.2, p.CORAL)
        sheet.line([(-16, -190), (214, -190)], p.SAND, 5)


def _butt(sheet: Sheet, x: float, y: float) -> None:
    """The one water butt of seventy gardens."""
    with sheet.at(x, y, 1.1):
        sheet.polygon([(-60, 4), (64, 4), (-20, 34), (-190, 34)], p.SPRUCE, 0.45)
        sheet.polygon(
            [(-52, 0), (-62, -64), (-56, -132), (56, -132), (62, -64), (52, 0)], p.mix(p.EARTH, p.RUST, 0.35)
        )
        for left in (-40, -20, 0, 20, 40):
            sheet.line([(left * 0.95, -2), (left * 1.12, -66), (left, -130)], p.BARK, 2)
        sheet.polygon([(20, 0), (28, -64), (24, -132), (56, -132), (62, -64), (52, 0)], p.BARK, 0.35)
        for top in (-118, -68, -18):
            sheet.rect(-62, top, 124, 9, p.SLATE)
        sheet.ellipse(0, -132, 57, 14, p.BARK)
        sheet.ellipse(0, -130, 50, 10, p.SEA)
        sheet.ellipse(-12, -131, 22, 4, p.GLOW)
        sheet.rect(-6, -34, 12, 8, p.OCHRE)
        sheet.line([(0, -30), (-18, -26), (-18, -16)], p.OCHRE, 6)
        sheet.polygon([(-120, 0), (-112, -50), (-62, -50), (-56, 0)], p.SLATE)
        sheet.line([(-112, -36), (-150, -74)], p.SLATE, 8)
        sheet.polygon([(-160, -72), (-142, -88), (-136, -80), (-152, -64)], p.SLATE)
        sheet.line([(-108, -50), (-88, -84), (-66, -50)], p.SLATE, 5)


def _front(sheet: Sheet) -> None:
    chance = random.Random(40)
    for number in range(15):
        x = 20 + number * 112 + chance.uniform(-20, 20)
        if 560 < x < 1040:
            continue
        y = 905
        tall = chance.uniform(110, 210)
        sheet.line([(x, y), (x + 6, y - tall)], p.SPRUCE, 5)
        for step in range(3):
            side = 1 if step % 2 else -1
            leaf = y - tall * (0.35 + 0.2 * step)
            sheet.ellipse(x + side * 17, leaf, 19, 8, p.PINE)
        for petal in range(10):
            dx, dy = (
                (18, 0),
                (15, 10),
                (6, 17),
                (-6, 17),
                (-15, 10),
                (-18, 0),
                (-15, -10),
                (-6, -17),
                (6, -17),
                (15, -10),
            )[petal]
            sheet.disc(x + 6 + dx, y - tall + dy, 9, p.AMBER if number % 3 else p.CORAL)
        sheet.disc(x + 6, y - tall, 14, p.BARK)
