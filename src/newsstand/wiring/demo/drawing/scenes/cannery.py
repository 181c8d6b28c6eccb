"""A brick cannery by the water at night, steam rising from its chimney, every window lit."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import glints, ridge
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import fishing_boat, person

LINE = 610.0
BRICKS = p.mix(p.BRICK, p.PLUM, 0.4)


def draw() -> Image:
    """A little after ten; the only light comes out of the windows."""
    sheet = Sheet()
    sheet.gradient(
        ((0.0, p.NIGHT), (0.55, p.NAVY), (0.85, p.PLUM), (1.0, p.mix(p.PLUM, p.CORAL, 0.35))),
        (0, 0, 1600, LINE),
    )
    chance = random.Random(9)
    for _ in range(110):
        sheet.disc(
            chance.uniform(0, 1600),
            chance.uniform(0, 330),
            chance.uniform(0.7, 1.8),
            p.CREAM,
            chance.uniform(0.25, 0.8),
        )
    ridge(sheet, 540, 60, p.mix(p.NAVY, p.PLUM, 0.4), 13, wave=700, base=LINE)
    sheet.glow(820, 540, 760, p.AMBER, 0.3)
    _steam(sheet)
    _works(sheet)
    _quay(sheet)
    with sheet.at(56, LINE + 4, 0.9):
        fishing_boat(sheet, p.mix(p.TEAL, p.NIGHT, 0.45), cabin=p.mix(p.FOG, p.NIGHT, 0.45), lamp=True)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.mix(p.NAVY, p.PLUM, 0.4)), (0.5, p.NAVY), (1.0, p.NIGHT)),
        clear=0.88,
        ripple=6,
        seed=4,
    )
    glints(sheet, LINE + 4, 900, p.AMBER, 5, count=110, middle=860, spread=420, alpha=0.6)
    glints(sheet, LINE + 4, 900, p.NIGHT, 6, count=80, spread=1100, alpha=0.45)
    return sheet.finished()


def _steam(sheet: Sheet) -> None:
    """It drifts to the left and takes the colour of the windows below."""
    chance = random.Random(14)
    for step in range(46):
        share = step / 46
        x = 1150 - 700 * share**1.3 + chance.uniform(-26, 26) * (0.4 + share)
        y = 150 - 150 * share**0.6 + chance.uniform(-24, 24) * (0.3 + share)
        size = 24 + 92 * share
        tone = p.mix(p.PEACH, p.DUSK, 0.25 + 0.6 * share)
        sheet.ellipse(x, y, size * 1.25, size * 0.72, tone, 0.2 * (1 - share) + 0.08)
    for step in range(14):
        share = step / 14
        sheet.ellipse(
            640 - 60 * share,
            330 - 70 * share,
            12 + 24 * share,
            9 + 14 * share,
            p.PEACH,
            0.22 * (1 - share) + 0.04,
        )


def _works(sheet: Sheet) -> None:
    dark = p.mix(BRICKS, p.NIGHT, 0.5)
    sheet.polygon([(1120, 580), (1132, 168), (1176, 168), (1190, 580)], BRICKS)
    sheet.polygon([(1160, 580), (1160, 168), (1176, 168), (1190, 580)], dark)
    sheet.rect(1124, 158, 60, 14, dark)
    for y in (188, 206):
        sheet.rect(1130, y, 48, 7, p.SAND, 0.6)
    sheet.rect(1360, 470, 300, 112, dark)
    sheet.polygon([(1346, 474), (1620, 474), (1620, 426), (1400, 426)], p.NIGHT)
    _windows(sheet, 1384, 496, 4, 1, 54, 46)
    sheet.rect(360, 300, 690, 282, BRICKS)
    for tooth in range(5):
        left = 360 + tooth * 138
        sheet.polygon([(left, 302), (left + 138, 302), (left + 138, 228)], dark)
        sheet.polygon([(left + 138, 302), (left + 138, 228), (left + 122, 240), (left + 122, 302)], p.GLOW)
        sheet.glow(left + 130, 268, 70, p.AMBER, 0.4)
    sheet.rect(360, 296, 690, 10, p.mix(p.SAND, BRICKS, 0.5))
    sheet.rect(360, 432, 690, 8, p.mix(p.SAND, BRICKS, 0.6))
    _windows(sheet, 384, 328, 11, 1, 60, 84)
    _windows(sheet, 384, 458, 11, 1, 60, 84)
    sheet.rect(1050, 392, 250, 190, p.mix(BRICKS, p.NIGHT, 0.2))
    sheet.rect(1044, 384, 262, 12, dark)
    _windows(sheet, 1072, 416, 4, 2, 56, 54)
    sheet.rect(610, 350, 56, 232, p.mix(BRICKS, p.NIGHT, 0.25))
    sheet.rect(632, 318, 14, 40, p.SLATE)
    _door(sheet)
    sheet.rect(386, 264, 190, 5, p.SLATE)
    for x in (396, 566):
        sheet.rect(x, 264, 4, 38, p.SLATE)
    sheet.ellipse(480, 252, 70, 16, p.mix(p.TEAL, p.NIGHT, 0.4))  # the sign: a fish
    sheet.polygon([(540, 252), (578, 236), (570, 252), (578, 268)], p.mix(p.TEAL, p.NIGHT, 0.4))
    sheet.ellipse(472, 255, 56, 8, p.mix(p.SEA, p.NIGHT, 0.2))
    sheet.disc(430, 249, 4, p.GLOW)


def _windows(sheet: Sheet, x: float, y: float, columns: int, rows: int, step: float, tall: float) -> None:
    """Windows of many panes, all lit; here and there somebody stands behind one."""
    chance = random.Random(int(x + y))
    for number in range(columns * rows):
        row, column = divmod(number, columns)
        left, top = x + column * step, y + row * (tall + 26)
        wide = step * 0.66
        if left + wide > 600 and left < 670 and columns > 8:
            continue
        sheet.glow(left + wide / 2, top + tall / 2, tall * 0.9, p.AMBER, 0.35)
        sheet.rect(left, top, wide, tall, p.mix(p.GLOW, p.AMBER, chance.uniform(0, 0.45)))
        if chance.random() < 0.5:
            body = left + wide * chance.uniform(0.25, 0.7)
            sheet.ellipse(body, top + tall, 10, tall * 0.36, p.mix(p.OX, p.AMBER, 0.25))
            sheet.disc(body, top + tall * 0.56, 6.5, p.mix(p.OX, p.AMBER, 0.25))
        for share in (0.33, 0.66):
            sheet.rect(left + wide * share - 1, top, 2, tall, p.OX)
            sheet.rect(left, top + tall * share - 1, wide, 2, p.OX)
        sheet.rect(left - 3, top + tall, wide + 6, 5, p.mix(p.SAND, BRICKS, 0.4))
        sheet.rect(left - 3, top - 6, wide + 6, 6, p.mix(BRICKS, p.NIGHT, 0.4))


def _door(sheet: Sheet) -> None:
    sheet.rect(614, 470, 48, 112, p.GLOW)
    sheet.polygon([(614, 470), (614, 582), (600, 590), (600, 466)], p.OX)
    sheet.beam([(614, 580), (662, 580), (760, 608), (560, 608)], p.GLOW, 0.8, 0.3)
    sheet.glow(638, 450, 110, p.GLOW, 0.6)
    person(sheet, 638, 582, 74, p.OX)


def _quay(sheet: Sheet) -> None:
    stone = p.mix(p.DUSK, p.PLUM, 0.4)
    sheet.rect(0, 580, 1600, 32, p.mix(stone, p.NIGHT, 0.4))
    sheet.rect(300, 578, 1100, 6, p.mix(p.AMBER, stone, 0.45))
    sheet.rect(0, 578, 300, 5, stone)
    sheet.rect(1400, 578, 200, 5, stone)
    for x in range(10, 1600, 70):
        sheet.rect(x, 586, 2, 26, p.NIGHT)
    for x, tall in ((760, 58), (786, 54), (824, 60), (1004, 56), (470, 58)):
        person(sheet, x, 581, tall, p.NIGHT)
    for x, y in ((890, 581), (918, 581), (946, 581), (904, 559), (932, 559)):
        sheet.rect(x, y - 22, 26, 21, p.mix(p.EARTH, p.AMBER, 0.3))
        sheet.rect(x, y - 13, 26, 2, p.BARK)
    for x in (330, 1330):
        sheet.line([(x, 580), (x, 470)], p.NIGHT, 5)
        sheet.line([(x, 472), (x + 22, 472)], p.NIGHT, 4)
        sheet.glow(x + 24, 484, 100, p.GLOW, 0.8)
        sheet.polygon([(x + 12, 484), (x + 36, 484), (x + 30, 472), (x + 18, 472)], p.NIGHT)
