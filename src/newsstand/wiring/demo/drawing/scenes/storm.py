"""Heavy waves break over a harbour wall under a dark sky, a lighthouse behind."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet


def draw() -> Image:
    """One light: the lamp of the mole light, whose beam goes to the left."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.NIGHT), (0.5, p.DUSK), (0.75, p.SLATE), (1.0, p.STEEL)), (0, 0, 1600, 640))
    for x, y, width, height, tone in (
        (300, 70, 1500, 130, 0.12),
        (1250, 120, 1300, 110, 0.2),
        (700, 210, 1500, 90, 0.28),
        (150, 330, 1100, 80, 0.4),
        (1330, 390, 1000, 70, 0.5),
        (760, 450, 1400, 50, 0.62),
    ):
        streak(sheet, x, y, width, height, p.mix(p.NIGHT, p.SLATE, tone), 0.7)
    _beam(sheet)
    ridge(sheet, 560, 44, p.mix(p.DUSK, p.NIGHT, 0.2), 21, wave=900)
    _sea(sheet, 600, p.mix(p.DEEP, p.SLATE, 0.5), p.STEEL, 4, 26, 190)
    _lighthouse(sheet)
    _wall(sheet)
    _burst(sheet, 680, 718, 390, 11)
    _burst(sheet, 1240, 722, 260, 12)
    _sea(sheet, 742, p.mix(p.DEEP, p.TEAL, 0.4), p.FOAM, 6, 52, 300)
    _breaker(sheet)
    _sea(sheet, 866, p.mix(p.DEEP, p.NIGHT, 0.45), p.STEEL, 9, 44, 380)
    _rain(sheet)
    return sheet.finished()


def _beam(sheet: Sheet) -> None:
    sheet.polygon([(1092, 244), (0, 60), (0, 330)], p.GLOW, 0.22)
    sheet.polygon([(1092, 246), (0, 120), (0, 262)], p.GLOW, 0.25)
    sheet.polygon([(1100, 246), (1600, 190), (1600, 280)], p.GLOW, 0.16)


def _lighthouse(sheet: Sheet) -> None:
    sheet.shaded([(1050, 640), (1068, 292), (1128, 292), (1146, 640)], ((0.0, p.MIST), (1.0, p.SLATE)))
    sheet.polygon([(1098, 640), (1098, 292), (1128, 292), (1146, 640)], p.DUSK, 0.35)
    for top in (350, 470):
        wide = 30 + (top - 292) * 0.052
        band = [
            (1098 - wide, top),
            (1098 + wide, top),
            (1098 + wide + 2.5, top + 50),
            (1098 - wide - 2.5, top + 50),
        ]
        sheet.polygon(band, p.BRICK)
    sheet.rect(1056, 284, 84, 10, p.NIGHT)
    for x in range(1060, 1140, 12):
        sheet.line([(x, 284), (x, 268)], p.NIGHT, 1.6)
    sheet.line([(1056, 268), (1140, 268)], p.NIGHT, 2)
    sheet.rect(1074, 226, 48, 58, p.GLOW)
    for x in (1074, 1097, 1119):
        sheet.rect(x, 226, 3, 58, p.NIGHT)
    sheet.polygon([(1064, 228), (1132, 228), (1098, 192)], p.NIGHT)
    sheet.line([(1098, 194), (1098, 170)], p.NIGHT, 3)
    sheet.glow(1098, 254, 260, p.GLOW, 0.9)
    for y in (420, 545):
        sheet.rect(1092, y, 12, 20, p.NIGHT)


def _wall(sheet: Sheet) -> None:
    """The mole, running in from the right."""
    stone = p.mix(p.SLATE, p.NIGHT, 0.35)
    sheet.polygon([(430, 660), (470, 622), (1600, 604), (1600, 780), (430, 760)], stone)
    sheet.polygon([(470, 622), (1600, 604), (1600, 620), (462, 634)], p.STEEL)
    for row in range(5):
        y = 646 + row * 24
        sheet.line([(444, y), (1600, y - 14)], p.mix(stone, p.NIGHT, 0.5), 2)
        for x in range(470 + 31 * (row % 2), 1600, 62):
            sheet.line(
                [(x, y - (x - 444) * 0.012), (x, y + 24 - (x - 444) * 0.012)], p.mix(stone, p.NIGHT, 0.5), 2
            )
    for x in (560, 760, 920):
        sheet.line([(x, 622), (x, 566)], p.NIGHT, 4)
        sheet.line([(x, 568), (x + 14, 568)], p.NIGHT, 4)
        sheet.glow(x + 16, 574, 46, p.AMBER, 0.8)


def _sea(
    sheet: Sheet, y: float, colour: p.Colour, crest: p.Colour, seed: int, height: float, length: float
) -> None:
    """A row of waves with pointed crests."""
    chance = random.Random(seed)
    x = -length * chance.random()
    points, crests = [(-20.0, 900.0)], []
    while x < 1640:
        wide, high = length * chance.uniform(0.7, 1.3), height * chance.uniform(0.6, 1.3)
        points += curve((x, y), (x + wide * 0.38, y - high * 0.35), (x + wide * 0.6, y - high))
        points += curve((x + wide * 0.6, y - high), (x + wide * 0.7, y - high * 0.5), (x + wide, y))
        crests.append((x + wide * 0.6, y - high, wide))
        x += wide
    sheet.polygon([*points, (1640.0, 900.0)], colour)
    for cx, cy, wide in crests:
        foam = [(cx - wide * 0.22, cy + height * 0.42), (cx, cy - 3), (cx + wide * 0.1, cy + height * 0.5)]
        sheet.polygon([*foam, (cx + 2, cy + height * 0.24)], crest, 0.85)
        streak(sheet, cx - wide * 0.1, cy + height * 0.9, wide * 0.5, 4, crest, 0.4)


def _burst(sheet: Sheet, x: float, y: float, height: float, seed: int) -> None:
    """Spray thrown up where a wave meets the wall."""
    chance = random.Random(seed)
    for layer, (share, alpha) in enumerate(((1.0, 0.3), (0.78, 0.5), (0.55, 0.9))):
        points = [(x - height * 0.62 * share, y + 30)]
        for step in range(15):
            place = step / 14 * 2 - 1
            top = height * share * (1 - place * place) ** 0.7 * chance.uniform(0.72, 1.05)
            points.append((x + place * height * 0.55 * share - (14 - step) * 2, y - top))
            points.append((x + (place + 0.07) * height * 0.55 * share, y - top * chance.uniform(0.62, 0.8)))
        points.append((x + height * 0.62 * share, y + 30))
        sheet.polygon(points, p.WHITE if layer == 2 else p.FOAM, alpha)
    for _ in range(70):
        dx, dy = chance.gauss(0, height * 0.42), abs(chance.gauss(height * 0.8, height * 0.3))
        sheet.disc(x + dx, y - dy, chance.uniform(1.2, 4.5), p.WHITE, 0.8)


def _breaker(sheet: Sheet) -> None:
    """The great wave on the left, about to fall."""
    back = curve((-60, 800), (90, 640), (230, 540), (370, 500), (480, 548))
    hollow = curve((480, 548), (410, 556), (352, 620), (346, 700), (400, 790), (540, 860), (800, 910))
    sheet.polygon([*back, *hollow, (-60.0, 910.0)], p.DEEP)
    for shift, tone in ((16, 0.75), (52, 0.5), (90, 0.3), (132, 0.18)):
        face = curve(
            (420 - shift, 560), (352 - shift, 620), (342 - shift, 700), (386 - shift, 790), (500 - shift, 880)
        )
        sheet.line(face, p.mix(p.DEEP, p.SEA, tone), 13 - shift * 0.05)
    crest = curve((60, 668), (160, 582), (260, 524), (370, 494), (486, 548))
    under = curve(
        (486, 548),
        (420, 552),
        (376, 572),
        (330, 566),
        (286, 596),
        (240, 588),
        (190, 622),
        (150, 616),
        (60, 668),
    )
    sheet.polygon([*crest, *under], p.WHITE)
    for x, y, r in (
        (484, 552, 15),
        (462, 574, 10),
        (436, 568, 13),
        (500, 578, 7),
        (470, 604, 6),
        (404, 582, 9),
    ):
        sheet.disc(x, y, r, p.WHITE)
    for x, y, r in (
        (512, 548, 5),
        (524, 586, 4),
        (496, 622, 4),
        (390, 478, 5),
        (330, 484, 4),
        (290, 500, 6),
        (430, 500, 4),
    ):
        sheet.disc(x, y, r, p.WHITE)


def _rain(sheet: Sheet) -> None:
    chance = random.Random(31)
    for _ in range(150):
        x, y, long = chance.uniform(-60, 1600), chance.uniform(-20, 860), chance.uniform(16, 44)
        sheet.line([(x, y), (x + long * 0.42, y + long)], p.MIST, 1.1, 0.28)
