"""A small bakery with a warm lit window on a dark street at dawn, loaves on the sill."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, gulls, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import house, person

GROUND = 716.0
WALL = p.mix(p.DUSK, p.PLUM, 0.35)


def draw() -> Image:
    """The lamp is lit, so there is bread. Some people have seen it."""
    sheet = Sheet()
    sheet.gradient(
        ((0.0, p.NAVY), (0.4, p.DUSK), (0.75, p.mix(p.CORAL, p.PLUM, 0.4)), (1.0, p.PEACH)),
        (0, 0, 1600, GROUND),
    )
    sheet.glow(1340, 640, 620, p.PEACH, 0.8)
    for x, y, width, tone in ((1200, 250, 760, 0.4), (1420, 330, 560, 0.7), (1150, 410, 500, 0.9)):
        streak(sheet, x, y, width, 18, p.mix(p.DUSK, p.CORAL, tone), 0.7)
    gulls(sheet, ((1240, 190, 40), (1300, 226, 30)), p.NIGHT)
    _street(sheet)
    _house(sheet)
    _inside(sheet)
    _loaves(sheet)
    _lamp(sheet)
    _pavement(sheet)
    return sheet.finished()


def _street(sheet: Sheet) -> None:
    """Quay Street goes down to the masts on the right."""
    for number, (x, width, height) in enumerate(
        ((1040, 130, 330), (1172, 110, 280), (1284, 96, 230), (1382, 84, 190))
    ):
        tone = p.mix(p.NIGHT, p.mix(p.PLUM, p.CORAL, 0.3), 0.25 + number * 0.16)
        house(
            sheet,
            x,
            GROUND,
            width,
            height,
            tone,
            p.mix(tone, p.NIGHT, 0.4),
            floors=3,
            columns=2,
            lit=(3,) if number == 1 else (),
            pane=p.mix(tone, p.NIGHT, 0.5),
        )
    for x, tall in ((1490, 210), (1530, 170), (1570, 230)):
        sheet.line([(x, 690), (x, 690 - tall)], p.mix(p.PLUM, p.CORAL, 0.2), 4)
        sheet.line([(x, 694 - tall), (x - 30, 670)], p.mix(p.PLUM, p.CORAL, 0.2), 1)
        sheet.line([(x, 694 - tall), (x + 30, 670)], p.mix(p.PLUM, p.CORAL, 0.2), 1)
    sheet.rect(1460, 672, 140, 50, p.mix(p.PLUM, p.CORAL, 0.5))


def _house(sheet: Sheet) -> None:
    dark = p.mix(WALL, p.NIGHT, 0.4)
    sheet.rect(-20, 40, 1080, GROUND - 40, WALL)
    sheet.rect(-20, 30, 1100, 22, dark)
    for row in range(18):
        for number in range(12):
            if (row * 7 + number * 5) % 9 == 0:
                sheet.rect(number * 82 + (row % 2) * 40, 60 + row * 36, 44, 14, p.mix(WALL, p.NIGHT, 0.16))
    for x in (90, 470, 850):
        sheet.rect(x - 10, 78, 130, 150, dark)
        sheet.rect(x, 88, 110, 132, p.NIGHT)
        sheet.rect(x + 51, 88, 8, 132, dark)
        sheet.rect(x, 146, 110, 6, dark)
        sheet.rect(x - 18, 226, 146, 14, p.mix(WALL, p.FOG, 0.25))
        sheet.polygon([(x, 88), (x + 51, 88), (x + 51, 128), (x, 146)], p.mix(p.NIGHT, p.CORAL, 0.25))
    for x in (76, 456, 836):  # shutters and window boxes
        for left in (x - 28, x + 136):
            sheet.rect(left, 78, 30, 150, p.mix(p.PINE, p.NIGHT, 0.45))
            for slat in range(9):
                sheet.rect(left + 4, 88 + slat * 15, 22, 4, p.NIGHT)
    sheet.rect(150, 276, 780, 18, p.mix(p.OX, p.NIGHT, 0.2))
    for number in range(13):  # the awning
        left = 150 + number * 60
        tone = p.mix((p.RUST, p.CREAM)[number % 2], p.PLUM, 0.4)
        sheet.polygon(
            [
                (left, 294),
                (left + 60, 294),
                (left + 60 + (number - 5.5) * 2, 352),
                (left + (number - 6.5) * 2, 352),
            ],
            tone,
        )
        sheet.ellipse(left + 30 + (number - 6) * 2, 352, 31, 16, p.mix(tone, p.AMBER, 0.25))


def _inside(sheet: Sheet) -> None:
    """The shop behind the glass: shelves, the oven's mouth, Emil Roth."""
    sheet.glow(450, 520, 560, p.AMBER, 0.5)
    sheet.rect(196, 372, 500, 264, p.mix(p.OX, p.NIGHT, 0.2))
    sheet.gradient(((0.0, p.AMBER), (0.5, p.GLOW), (1.0, p.mix(p.GLOW, p.CREAM, 0.4))), (208, 384, 684, 620))
    for y in (440, 502):
        sheet.rect(236, y, 210, 8, p.EARTH)
        for number in range(6):
            sheet.ellipse(256 + number * 34, y - 10, 16, 11, p.mix(p.RUST, p.OCHRE, 0.4 + 0.1 * (number % 3)))
    sheet.ellipse(606, 520, 62, 76, p.mix(p.BRICK, p.OCHRE, 0.4))
    sheet.ellipse(600, 528, 44, 54, p.OX)
    sheet.ellipse(600, 546, 34, 30, p.CORAL)
    sheet.ellipse(600, 554, 20, 17, p.GLOW)
    with sheet.at(446, 626):
        sheet.polygon(curve((-40, 0), (-38, -86), (-20, -112), (20, -112), (38, -86), (40, 0)), p.WHITE)
        sheet.ellipse(0, -138, 19, 23, p.PEACH)
        sheet.polygon(
            curve((-24, -150), (-32, -178), (0, -190), (32, -178), (24, -150), (-24, -150)), p.WHITE
        )
        sheet.polygon([(-14, -128), (14, -128), (8, -112), (-8, -112)], p.EARTH)
        sheet.line([(30, -94), (58, -74), (96, -84)], p.WHITE, 18)
        sheet.line([(80, -82), (176, -94)], p.EARTH, 6)
        sheet.rect(-36, -60, 72, 60, p.mix(p.WHITE, p.SAND, 0.3))
    for x in (208, 364, 520, 680):
        sheet.rect(x - 5, 380, 10, 244, p.mix(p.OX, p.NIGHT, 0.2))
    sheet.rect(200, 420, 490, 6, p.mix(p.OX, p.NIGHT, 0.2))
    sheet.rect(180, 622, 536, 22, p.mix(p.EARTH, p.OCHRE, 0.3))
    sheet.rect(180, 644, 536, 72, p.mix(p.OX, p.NIGHT, 0.35))
    for x in (200, 376, 552):
        sheet.rect(x, 656, 150, 48, p.mix(p.OX, p.NIGHT, 0.15))
    sheet.rect(768, 374, 130, 342, p.mix(p.OX, p.NIGHT, 0.2))  # the door
    sheet.rect(782, 390, 102, 326, p.mix(p.TEAL, p.NIGHT, 0.45))
    sheet.rect(796, 404, 74, 170, p.GLOW)
    sheet.rect(830, 404, 6, 170, p.mix(p.TEAL, p.NIGHT, 0.45))
    sheet.rect(796, 484, 74, 6, p.mix(p.TEAL, p.NIGHT, 0.45))
    sheet.disc(790, 600, 6, p.OCHRE)


def _loaves(sheet: Sheet) -> None:
    """On the sill, still warm."""
    crust, light = p.mix(p.RUST, p.OCHRE, 0.55), p.mix(p.OCHRE, p.GLOW, 0.35)
    for x, wide, tall in ((240, 40, 25), (322, 36, 30), (402, 44, 24), (640, 40, 27), (572, 28, 22)):
        sheet.ellipse(x, 622 - tall * 0.72, wide, tall, crust)
        sheet.ellipse(x, 622 - tall * 0.95, wide * 0.8, tall * 0.55, light)
        for cut in (-0.45, -0.05, 0.35):
            sheet.line(
                [(x + wide * cut, 622 - tall * 0.7), (x + wide * (cut + 0.18), 622 - tall * 1.45)], crust, 4
            )
        sheet.rect(x - wide, 620, wide * 2, 4, p.mix(p.EARTH, p.OCHRE, 0.3))
    sheet.rect(466, 604, 70, 18, p.EARTH)
    for number in range(4):
        sheet.line([(468 + number * 16, 606), (476 + number * 19, 540 + (number % 2) * 10)], light, 11)
    for x in (322, 402):
        for puff in range(3):
            rise = 560 - puff * 26
            sheet.line(
                curve((x + puff * 9, rise), (x + 8 + puff * 9, rise - 12), (x + puff * 9, rise - 24)),
                p.WHITE,
                3,
                0.4,
            )


def _lamp(sheet: Sheet) -> None:
    sheet.line([(948, 330), (1000, 330), (1000, 352)], p.NIGHT, 6)
    sheet.line([(948, 360), (990, 330)], p.NIGHT, 4)
    sheet.glow(1000, 386, 230, p.GLOW, 0.95)
    sheet.polygon([(982, 360), (1018, 360), (1028, 414), (972, 414)], p.GLOW)
    sheet.line([(982, 360), (972, 414), (1028, 414), (1018, 360)], p.NIGHT, 4)
    sheet.polygon([(974, 362), (1026, 362), (1000, 342)], p.NIGHT)


def _pavement(sheet: Sheet) -> None:
    sheet.gradient(((0.0, p.mix(p.PLUM, p.DUSK, 0.5)), (1.0, p.NIGHT)), (0, GROUND, 1600, 900))
    sheet.beam([(190, GROUND), (706, GROUND), (980, 900), (0, 900)], p.AMBER, 0.62, 0.05)
    sheet.beam([(786, GROUND), (884, GROUND), (1100, 900), (820, 900)], p.AMBER, 0.5, 0.04)
    for row in range(7):
        y = GROUND + 10 + row * row * 4
        for number in range(-1, 24):
            wide = 58 + row * 8
            x = number * (wide + 14) + (row % 2) * 36
            streak(sheet, x, y, wide, 3 + row * 0.8, p.NIGHT, 0.35)
    sheet.rect(0, GROUND - 4, 1060, 10, p.mix(p.SLATE, p.NIGHT, 0.3))
    queue = (
        (1010, 748, 150, p.NIGHT, -4),
        (1078, 752, 140, p.ink("131a2a"), 3),
        (1136, 750, 152, p.NIGHT, -3),
        (1192, 756, 104, p.ink("1a1626"), 0),
    )
    for x, y, height, tone, lean in queue:
        sheet.polygon([(x - 12, y), (x + 14, y), (x + 190, y + 66), (x + 130, y + 72)], p.NIGHT, 0.4)
        person(sheet, x, y, height, tone, lean=lean)
        sheet.line(
            [(x - height * 0.1, y - height * 0.78), (x - height * 0.15, y - height * 0.34)], p.AMBER, 2.5, 0.8
        )
    sheet.polygon([(1036, 700), (1062, 700), (1066, 730), (1032, 730)], p.mix(p.EARTH, p.AMBER, 0.4))
    with sheet.at(1290, 778, 0.8):  # a bicycle against nothing
        for wheel in (0, 92):
            sheet.disc(wheel, 0, 36, p.NIGHT)
            sheet.disc(wheel, 0, 31, p.mix(p.PLUM, p.DUSK, 0.55))
        sheet.line([(0, 0), (26, -44), (74, -44), (40, 0), (0, 0)], p.NIGHT, 6)
        sheet.line([(26, -44), (40, 0)], p.NIGHT, 6)
        sheet.line([(92, 0), (70, -62), (58, -68)], p.NIGHT, 6)
        sheet.line([(8, -56), (34, -56)], p.NIGHT, 9)
        sheet.rect(74, -84, 50, 30, p.EARTH)
