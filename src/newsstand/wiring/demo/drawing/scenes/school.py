"""A long brick school building with tall windows and a flag, children's bicycles in front."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import person, tree

GROUND = 690.0


def draw() -> Image:
    """An autumn morning; the sun stands low on the right, so that all shadows fall to the left."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.SEA), (0.5, p.FOG), (0.85, p.CREAM), (1.0, p.GLOW)), (0, 0, 1600, GROUND))
    sheet.glow(1420, 430, 560, p.GLOW, 0.9)
    for x, y, width in ((420, 110, 900), (1150, 180, 800), (180, 226, 500)):
        streak(sheet, x, y, width, 30, p.WHITE, 0.5)
    gulls(sheet, ((1120, 130, 40), (1180, 160, 30), (1060, 176, 24)), p.SLATE)
    ridge(sheet, 560, 70, p.mix(p.SAGE, p.FOG, 0.4), 8, wave=800)
    ridge(sheet, 610, 50, p.mix(p.SAGE, p.MOSS, 0.4), 17, wave=420)
    tree(sheet, 1490, 700, 380, p.BARK, 5, leaves=p.RUST)
    _building(sheet)
    _yard(sheet)
    tree(sheet, 96, 742, 520, p.BARK, 12, leaves=p.OCHRE)
    for number in range(4):
        _bicycle(sheet, 420 + number * 92, 770 + (number % 2) * 5, (p.RUST, p.TEAL, p.OCHRE, p.NAVY)[number])
    _bicycle(sheet, 1180, 796, p.BRICK, 1.15)
    for x, y, height, tone in (
        (900, 748, 74, p.NAVY),
        (936, 752, 62, p.RUST),
        (1010, 742, 66, p.DEEP),
        (1360, 770, 70, p.PLUM),
    ):
        sheet.polygon(
            [(x - 6, y), (x + 8, y), (x - height * 1.3, y + 20), (x - height * 1.4, y + 12)], p.BARK, 0.22
        )
        person(sheet, x, y, height, tone)
    return sheet.finished()


def _building(sheet: Sheet) -> None:
    wall, shade = p.mix(p.RUST, p.BRICK, 0.45), p.OX
    sheet.polygon([(170, 392), (1330, 392), (1290, 306), (210, 306)], p.mix(p.SLATE, p.NAVY, 0.35))
    for x in (330, 470, 1060, 1200):
        sheet.rect(x, 268, 34, 60, wall)
        sheet.rect(x - 4, 262, 42, 10, shade)
    sheet.rect(180, 388, 1140, GROUND - 388, wall)
    sheet.rect(180, 388, 1140, 12, p.CREAM)
    sheet.rect(180, 536, 1140, 8, p.mix(p.CREAM, wall, 0.3))
    sheet.rect(180, 664, 1140, 28, p.mix(p.STONE, p.BARK, 0.3))
    for number in range(12):
        x = 212 + number * 92
        if 4 < number < 7:
            continue
        _window(sheet, x, 418, 108)
        _window(sheet, x, 558, 96)
    _gable(sheet, wall)


def _window(sheet: Sheet, x: float, y: float, height: float) -> None:
    """A tall window: the upper part catches the sky, the lower the room."""
    sheet.rect(x - 4, y - 5, 62, height + 12, p.CREAM)
    sheet.rect(x, y, 54, height, p.mix(p.TEAL, p.NAVY, 0.4))
    sheet.polygon(
        [(x, y), (x + 54, y), (x + 54, y + height * 0.35), (x, y + height * 0.75)], p.mix(p.SEA, p.GLOW, 0.45)
    )
    for share in (0.33, 0.66):
        sheet.rect(x, y + height * share, 54, 3, p.CREAM)
    sheet.rect(x + 26, y, 3, height, p.CREAM)
    sheet.rect(x - 8, y + height + 5, 70, 7, p.mix(p.STONE, p.CREAM, 0.5))


def _gable(sheet: Sheet, wall: p.Colour) -> None:
    """The entrance in the middle, with its clock, its door and the flag above."""
    bright = p.mix(wall, p.CORAL, 0.25)
    sheet.polygon([(640, GROUND), (640, 350), (750, 250), (860, 350), (860, GROUND)], bright)
    sheet.line([(632, 356), (750, 248), (868, 356)], p.CREAM, 11)
    sheet.disc(750, 336, 30, p.CREAM)
    sheet.disc(750, 336, 25, p.WHITE)
    sheet.line([(750, 336), (750, 318)], p.NAVY, 3)
    sheet.line([(750, 336), (738, 344)], p.NAVY, 3)
    for x in (664, 728, 792):
        _window(sheet, x - 8, 408, 104)
    sheet.rect(690, 552, 120, 140, p.CREAM)
    sheet.ellipse(750, 556, 60, 34, p.CREAM)
    sheet.ellipse(750, 558, 48, 26, p.GLOW)
    sheet.rect(702, 566, 96, 126, p.DEEP)
    sheet.rect(748, 566, 4, 126, p.CREAM)
    sheet.rect(712, 580, 28, 46, p.GLOW)
    sheet.rect(760, 580, 28, 46, p.GLOW)
    for step in range(3):
        sheet.rect(
            678 - step * 14, 684 + step * 9, 144 + step * 28, 10, p.mix(p.STONE, p.CREAM, 0.5 - step * 0.15)
        )
    sheet.line([(750, 250), (750, 92)], p.BARK, 5)
    sheet.disc(750, 90, 6, p.OCHRE)
    sheet.polygon([(746, 100), (690, 92), (630, 108), (634, 162), (692, 148), (746, 160)], p.RUST)
    sheet.polygon([(746, 122), (691, 113), (631, 128), (632, 142), (691, 128), (746, 138)], p.CREAM)


def _yard(sheet: Sheet) -> None:
    sheet.gradient(
        ((0.0, p.SAND), (0.5, p.mix(p.SAND, p.STONE, 0.5)), (1.0, p.mix(p.STONE, p.BARK, 0.3))),
        (0, 692, 1600, 900),
    )
    sheet.polygon([(180, 692), (1320, 692), (1060, 742), (0, 742), (0, 720)], p.BARK, 0.25)
    sheet.polygon([(690, 712), (810, 712), (1010, 900), (560, 900)], p.mix(p.SAND, p.CREAM, 0.55))
    for left in (330, 1100):  # hopscotch and a line for ball games
        field = [(left, 850), (left + 150, 850), (left + 176, 876), (left - 16, 876), (left, 850)]
        sheet.line(field, p.CREAM, 3)
    chance = random.Random(6)
    for _ in range(130):
        x, y = chance.uniform(0, 1600), chance.uniform(706, 890)
        size = (y - 640) * 0.03
        sheet.ellipse(x, y, size, size * 0.45, chance.choice((p.RUST, p.OCHRE, p.AMBER, p.CORAL)))
    sheet.line([(392, 744), (750, 744)], p.SLATE, 4)
    for x in range(400, 760, 50):
        sheet.line([(x, 744), (x, 780)], p.SLATE, 3)


def _bicycle(sheet: Sheet, x: float, y: float, colour: p.Colour, scale: float = 1.0) -> None:
    with sheet.at(x, y, scale):
        sheet.polygon([(-40, 26), (90, 26), (40, 40), (-90, 40)], p.BARK, 0.2)
        for wheel in (0, 62):
            for radius, tone in ((24, p.NIGHT), (20.5, p.mix(p.SAND, p.STONE, 0.35))):
                sheet.disc(wheel, 4, radius, tone)
            for dx, dy in ((20, 0), (0, 20), (14, 14), (14, -14)):
                sheet.line([(wheel - dx, 4 - dy), (wheel + dx, 4 + dy)], p.SLATE, 0.8)
        sheet.line([(0, 4), (16, -26), (48, -26), (26, 4), (0, 4)], colour, 4)
        sheet.line([(16, -26), (26, 4)], colour, 4)
        sheet.line([(62, 4), (46, -38), (38, -42)], colour, 4)
        sheet.line([(46, -38), (58, -42)], p.NIGHT, 4)
        sheet.line([(14, -26), (12, -34)], colour, 3)
        sheet.line([(2, -35), (22, -35)], p.NIGHT, 6)
