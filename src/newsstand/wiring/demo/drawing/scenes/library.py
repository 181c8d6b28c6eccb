"""A library reading room with tall shelves, a lamp on each table and a rowing boat outside the window."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import glints, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet

BINDINGS = (p.RUST, p.BRICK, p.TEAL, p.OCHRE, p.DEEP, p.MOSS, p.SAND, p.PLUM, p.NAVY, p.CORAL)
WOOD = p.mix(p.BARK, p.BRICK, 0.35)


def draw() -> Image:
    """Late afternoon: cool light outside, warm lamps inside."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.mix(p.BARK, p.PLUM, 0.4)), (0.7, p.mix(p.EARTH, p.OCHRE, 0.25)), (1.0, p.BARK)))
    _view(sheet)
    _window_frame(sheet)
    _shelf(sheet, -30, 440, 3)
    _shelf(sheet, 1150, 1630, 8)
    _room(sheet)
    _table(sheet, 372, 744, 0.8)
    _table(sheet, 1228, 744, 0.8)
    _reader(sheet)
    _table(sheet, 800, 838, 1.25)
    return sheet.finished()


def _view(sheet: Sheet) -> None:
    """The inlet behind the house, and the Second Edition on the shore."""
    sheet.gradient(((0.0, p.SEA), (0.5, p.FOG), (1.0, p.PEACH)), (480, 90, 1120, 380))
    sheet.glow(980, 330, 200, p.GLOW, 0.8)
    streak(sheet, 700, 180, 360, 18, p.WHITE, 0.5)
    streak(sheet, 960, 230, 280, 14, p.WHITE, 0.45)
    with sheet.at(480, 0, 0.4):
        ridge(sheet, 900, 120, p.mix(p.TEAL, p.FOG, 0.4), 5, wave=700, base=960)
    sheet.gradient(((0.0, p.FOAM), (1.0, p.TEAL)), (480, 380, 1120, 520))
    glints(sheet, 384, 470, p.WHITE, 4, count=36, middle=900, spread=260, alpha=0.6, size=0.5)
    sheet.polygon([(480, 480), (700, 466), (1120, 488), (1120, 600), (480, 600)], p.SAGE)
    sheet.polygon([(480, 520), (820, 506), (1120, 524), (1120, 600), (480, 600)], p.MOSS)
    with sheet.at(640, 492, 0.92):
        sheet.polygon([(-26, 44), (330, 44), (300, 54), (0, 54)], p.PINE, 0.6)
        sheet.polygon([(-34, -20), (20, -4), (260, -4), (346, -32), (300, 46), (10, 46)], p.WHITE)
        sheet.polygon(
            [(-34, -20), (20, -4), (260, -4), (346, -32), (340, -20), (262, 8), (18, 8), (-30, -10)], p.RUST
        )
        sheet.polygon([(4, 28), (309, 28), (300, 46), (10, 46)], p.TEAL)
        for left in (70, 150, 220):
            sheet.rect(left, -9, 34, 7, p.SAND)
        sheet.line([(60, -6), (250, -62)], p.SAND, 5)
        sheet.line([(246, -70), (292, -78)], p.SAND, 11)
        sheet.line([(330, -30), (400, 20), (430, 44)], p.EARTH, 3)


def _window_frame(sheet: Sheet) -> None:
    frame = p.mix(p.CREAM, p.STONE, 0.25)
    for x in (474, 690, 906, 1114):
        sheet.rect(x - 7, 80, 16, 500, frame)
    for y in (80, 236, 572):
        sheet.rect(467, y, 662, 14, frame)
    sheet.rect(440, 580, 720, 22, p.CREAM)
    sheet.rect(440, 600, 720, 10, p.mix(p.STONE, p.BARK, 0.4))
    for x, tone, wide in ((520, p.RUST, 60), (1030, p.OCHRE, 74)):
        sheet.rect(x, 566, wide, 14, tone)
        sheet.rect(x + 6, 553, wide - 10, 13, p.TEAL)
    sheet.polygon([(948, 580), (1000, 580), (994, 540), (954, 540)], p.CORAL)
    for dx, dy in ((-28, -46), (-10, -66), (12, -58), (30, -40)):
        sheet.line([(974, 540), (974 + dx * 0.5, 540 + dy * 0.7), (974 + dx, 540 + dy)], p.PINE, 5)
    for edge, out in ((440, -1), (1160, 1)):  # curtains
        fold = [
            (edge, 60),
            (edge + out * 70, 60),
            (edge + out * 54, 640),
            (edge - out * 16, 640),
            (edge + out * 10, 320),
        ]
        sheet.polygon(fold, p.BRICK)
        sheet.polygon(
            [(edge + out * 30, 60), (edge + out * 44, 60), (edge + out * 28, 640), (edge + out * 16, 640)],
            p.OX,
        )
    sheet.rect(360, 48, 880, 14, p.BARK)


def _shelf(sheet: Sheet, left: float, right: float, seed: int) -> None:
    """A wall of books from the floor to the ceiling."""
    chance = random.Random(seed)
    sheet.rect(left, 0, right - left, 720, p.BARK)
    for row in range(6):
        bottom, x = 108 + row * 118, left + 16
        while x < right - 30:
            wide, tall = chance.uniform(11, 27), chance.uniform(62, 96)
            tone = p.mix(chance.choice(BINDINGS), p.BARK, 0.12 + 0.05 * row)
            if chance.random() < 0.06:
                x += wide * 1.6
                continue
            if chance.random() < 0.05:
                sheet.polygon(
                    [(x, bottom), (x + 16, bottom), (x + 40, bottom - tall), (x + 24, bottom - tall)], tone
                )
                x += 44
                continue
            sheet.rect(x, bottom - tall, wide, tall, tone)
            if wide > 15:
                for share in (0.16, 0.76):
                    sheet.rect(x, bottom - tall * (1 - share), wide, 3.5, p.mix(tone, p.GLOW, 0.55))
            x += wide + 1.2
        sheet.rect(left, bottom, right - left, 13, WOOD)
        sheet.rect(left, bottom + 13, right - left, 5, p.NIGHT, 0.5)
    middle = left + (right - left) * 0.5
    for x in (left, middle - 8, right - 16):
        sheet.rect(x, 0, 16, 730, WOOD)


def _room(sheet: Sheet) -> None:
    floor = ((0.0, p.mix(p.EARTH, p.OCHRE, 0.3)), (1.0, p.mix(p.BARK, p.NIGHT, 0.3)))
    sheet.gradient(floor, (0, 716, 1600, 900))
    for number in range(-14, 15):
        sheet.line([(800 + number * 70, 716), (800 + number * 190, 900)], p.BARK, 2, 0.5)
    sheet.polygon([(560, 716), (1040, 716), (1240, 900), (420, 900)], p.GLOW, 0.13)
    sheet.line([(1100, 716), (1196, 120)], p.SAND, 8)
    sheet.line([(1150, 716), (1230, 120)], p.SAND, 8)
    for step in range(11):
        share = step / 11
        sheet.line(
            [(1106 + 92 * share, 680 - 540 * share), (1154 + 76 * share, 680 - 540 * share)], p.SAND, 6
        )


def _table(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """A table with its lamp, an open book and a pile of others."""
    with sheet.at(x, y, scale):
        for leg in (-190, 176):
            sheet.rect(leg, 10, 14, 110, p.BARK)
        sheet.polygon([(-220, -12), (220, -12), (246, 14), (-246, 14)], p.mix(WOOD, p.OCHRE, 0.3))
        sheet.rect(-246, 14, 492, 13, p.mix(WOOD, p.NIGHT, 0.3))
        sheet.ellipse(0, -2, 150, 13, p.GLOW, 0.75)
        sheet.glow(0, -70, 190, p.GLOW, 0.75)
        sheet.rect(-5, -96, 10, 92, p.OCHRE)
        sheet.ellipse(0, -3, 36, 8, p.OCHRE)
        sheet.polygon([(-64, -86), (64, -86), (40, -136), (-40, -136)], p.PINE)
        sheet.polygon([(-64, -86), (-30, -86), (-20, -136), (-40, -136)], p.mix(p.PINE, p.SAGE, 0.5))
        sheet.rect(-60, -88, 120, 6, p.GLOW)
        sheet.polygon([(-170, -4), (-112, -14), (-104, 2), (-166, 8)], p.WHITE)
        sheet.polygon([(-112, -14), (-52, -6), (-40, 7), (-104, 2)], p.CREAM)
        for tier, (tone, wide) in enumerate(((p.BRICK, 96), (p.TEAL, 84), (p.OCHRE, 90))):
            sheet.rect(92 + tier * 4, -14 - tier * 15, wide, 14, tone)
            sheet.rect(92 + tier * 4 + wide - 8, -12 - tier * 15, 8, 10, p.CREAM)


def _reader(sheet: Sheet) -> None:
    """Somebody who reads and has not looked up for an hour."""
    sheet.rect(614, 640, 12, 160, p.BARK)
    sheet.polygon(
        [(610, 836), (620, 726), (660, 700), (704, 716), (740, 790), (716, 812), (690, 836)], p.NAVY
    )
    sheet.polygon([(652, 706), (690, 706), (686, 684), (656, 684)], p.PEACH)
    sheet.ellipse(674, 664, 28, 32, p.PEACH)
    sheet.polygon(
        [(642, 690), (640, 650), (656, 628), (690, 628), (704, 648), (684, 650), (664, 662), (660, 690)],
        p.BARK,
    )
    sheet.line([(696, 738), (736, 806), (772, 816)], p.mix(p.NAVY, p.SLATE, 0.35), 22)
    sheet.disc(780, 816, 11, p.PEACH)
