"""A harbour at night with a few lit windows reflected in black water and a full moon."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import glints, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import fishing_boat, house, lamp_post

LINE = 560.0


def draw() -> Image:
    """The second house from the left is the Seamen's Mission."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.NIGHT), (0.6, p.NAVY), (1.0, p.mix(p.DUSK, p.TEAL, 0.4))), (0, 0, 1600, LINE))
    chance = random.Random(2)
    for _ in range(120):
        sheet.disc(
            chance.uniform(0, 1600),
            chance.uniform(0, 380),
            chance.uniform(0.7, 1.9),
            p.CREAM,
            chance.uniform(0.3, 0.9),
        )
    sheet.glow(1130, 180, 420, p.mix(p.CREAM, p.SEA, 0.4), 0.6)
    sheet.disc(1130, 180, 74, p.CREAM)
    for x, y, r in ((1108, 160, 15), (1150, 196, 20), (1120, 216, 9), (1160, 152, 8)):
        sheet.disc(x, y, r, p.mix(p.CREAM, p.SAND, 0.6), 0.6)
    for x, y, width, height in ((1010, 232, 520, 16), (1290, 150, 420, 12), (480, 190, 700, 18)):
        streak(sheet, x, y, width, height, p.DUSK, 0.75)
    ridge(sheet, 460, 100, p.mix(p.NAVY, p.DEEP, 0.5), 19, wave=600, base=LINE)
    _houses(sheet)
    _quay(sheet)
    for x, scale, hull in (
        (760, 0.82, p.mix(p.BRICK, p.NIGHT, 0.5)),
        (1250, 0.95, p.mix(p.TEAL, p.NIGHT, 0.5)),
    ):
        with sheet.at(x, LINE + 2, scale):
            fishing_boat(sheet, hull, cabin=p.mix(p.FOG, p.NIGHT, 0.55), lamp=x > 1000)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.NAVY), (0.5, p.NIGHT), (1.0, p.mix(p.NIGHT, p.ink("000000"), 0.35))),
        clear=0.85,
        ripple=6,
        seed=8,
    )
    glints(sheet, LINE + 6, 900, p.CREAM, 5, count=100, middle=1130, spread=110, alpha=0.75)
    glints(sheet, LINE + 6, 900, p.AMBER, 6, count=36, middle=330, spread=260, alpha=0.5)
    glints(sheet, LINE + 6, 900, p.DUSK, 7, count=50, spread=1100, alpha=0.4)
    _dinghy(sheet)
    return sheet.finished()


def _houses(sheet: Sheet) -> None:
    dark = p.mix(p.NIGHT, p.PLUM, 0.35)
    rows = (
        (-50, 160, 190, ()),
        (124, 210, 236, (1, 5, 6, 9)),
        (348, 130, 160, (2,)),
        (484, 150, 210, ()),
        (640, 120, 150, (1, 3)),
        (1030, 150, 170, ()),
        (1188, 120, 220, (4,)),
        (1316, 170, 180, (0,)),
        (1494, 150, 210, (3, 4)),
    )
    for number, (x, width, height, lit) in enumerate(rows):
        wall = p.mix(dark, (p.BRICK, p.DUSK, p.PLUM)[number % 3], 0.22)
        columns, floors = (4, 3) if width > 200 else (3, 2)
        house(
            sheet,
            x,
            524,
            width,
            height,
            wall,
            p.mix(p.NIGHT, p.ink("000000"), 0.2),
            floors=floors,
            columns=columns,
            lit=lit,
            pane=p.NIGHT,
        )
        for place in lit:
            row, column = divmod(place, columns)
            left = x + width / (columns + 0.4) * (column + 0.7)
            top = 524 - height + height / (floors + 0.35) * (row + 0.6)
            sheet.glow(left, top, 52, p.AMBER, 0.5)
    sheet.line([(229, 210), (229, 152)], p.NIGHT, 5)
    sheet.line([(213, 172), (245, 172)], p.NIGHT, 4)
    sheet.rect(204, 470, 50, 54, p.GLOW)
    sheet.rect(227, 470, 4, 54, p.NIGHT)
    sheet.glow(229, 496, 130, p.AMBER, 0.65)


def _quay(sheet: Sheet) -> None:
    sheet.rect(0, 522, 1600, 40, p.mix(p.DUSK, p.NIGHT, 0.5))
    sheet.rect(0, 520, 1600, 5, p.SLATE)
    for x in range(-10, 1600, 66):
        sheet.rect(x, 526, 2, 34, p.NIGHT)
    for x in (70, 430, 960):
        lamp_post(sheet, x, 522, 130, p.NIGHT, light=0.9)
    for x in (300, 610, 1120, 1500):
        sheet.rect(x, 508, 14, 14, p.NIGHT)


def _dinghy(sheet: Sheet) -> None:
    with sheet.at(430, 800, 1.15):
        sheet.polygon(
            [(-150, -16), (-120, 20), (110, 20), (160, -24), (110, -10), (-110, -6)], p.ink("070d18")
        )
        sheet.polygon([(-150, -16), (-110, -6), (110, -10), (160, -24), (108, -4), (-112, 0)], p.SLATE)
        sheet.line([(-40, -2), (84, -44)], p.SLATE, 4)
        streak(sheet, 10, 30, 330, 8, p.DUSK, 0.7)
        sheet.line([(158, -24), (300, -70), (420, -150)], p.SLATE, 1.5, 0.6)
