"""What a town is made of: houses, bare trees, people, street lamps, boats at rest."""

import math
import random
from collections.abc import Sequence

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.palette import Colour, mix
from newsstand.wiring.demo.drawing.sheet import Point, Sheet


def tree(
    sheet: Sheet,
    x: float,
    y: float,
    height: float,
    colour: Colour,
    seed: int,
    *,
    leaves: Colour | None = None,
) -> None:
    """A tree without leaves, or with few, rooted at (x, y)."""
    chance = random.Random(seed)
    stack = [(x, y, -90.0, height * 0.34, height * 0.036)]
    tips: list[Point] = []
    while stack:
        x0, y0, angle, length, width = stack.pop()
        x1 = x0 + math.cos(math.radians(angle)) * length
        y1 = y0 + math.sin(math.radians(angle)) * length
        sheet.line([(x0, y0), (x1, y1)], colour, max(1.0, width))
        if length < height * 0.055:
            tips.append((x1, y1))
            continue
        for turn in (-1, 1):
            spread = turn * chance.uniform(14, 34) + chance.uniform(-6, 6)
            stack.append((x1, y1, angle + spread, length * chance.uniform(0.66, 0.8), width * 0.66))
    if leaves is not None:
        for tip_x, tip_y in tips:
            if chance.random() < 0.5:
                sheet.ellipse(
                    tip_x, tip_y, height * 0.022, height * 0.016, mix(leaves, p.AMBER, chance.random() * 0.4)
                )


def person(sheet: Sheet, x: float, y: float, height: float, colour: Colour, *, lean: float = 0.0) -> None:
    """Somebody standing at (x, y), far enough away to have no face. `lean` moves the head to one side."""
    h = height
    sheet.disc(x + lean, y - 0.9 * h, 0.1 * h, colour)
    coat = [
        (x - 0.09 * h + lean, y - 0.8 * h),
        (x + 0.09 * h + lean, y - 0.8 * h),
        (x + 0.16 * h, y - 0.3 * h),
        (x - 0.16 * h, y - 0.3 * h),
    ]
    sheet.polygon(coat, colour)
    sheet.polygon(
        [(x - 0.12 * h, y - 0.34 * h), (x - 0.01 * h, y - 0.34 * h), (x - 0.03 * h, y), (x - 0.1 * h, y)],
        colour,
    )
    sheet.polygon(
        [(x + 0.01 * h, y - 0.34 * h), (x + 0.12 * h, y - 0.34 * h), (x + 0.1 * h, y), (x + 0.03 * h, y)],
        colour,
    )


def lamp_post(sheet: Sheet, x: float, y: float, height: float, colour: Colour, *, light: float = 0.8) -> None:
    """A street lamp; `light` is the strength of its glow."""
    sheet.line([(x, y), (x, y - height)], colour, height * 0.025)
    sheet.rect(x - height * 0.03, y - height * 0.06, height * 0.06, height * 0.06, colour)
    sheet.glow(x, y - height * 1.06, height * 0.75, p.GLOW, light)
    sheet.polygon(
        [
            (x - height * 0.035, y - height),
            (x + height * 0.035, y - height),
            (x + height * 0.055, y - height * 1.1),
            (x - height * 0.055, y - height * 1.1),
        ],
        p.GLOW,
    )
    sheet.polygon(
        [
            (x - height * 0.07, y - height * 1.1),
            (x + height * 0.07, y - height * 1.1),
            (x, y - height * 1.17),
        ],
        colour,
    )


def house(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    height: float,
    wall: Colour,
    roof: Colour,
    *,
    floors: int = 2,
    columns: int = 3,
    lit: Sequence[int] = (),
    pane: Colour = p.NAVY,
    chimney: float = 0.75,
) -> None:
    """A gabled house with its lower left corner at (x, y); `lit` numbers the windows with light, from the top left."""
    ridge = height * 0.34
    sheet.rect(
        x + width * chimney, y - height - ridge * 0.95, width * 0.09, ridge * 0.9, mix(wall, roof, 0.6)
    )
    sheet.rect(x, y - height, width, height, wall)
    eaves = width * 0.05
    sheet.polygon(
        [
            (x - eaves, y - height + 3),
            (x + width + eaves, y - height + 3),
            (x + width / 2, y - height - ridge),
        ],
        roof,
    )
    step_x, step_y = width / (columns + 0.4), height / (floors + 0.35)
    for number in range(floors * columns):
        row, column = divmod(number, columns)
        left, top = x + step_x * (column + 0.42), y - height + step_y * (row + 0.32)
        colour = p.GLOW if number in lit else pane
        sheet.rect(left, top, step_x * 0.56, step_y * 0.6, colour)
        sheet.rect(left, top + step_y * 0.27, step_x * 0.56, max(1.5, step_y * 0.04), wall)
        sheet.rect(
            left - 2, top + step_y * 0.6, step_x * 0.56 + 4, max(2.0, step_y * 0.05), mix(wall, p.WHITE, 0.3)
        )


def fishing_boat(sheet: Sheet, hull: Colour, *, cabin: Colour = p.WHITE, lamp: bool = False) -> None:
    """A small trawler, 300 long, its waterline from (0, 0) to (300, 0), the bow on the right. Place it by `at`."""
    sheet.polygon([(-6, -52), (210, -46), (322, -84), (276, 0), (16, 0)], hull)
    sheet.polygon(
        [(-6, -52), (210, -46), (322, -84), (318, -74), (210, -36), (-4, -42)], mix(hull, p.WHITE, 0.75)
    )
    sheet.polygon([(10, -12), (281, -12), (276, 0), (16, 0)], mix(hull, p.NIGHT, 0.45))
    sheet.rect(150, -118, 84, 72, cabin)
    sheet.polygon([(144, -118), (244, -118), (238, -128), (150, -128)], mix(hull, p.NIGHT, 0.2))
    for left in (158, 184, 210):
        sheet.rect(left, -106, 19, 24, p.GLOW if lamp else p.DUSK)
    sheet.line([(118, -48), (118, -236)], p.BARK, 6)
    sheet.line([(118, -70), (22, -178)], p.BARK, 4)
    sheet.line([(192, -128), (192, -176)], p.BARK, 3)
    for end in ((318, -82), (0, -52), (22, -178)):
        sheet.line([(118, -232), end], p.BARK, 1.3)
    sheet.polygon([(24, -172), (112, -84), (112, -60), (40, -60)], mix(p.RUST, p.SAND, 0.4), 0.55)
    sheet.disc(40, -64, 12, p.CORAL)
    sheet.disc(62, -60, 12, mix(p.CORAL, p.AMBER, 0.5))
    if lamp:
        sheet.glow(192, -180, 70, p.GLOW, 0.9)
