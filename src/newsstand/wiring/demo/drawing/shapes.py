"""Shapes that many pictures share: ridges, clouds, gulls, waves, windows, ropes."""

import math
import random
from collections.abc import Sequence

from newsstand.wiring.demo.drawing.palette import Colour, mix
from newsstand.wiring.demo.drawing.sheet import Point, Sheet


def ridge(
    sheet: Sheet,
    y: float,
    height: float,
    colour: Colour,
    seed: int,
    *,
    wave: float = 500.0,
    base: float = 900.0,
) -> None:
    """A line of hills across the sheet: `y` is its middle, `height` how far it goes up and down."""
    chance = random.Random(seed)
    parts = [(wave / n, chance.uniform(0, math.tau), 1.0 / n) for n in (1, 2.3, 4.1, 9.7)]
    tops = []
    for x in range(-20, sheet.width + 21, 8):
        lift = sum(share * math.sin(x / length * math.tau + phase) for length, phase, share in parts)
        tops.append((float(x), y - lift * height / 2))
    sheet.polygon([*tops, (sheet.width + 20.0, base), (-20.0, base)], colour)


def cloud(
    sheet: Sheet, x: float, y: float, width: float, colour: Colour, seed: int, alpha: float = 1.0
) -> None:
    """A flat-bottomed bank of cloud with its left end at x and its bottom at y."""
    chance = random.Random(seed)
    points: list[Point] = [(x, y)]
    steps = 60
    heights = [chance.uniform(0.35, 1.0) for _ in range(7)]
    for step in range(steps + 1):
        place = step / steps
        bump = heights[min(6, int(place * 7))] * abs(math.sin(place * 7 * math.pi)) ** 0.8
        points.append((x + place * width, y - width * 0.1 * math.sin(place * math.pi) * (0.4 + bump)))
    points.append((x + width, y))
    sheet.polygon(points, colour, alpha)


def streak(
    sheet: Sheet, x: float, y: float, width: float, height: float, colour: Colour, alpha: float = 1.0
) -> None:
    """A long thin cloud, or light on water: pointed at both ends."""
    half, points = width / 2, []
    for step in range(21):
        place = step / 20
        points.append((x - half + place * width, y - height / 2 * math.sin(place * math.pi)))
    for step in range(21):
        place = 1 - step / 20
        points.append((x - half + place * width, y + height / 2 * math.sin(place * math.pi)))
    sheet.polygon(points, colour, alpha)


def gull(sheet: Sheet, x: float, y: float, span: float, colour: Colour, tilt: float = 0.0) -> None:
    """A gull on the wing, seen from afar."""
    half = span / 2
    arc = [(-half, -0.12 * span), (-0.3 * span, -0.24 * span), (-0.1 * span, -0.1 * span), (0, 0.02 * span)]
    right = [(0.1 * span, -0.1 * span), (0.3 * span, -0.26 * span), (half, -0.16 * span)]
    below = [(0.28 * span, -0.19 * span), (0.1 * span, -0.02 * span), (0, 0.1 * span)]
    left = [(-0.1 * span, -0.02 * span), (-0.28 * span, -0.17 * span)]
    turn = math.radians(tilt)
    points = [
        (x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn))
        for dx, dy in (*arc, *right, *below, *left)
    ]
    sheet.polygon(points, colour)


def gulls(sheet: Sheet, places: Sequence[tuple[float, float, float]], colour: Colour) -> None:
    """Several gulls: x, y and span of each."""
    for number, (x, y, span) in enumerate(places):
        gull(sheet, x, y, span, colour, tilt=(-14, 9, -4, 16, 2)[number % 5])


def glints(
    sheet: Sheet,
    top: float,
    bottom: float,
    colour: Colour,
    seed: int,
    *,
    count: int = 90,
    middle: float = 800.0,
    spread: float = 900.0,
    alpha: float = 0.5,
    size: float = 1.0,
) -> None:
    """Strokes of light on water: small and many at the line, long and few near the viewer."""
    chance = random.Random(seed)
    for _ in range(count):
        depth = chance.random() ** 1.7
        x = chance.gauss(middle, spread * (0.35 + 0.4 * depth))
        width = (20 + 150 * depth * chance.uniform(0.4, 1.0)) * size
        streak(sheet, x, top + (bottom - top) * depth, width, (1.6 + 6 * depth) * size, colour, alpha)


def windows(
    sheet: Sheet,
    x: float,
    y: float,
    columns: int,
    rows: int,
    *,
    step: tuple[float, float],
    size: tuple[float, float],
    lit: Colour,
    dark: Colour,
    share: float,
    seed: int,
) -> None:
    """Rows of windows; `share` of them are lit."""
    chance = random.Random(seed)
    for row in range(rows):
        for column in range(columns):
            colour = mix(lit, dark, chance.uniform(0, 0.25)) if chance.random() < share else dark
            sheet.rect(x + column * step[0], y + row * step[1], size[0], size[1], colour)


def hanging(start: Point, end: Point, sag: float, steps: int = 24) -> list[Point]:
    """The points of a rope between two places, sagging by so much in its middle."""
    points = []
    for step in range(steps + 1):
        place = step / steps
        x = start[0] + (end[0] - start[0]) * place
        y = start[1] + (end[1] - start[1]) * place + sag * 4 * place * (1 - place)
        points.append((x, y))
    return points


def curve(*through: Point, steps: int = 12) -> list[Point]:
    """A smooth line through the points (Catmull and Rom)."""
    ends = (through[0], *through, through[-1])
    points: list[Point] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            points.append((_spline(a[0], b[0], c[0], d[0], t), _spline(a[1], b[1], c[1], d[1], t)))
    points.append(through[-1])
    return points


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
