"""Two footballers and a ball as dark shapes in thick fog under a floodlight."""

import math

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, streak
from newsstand.wiring.demo.drawing.sheet import Point, Sheet
from newsstand.wiring.demo.drawing.town import person

GREY = p.mix(p.FOG, p.STEEL, 0.25)


def draw() -> Image:
    """The lamp stands on the left behind the fog; everything is nearer to grey the further off it is."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.SLATE), (0.45, p.STEEL), (0.74, GREY), (1.0, p.mix(p.SAGE, p.STEEL, 0.35))))
    _far(sheet)
    _floodlight(sheet)
    sheet.gradient(
        ((0.0, GREY), (0.35, p.mix(p.SAGE, GREY, 0.5)), (1.0, p.mix(p.PINE, p.SLATE, 0.35))),
        (0, 690, 1600, 900),
    )
    for number in range(9):
        x = -100 + number * 230
        sheet.polygon([(x, 900), (x + 115, 900), (x * 0.5 + 460, 690), (x * 0.5 + 400, 690)], p.PINE, 0.09)
    sheet.line([(0, 742), (1600, 728)], p.MIST, 4, 0.6)
    sheet.line([(980, 900), (860, 732)], p.MIST, 6, 0.5)
    sheet.glow(430, 560, 700, p.CREAM, 0.45)
    _banks(sheet)
    _shadow(sheet, 680, 812, 190)
    _shadow(sheet, 1010, 830, 200)
    _runner(sheet)
    _keeper(sheet)
    sheet.ellipse(884, 828, 32, 6, p.NIGHT, 0.35)
    _ball(sheet, 868, 790, 25)
    for x, y, width, height, alpha in (
        (300, 700, 1100, 36, 0.4),
        (1240, 764, 1000, 40, 0.35),
        (520, 876, 1300, 34, 0.3),
    ):
        streak(sheet, x, y, width, height, p.MIST, alpha)
    return sheet.finished()


def _far(sheet: Sheet) -> None:
    """What can still be guessed: a stand, a goal, people on the touchline."""
    ghost = p.mix(GREY, p.SLATE, 0.28)
    sheet.polygon([(1010, 700), (1010, 560), (1580, 520), (1600, 520), (1600, 700)], ghost)
    sheet.polygon([(990, 566), (1600, 500), (1600, 518), (990, 580)], p.mix(ghost, p.SLATE, 0.3))
    for x in range(1040, 1600, 90):
        sheet.rect(x, 560, 6, 140, p.mix(ghost, p.SLATE, 0.25))
    for number in range(26):
        x = 1020 + number * 23
        person(sheet, x, 704 + (number * 7) % 9, 46 + (number * 5) % 13, p.mix(GREY, p.SLATE, 0.5))
    pale = p.mix(GREY, p.WHITE, 0.65)
    sheet.line([(118, 716), (118, 588), (330, 582), (330, 712)], pale, 7)
    sheet.line([(118, 590), (160, 606), (160, 706)], pale, 3)
    sheet.line([(330, 584), (352, 602), (352, 702), (160, 706)], pale, 3)
    for number in range(8):
        sheet.line([(132 + number * 26, 590), (164 + number * 24, 705)], pale, 1)
        sheet.line([(120, 600 + number * 14), (352, 604 + number * 13)], pale, 1)


def _floodlight(sheet: Sheet) -> None:
    mast = p.mix(p.DUSK, p.STEEL, 0.25)
    for left, right, alpha in ((-420, 250, 0.14), (-160, 760, 0.16), (180, 1240, 0.12)):
        sheet.beam([(400, 150), (520, 150), (right + 420, 830), (left + 200, 830)], p.WHITE, alpha * 2.4, 0.0)
    sheet.line([(436, 720), (452, 170)], mast, 6)
    sheet.line([(484, 720), (470, 170)], mast, 6)
    for step in range(15):
        y, share = 700 - step * 36, step / 15
        one, other = 437 + 15 * share, 483 - 13 * share
        sheet.line([(one, y), (other, y - 36)], mast, 2)
        sheet.line([(other, y), (one, y - 36)], mast, 2)
    sheet.polygon([(372, 176), (550, 176), (562, 84), (360, 84)], p.DUSK)
    for row in range(2):
        for column in range(4):
            x, y = 386 + column * 50, 110 + row * 42
            sheet.glow(x, y, 150, p.WHITE, 0.5)
    for row in range(2):
        for column in range(4):
            sheet.disc(386 + column * 50, 110 + row * 42, 17, p.WHITE)
    sheet.glow(461, 130, 560, p.CREAM, 0.75)


def _banks(sheet: Sheet) -> None:
    for x, y, width, height, alpha in (
        (1200, 470, 1500, 120, 0.28),
        (200, 560, 1200, 90, 0.3),
        (900, 640, 1700, 70, 0.34),
        (1400, 300, 900, 80, 0.2),
    ):
        streak(sheet, x, y, width, height, p.MIST, alpha)


def _shadow(sheet: Sheet, x: float, y: float, length: float) -> None:
    sheet.polygon(
        [(x - 20, y), (x + 30, y - 4), (x + length * 1.5, y + 50), (x + length * 1.3, y + 62)], p.NIGHT, 0.22
    )


def _limb(sheet: Sheet, points: list[Point], start: float, end: float, colour: p.Colour) -> None:
    """An arm or leg: a row of discs that grow thinner."""
    path = curve(*points, steps=14)
    for number, (x, y) in enumerate(path):
        share = number / len(path)
        sheet.disc(x, y, start + (end - start) * share, colour)


def _runner(sheet: Sheet) -> None:
    """Left: about to shoot, weight on the left leg, the right drawn back."""
    ink = p.NAVY
    with sheet.at(690, 800, 1.22):
        _limb(sheet, [(-6, -128), (14, -70), (2, -8)], 19, 9, ink)
        sheet.polygon(curve((-8, -8), (10, -12), (36, -4), (38, 4), (-10, 4)), ink)
        _limb(sheet, [(-16, -128), (-54, -84), (-112, -74)], 19, 8, ink)
        sheet.polygon([(-120, -88), (-104, -74), (-120, -46), (-132, -52)], ink)
        torso = curve(
            (-30, -120), (-22, -170), (-2, -216), (34, -222), (42, -190), (26, -150), (14, -116), (-30, -120)
        )
        sheet.polygon(torso, ink)
        _limb(sheet, [(34, -212), (70, -184), (104, -198)], 12, 7, ink)
        _limb(sheet, [(-2, -210), (-44, -192), (-66, -150)], 12, 7, ink)
        sheet.polygon([(14, -216), (34, -216), (38, -240), (22, -240)], ink)
        sheet.ellipse(35, -250, 17, 21, ink)
        sheet.line([(-8, -206), (-20, -124)], p.SLATE, 3, 0.6)


def _keeper(sheet: Sheet) -> None:
    """Right: a defender who comes sliding in, one arm up."""
    ink = p.mix(p.OX, p.NIGHT, 0.45)
    with sheet.at(1046, 818, 1.22):
        _limb(sheet, [(10, -122), (-44, -92), (-108, -30)], 19, 9, ink)
        sheet.polygon([(-104, -44), (-128, -36), (-136, -18), (-96, -18)], ink)
        _limb(sheet, [(24, -120), (54, -66), (34, -6)], 19, 9, ink)
        sheet.polygon([(24, -10), (46, -8), (66, 4), (22, 4)], ink)
        torso = curve(
            (0, -108), (2, -160), (16, -206), (54, -214), (64, -180), (50, -140), (40, -106), (0, -108)
        )
        sheet.polygon(torso, ink)
        _limb(sheet, [(22, -206), (-18, -210), (-52, -246)], 12, 7, ink)
        _limb(sheet, [(56, -202), (94, -176), (104, -132)], 12, 7, ink)
        sheet.polygon([(24, -208), (44, -208), (42, -232), (22, -232)], ink)
        sheet.ellipse(30, -244, 17, 21, ink)
        sheet.polygon(curve((14, -246), (20, -268), (42, -266), (46, -250), (14, -246)), ink)


def _ball(sheet: Sheet, x: float, y: float, radius: float) -> None:
    sheet.disc(x, y, radius, p.NAVY)
    sheet.disc(x - 1, y - 1, radius - 2.5, p.MIST)
    sheet.disc(x - radius * 0.05, y, radius * 0.3, p.NAVY)
    for number in range(5):
        turn = math.tau * number / 5 + 0.3
        dx, dy = math.cos(turn), math.sin(turn)
        sheet.line(
            [
                (x + dx * radius * 0.3, y + dy * radius * 0.3),
                (x + dx * radius * 0.66, y + dy * radius * 0.66),
            ],
            p.NAVY,
            2,
        )
        sheet.disc(x + dx * radius * 0.78, y + dy * radius * 0.78, radius * 0.17, p.NAVY)
