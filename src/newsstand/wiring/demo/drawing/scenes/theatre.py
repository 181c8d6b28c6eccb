"""A small theatre with red curtains, a lit stage and rain falling in a shaft of light."""

import random

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, streak
from newsstand.wiring.demo.drawing.sheet import Sheet

STAGE = 620.0


def draw() -> Image:
    """Seen from the stalls: the hole in the roof is the only light."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.NIGHT), (1.0, p.mix(p.NIGHT, p.OX, 0.5))))
    _back(sheet)
    _boards(sheet)
    sheet.beam([(700, -10), (850, -10), (1080, 650), (500, 650)], p.CREAM, 0.62, 0.16)
    sheet.beam([(742, -10), (812, -10), (930, 650), (640, 650)], p.GLOW, 0.5, 0.14)
    _rain(sheet)
    _prospero(sheet)
    _miranda(sheet)
    _curtains(sheet)
    _arch(sheet)
    _audience(sheet)
    return sheet.finished()


def _back(sheet: Sheet) -> None:
    """The painted sea of the second act."""
    sheet.gradient(((0.0, p.NIGHT), (0.5, p.DUSK), (1.0, p.TEAL)), (230, 110, 1370, STAGE))
    for number, (y, tone) in enumerate(((430, 0.0), (486, 0.3), (540, 0.6))):
        points = []
        for step in range(20):
            x = 180 + step * 64 + number * 30
            points += curve(
                (x, y + 20), (x + 24, y), (x + 44, y - 16), (x + 40, y + 2), (x + 64, y + 20), steps=3
            )
        sheet.polygon([(180, STAGE), *points, (1460, STAGE)], p.mix(p.DEEP, p.SEA, tone * 0.6))
    sheet.polygon([(1000, 560), (1024, 486), (1200, 500), (1230, 560)], p.BARK)
    sheet.line([(1090, 500), (1040, 270)], p.BARK, 9)
    sheet.line([(1150, 502), (1190, 330)], p.BARK, 7)
    sheet.polygon([(1052, 300), (1170, 360), (1160, 430), (1076, 420)], p.mix(p.CREAM, p.DUSK, 0.55))
    sheet.line([(1040, 330), (1126, 318)], p.BARK, 5)


def _boards(sheet: Sheet) -> None:
    sheet.gradient(((0.0, p.mix(p.EARTH, p.NIGHT, 0.25)), (1.0, p.EARTH)), (0, STAGE, 1600, 730))
    for number in range(-14, 15):
        sheet.line([(800 + number * 70, STAGE), (800 + number * 96, 730)], p.NIGHT, 2, 0.5)
    sheet.ellipse(790, 668, 330, 40, p.GLOW, 0.3)
    sheet.ellipse(790, 668, 240, 27, p.GLOW, 0.35)
    sheet.ellipse(790, 674, 200, 15, p.FOAM, 0.45)
    for x, y, width in ((700, 664, 120), (860, 684, 160), (960, 662, 90), (610, 682, 90)):
        streak(sheet, x, y, width, 5, p.WHITE, 0.6)


def _rain(sheet: Sheet) -> None:
    chance = random.Random(17)
    for _ in range(260):
        y = chance.uniform(0, 640)
        spread = 74 + y * 0.33
        x = chance.uniform(776 - spread, 776 + spread)
        long = chance.uniform(14, 46)
        sheet.line([(x, y), (x - 2, y + long)], p.WHITE, chance.choice((1.0, 1.6)), chance.uniform(0.25, 0.8))
    for _ in range(60):
        x, y = chance.gauss(790, 130), chance.uniform(650, 694)
        sheet.line([(x - 7, y - 8), (x, y), (x + 7, y - 8)], p.WHITE, 1.3, 0.7)


def _prospero(sheet: Sheet) -> None:
    """With his staff, calling up the storm."""
    ink = p.mix(p.NIGHT, p.PLUM, 0.4)
    with sheet.at(700, 672):
        robe = curve(
            (-30, -176), (-48, -120), (-64, -40), (-74, 2), (60, 2), (46, -60), (36, -120), (24, -178)
        )
        sheet.polygon(robe, ink)
        sheet.polygon(
            curve((-30, -176), (-80, -206), (-116, -262), (-104, -268), (-60, -220), (-4, -196)), ink
        )
        sheet.polygon(curve((22, -176), (70, -190), (104, -216), (110, -206), (72, -168), (26, -146)), ink)
        sheet.line([(108, -300), (100, 2)], p.BARK, 7)
        sheet.polygon([(-12, -180), (10, -180), (8, -206), (-10, -206)], ink)
        sheet.ellipse(0, -222, 20, 25, ink)
        sheet.polygon([(-8, -208), (16, -206), (12, -166), (0, -158)], p.mix(p.MIST, p.SLATE, 0.3))
        sheet.line([(-46, -120), (-60, -20)], p.mix(ink, p.GLOW, 0.4), 4)
        sheet.line([(-22, -170), (-34, -110)], p.mix(ink, p.GLOW, 0.4), 4)


def _miranda(sheet: Sheet) -> None:
    """Under the umbrella that was not in the script."""
    with sheet.at(890, 672):
        dress = p.mix(p.CREAM, p.PEACH, 0.4)
        sheet.polygon(
            curve((-16, -150), (-20, -110), (-44, -50), (-56, 2), (52, 2), (40, -60), (18, -112), (16, -150)),
            dress,
        )
        sheet.polygon(
            curve((16, -150), (20, -112), (40, -60), (52, 2), (14, 2), (10, -90), (6, -150)),
            p.mix(dress, p.PLUM, 0.3),
        )
        sheet.polygon([(-6, -150), (8, -150), (7, -170), (-5, -170)], p.PEACH)
        sheet.ellipse(1, -184, 16, 20, p.PEACH)
        sheet.polygon(
            curve(
                (-18, -176),
                (-10, -204),
                (10, -206),
                (20, -186),
                (14, -160),
                (18, -140),
                (4, -160),
                (6, -192),
                (-18, -176),
            ),
            p.BARK,
        )
        sheet.line([(10, -140), (34, -168), (30, -196)], p.PEACH, 9)
        sheet.line([(30, -180), (24, -270)], p.NIGHT, 4)
        canopy = [
            *curve((-70, -250), (-50, -300), (20, -330), (94, -304), (120, -252)),
            *curve(
                (120, -252),
                (96, -264),
                (72, -254),
                (50, -266),
                (24, -256),
                (0, -266),
                (-24, -254),
                (-46, -264),
                (-70, -250),
            ),
        ]
        sheet.polygon(canopy, p.RUST)
        sheet.polygon(
            [
                *curve((24, -328), (94, -304), (120, -252)),
                *curve((120, -252), (96, -264), (72, -254), (50, -290), (24, -328)),
            ],
            p.BRICK,
        )
        sheet.line([(22, -328), (20, -344)], p.NIGHT, 4)


def _curtains(sheet: Sheet) -> None:
    for side in (-1, 1):
        for fold in range(8):
            outer = 800 + side * (640 - fold * 40)
            inner = outer - side * 44
            tied = 800 + side * (640 - fold * 17)
            tone = p.mix(p.mix(p.RUST, p.BRICK, 0.5), p.OX, (0.15, 0.75)[fold % 2] - 0.0)
            tone = p.mix(p.OX, tone, 0.55 + fold * 0.06)
            left = curve((outer, 80), (outer - side * 6, 250), (tied, 440), (outer + side * 20, 640))
            right = curve(
                (inner, 80), (inner - side * 4, 250), (tied - side * 20, 440), (inner + side * 30, 640)
            )
            sheet.polygon([*left, *reversed(right)], tone)
        x = 800 + side * 574
        sheet.polygon(
            curve(
                (x - 78, 430), (x, 452), (x + 78, 430), (x + 76, 452), (x, 474), (x - 76, 452), (x - 78, 430)
            ),
            p.OCHRE,
        )
        sheet.line([(x, 470), (x + 5, 520)], p.OCHRE, 7)
    for number in range(8):
        x = 160 + number * 160
        tone = p.mix(p.BRICK, p.OX, 0.3 if number % 2 else 0.0)
        swag = [
            (x - 20, 70),
            *curve((x - 20, 120), (x + 30, 176), (x + 80, 190), (x + 130, 176), (x + 180, 120)),
            (x + 180, 70),
        ]
        sheet.polygon(swag, tone)
        sheet.line(
            curve((x - 20, 124), (x + 30, 180), (x + 80, 194), (x + 130, 180), (x + 180, 124)), p.OCHRE, 6
        )
        for depth in (22, 44):
            sheet.line(
                curve((x - 10, 96 - depth * 0.3), (x + 80, 178 - depth), (x + 170, 96 - depth * 0.3)),
                p.OX,
                3,
                0.7,
            )


def _arch(sheet: Sheet) -> None:
    gilt = p.mix(p.OCHRE, p.EARTH, 0.3)
    sheet.rect(0, 0, 1600, 78, p.mix(p.OX, p.NIGHT, 0.5))
    sheet.rect(120, 62, 1360, 18, gilt)
    for x in (60, 1450):
        sheet.rect(x, 60, 90, 680, p.mix(p.OX, p.NIGHT, 0.35))
        for dx in (12, 40, 68):
            sheet.rect(x + dx, 96, 9, 600, gilt, 0.75)
        sheet.rect(x - 10, 62, 110, 26, gilt)
    sheet.polygon([(740, 78), (860, 78), (836, 20), (800, 4), (764, 20)], gilt)
    sheet.disc(800, 48, 20, p.RUST)
    for x in (0, 1530):
        sheet.rect(x, 210, 70, 20, gilt)
        sheet.rect(x, 230, 70, 90, p.mix(p.OX, p.BRICK, 0.4))
        sheet.rect(x, 430, 70, 20, gilt)
        sheet.rect(x, 450, 70, 90, p.mix(p.OX, p.BRICK, 0.4))
        sheet.glow(x + 35, 200, 70, p.AMBER, 0.7)
        sheet.glow(x + 35, 420, 70, p.AMBER, 0.7)
    sheet.rect(0, 726, 1600, 20, gilt)
    sheet.rect(0, 746, 1600, 160, p.mix(p.OX, p.NIGHT, 0.6))
    for x in range(240, 1400, 130):
        sheet.ellipse(x, 728, 30, 11, p.NIGHT)
        sheet.glow(x, 712, 60, p.AMBER, 0.55)


def _audience(sheet: Sheet) -> None:
    chance = random.Random(23)
    for row, (y, size, tone) in enumerate(((812, 0.82, 0.35), (872, 1.05, 0.0))):
        for number in range(16 - row * 3):
            x = 30 + row * 24 + number * (104 + row * 26) + chance.uniform(-12, 12)
            colour = p.mix(p.NIGHT, p.PLUM, tone)
            with sheet.at(x, y + chance.uniform(-6, 6), size):
                sheet.polygon(curve((-54, 80), (-50, 24), (-18, 4), (18, 4), (50, 24), (54, 80)), colour)
                sheet.ellipse(0, -26, 25, 30, colour)
                kind = chance.random()
                if kind < 0.3:
                    sheet.disc(0, -60, 13, colour)
                elif kind < 0.45:
                    sheet.polygon([(-36, -36), (36, -36), (24, -66), (-24, -66)], colour)
                sheet.line(curve((-20, -44), (0, -57), (20, -44)), p.mix(colour, p.AMBER, 0.35), 2.5)
