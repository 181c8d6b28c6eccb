"""A market hall with an iron roof, striped awnings and crates of fish in the morning light."""

import math
import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import gulls, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import person

FLOOR = 640.0
IRON = p.mix(p.DEEP, p.NIGHT, 0.3)


def draw() -> Image:
    """The hall is open at its end, and the sun comes in over the water."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.SEA), (0.5, p.CREAM), (1.0, p.GLOW)), (0, 0, 1600, FLOOR))
    sheet.glow(800, 470, 640, p.GLOW, 0.95)
    sheet.disc(800, 440, 66, p.WHITE)
    for x, y, width in ((600, 360, 420), (1010, 390, 360)):
        streak(sheet, x, y, width, 14, p.PEACH, 0.7)
    gulls(sheet, ((690, 330, 36), (730, 352, 26), (900, 316, 30)), p.SLATE)
    _harbour(sheet)
    sheet.rect(0, FLOOR, 1600, 260, p.mix(p.mix(p.STONE, p.DUSK, 0.4), p.NIGHT, 0.2))
    _roof(sheet)
    _stalls(sheet)
    _floor(sheet)
    for x, y, height, tone in (
        (560, 690, 104, p.NAVY),
        (618, 684, 96, p.BRICK),
        (1010, 700, 112, p.PLUM),
        (846, 664, 66, p.DUSK),
    ):
        sheet.polygon(
            [
                (x - 9, y),
                (x + 9, y),
                (x + (x - 800) * 0.32 + 18, y + 70),
                (x + (x - 800) * 0.32 - 18, y + 70),
            ],
            p.BARK,
            0.28,
        )
        person(sheet, x, y, height, tone)
    _crates(sheet)
    return sheet.finished()


def _harbour(sheet: Sheet) -> None:
    sheet.gradient(((0.0, p.GLOW), (1.0, p.SEA)), (0, 540, 1600, FLOOR))
    streak(sheet, 800, 560, 220, 8, p.WHITE, 0.8)
    streak(sheet, 800, 590, 150, 8, p.WHITE, 0.6)
    streak(sheet, 806, 614, 260, 8, p.WHITE, 0.5)
    for x, tall in ((610, 180), (668, 140), (960, 200), (1020, 150)):
        sheet.line([(x, 606), (x, 606 - tall)], p.DUSK, 5)
        sheet.line([(x, 612 - tall), (x - 44, 590)], p.DUSK, 1.2)
        sheet.line([(x, 612 - tall), (x + 44, 590)], p.DUSK, 1.2)
        sheet.polygon(
            [(x - 58, 584), (x + 70, 576), (x + 52, 616), (x - 44, 616)], p.mix(p.DUSK, p.TEAL, 0.4)
        )


def _roof(sheet: Sheet) -> None:
    """Arches of iron, one behind the other, with glass between them."""
    for depth in range(5):
        share = depth / 4
        half, top = 380 + 620 * share**1.3, 236 - 260 * share**1.2
        tone = p.mix(p.mix(p.SEA, p.CREAM, 0.5), IRON, 0.25 + 0.75 * share)
        spring = 420 - 40 * share
        _arch(sheet, half, top, spring, 7 + 12 * share, tone)
        _arch(sheet, half * 0.94, top + 44 + 26 * share, spring + 10, 4 + 6 * share, tone)
        for number in range(1, 20):
            turn = math.pi * number / 20
            outer = (800 - math.cos(turn) * half, spring - math.sin(turn) * (spring - top))
            inner = (
                800 - math.cos(turn) * half * 0.94,
                spring + 10 - math.sin(turn) * (spring - top - 34 - 26 * share),
            )
            sheet.line([outer, inner], tone, 2 + 3 * share)
        for side in (-1, 1):
            x = 800 + side * half
            sheet.rect(x - 7 - 8 * share, spring - 6, 14 + 16 * share, FLOOR + 80 * share - spring, tone)
            sheet.rect(x - 14 - 12 * share, spring - 10, 28 + 24 * share, 12 + 8 * share, tone)
    for number in range(1, 10):
        turn = math.pi * number / 10
        near = (800 - math.cos(turn) * 1000, 380 - math.sin(turn) * 404)
        far = (800 - math.cos(turn) * 380, 420 - math.sin(turn) * 184)
        sheet.line([near, far], IRON, 3, 0.7)
    for x, y, size in ((620, 330, 1.0), (980, 330, 1.0), (430, 250, 1.7), (1170, 250, 1.7)):
        sheet.line([(x, y - 150 * size), (x, y)], IRON, 2 * size)
        sheet.glow(x, y + 14 * size, 60 * size, p.GLOW, 0.8)
        sheet.polygon(
            [
                (x - 26 * size, y + 10 * size),
                (x + 26 * size, y + 10 * size),
                (x + 8 * size, y - 8 * size),
                (x - 8 * size, y - 8 * size),
            ],
            IRON,
        )
        sheet.ellipse(x, y + 12 * size, 15 * size, 7 * size, p.WHITE)


def _arch(sheet: Sheet, half: float, top: float, spring: float, width: float, tone: p.Colour) -> None:
    points = [
        (800 - math.cos(math.pi * n / 48) * half, spring - math.sin(math.pi * n / 48) * (spring - top))
        for n in range(49)
    ]
    sheet.line(points, tone, width)


def _stalls(sheet: Sheet) -> None:
    """Two rows of stalls, going away from us on both sides."""
    for side in (-1, 1):
        for depth in range(3):
            near, far = 780 - depth * 150, 650 - depth * 150 + depth * 14
            y_near, y_far = 600 - depth * 42 + 50, 568 - depth * 32 + 34
            _awning(sheet, side, near, far, y_near - 176 + depth * 42, y_far - 140 + depth * 30, depth)
            front = [
                (800 + side * near, y_near),
                (800 + side * far, y_far),
                (800 + side * far, y_far + 66 - depth * 14),
            ]
            sheet.polygon(
                [*front, (800 + side * near, y_near + 96 - depth * 20)], p.mix(p.EARTH, p.SAND, 0.15 * depth)
            )
            ice = [
                (800 + side * near, y_near - 26),
                (800 + side * far, y_far - 20),
                (800 + side * far, y_far),
                (800 + side * near, y_near),
            ]
            sheet.polygon(ice, p.mix(p.WHITE, p.FOAM, 0.4))


def _awning(
    sheet: Sheet, side: int, near: float, far: float, y_near: float, y_far: float, depth: int
) -> None:
    stripes = 8
    drop = 62 - depth * 14
    for number in range(stripes):
        first, second = number / stripes, (number + 1) / stripes
        colour = (p.RUST, p.CREAM)[number % 2] if side < 0 else (p.TEAL, p.CREAM)[number % 2]
        edge = [
            (800 + side * (near + (far - near) * each), y_near + (y_far - y_near) * each)
            for each in (first, second)
        ]
        outer = [(x + side * (90 - depth * 18), y - drop) for x, y in edge]
        sheet.polygon([*edge, outer[1], outer[0]], p.mix(colour, p.BARK, 0.06 * depth))
        middle = ((edge[0][0] + edge[1][0]) / 2, (edge[0][1] + edge[1][1]) / 2)
        sheet.disc(
            middle[0], middle[1], abs(edge[1][0] - edge[0][0]) / 2, p.mix(colour, p.BARK, 0.06 * depth + 0.08)
        )


def _floor(sheet: Sheet) -> None:
    stone = p.mix(p.STONE, p.DUSK, 0.4)
    wet = [(0, 900), (0, 700), (420, FLOOR), (1180, FLOOR), (1600, 700), (1600, 900)]
    sheet.shaded(wet, ((0.0, p.mix(stone, p.GLOW, 0.55)), (0.5, stone), (1.0, p.mix(stone, p.NIGHT, 0.45))))
    for number in range(-9, 10):
        sheet.line([(800 + number * 60, FLOOR), (800 + number * 250, 900)], p.NAVY, 2, 0.22)
    for y in (664, 700, 754, 830):
        sheet.line([(0, y), (1600, y)], p.NAVY, 2, 0.2)
    sheet.beam([(740, FLOOR), (860, FLOOR), (1010, 900), (590, 900)], p.GLOW, 0.75, 0.1)
    for x, y, width in ((780, 720, 240), (850, 790, 330), (680, 850, 280), (1010, 740, 160)):
        streak(sheet, x, y, width, 9, p.CREAM, 0.4)


def _crates(sheet: Sheet) -> None:
    """In front on both sides: crates of fish on ice."""
    for x, y, wide, seed in (
        (-40, 770, 330, 2),
        (250, 812, 280, 3),
        (1320, 772, 330, 4),
        (1066, 814, 270, 5),
        (-60, 650, 250, 6),
        (1420, 654, 240, 7),
    ):
        chance = random.Random(seed)
        wood = p.mix(p.SAND, p.EARTH, 0.3)
        sheet.polygon(
            [(x + 18, y), (x + wide - 18, y), (x + wide, y + 36), (x, y + 36)], p.mix(p.WHITE, p.FOAM, 0.5)
        )
        for number in range(int(wide / 42)):
            _fish(
                sheet,
                x + 34 + number * 42,
                y + 18 + chance.uniform(-6, 6),
                1.0,
                chance.choice((p.STEEL, p.SEA, p.CORAL, p.SLATE)),
            )
        sheet.rect(x, y + 34, wide, 92, wood)
        for plank in (0, 32, 64):
            sheet.rect(x, y + 34 + plank, wide, 28, p.mix(wood, p.CREAM, 0.22))
        for post in (x + 8, x + wide - 26):
            sheet.rect(post, y + 32, 18, 94, p.mix(wood, p.BARK, 0.35))


def _fish(sheet: Sheet, x: float, y: float, scale: float, colour: p.Colour) -> None:
    with sheet.at(x, y, scale):
        sheet.ellipse(0, 0, 34, 12, colour)
        sheet.polygon([(28, 0), (50, -13), (44, 0), (50, 13)], colour)
        sheet.ellipse(-4, 4, 26, 6, p.mix(colour, p.WHITE, 0.55))
        sheet.disc(-23, -3, 3.4, p.WHITE)
        sheet.disc(-23, -3, 1.8, p.NIGHT)
