"""Fishing boats lie along a stone quay with coiled ropes and stacked crab pots."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import curve, glints, gull, gulls, hanging, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import fishing_boat, house, person

LINE = 560.0


def draw() -> Image:
    """Early, clear and cold; the light comes from the right."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.TEAL), (0.4, p.SEA), (0.75, p.FOAM), (1.0, p.PEACH)), (0, 0, 1600, LINE))
    sheet.glow(1330, 440, 620, p.GLOW, 0.85)
    for x, y, width in ((420, 120, 820), (1080, 170, 700), (160, 236, 520)):
        streak(sheet, x, y, width, 24, p.WHITE, 0.45)
    gulls(sheet, ((540, 190, 50), (610, 236, 36), (980, 130, 40), (700, 170, 26)), p.DUSK)
    ridge(sheet, 500, 90, p.mix(p.SEA, p.FOAM, 0.45), 14, wave=700, base=LINE)
    _town(sheet)
    _boats(sheet)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.mix(p.FOAM, p.SEA, 0.3)), (0.5, p.SEA), (1.0, p.TEAL)),
        clear=0.75,
        ripple=4,
        seed=3,
    )
    glints(sheet, LINE + 6, 800, p.WHITE, 2, count=70, middle=1250, spread=360, alpha=0.6)
    glints(sheet, LINE + 6, 800, p.DEEP, 7, count=40, spread=1000, alpha=0.3)
    _quay(sheet)
    return sheet.finished()


def _town(sheet: Sheet) -> None:
    """The houses on the other side of the basin."""
    sheet.rect(0, 520, 1600, 40, p.STONE)
    sheet.rect(0, 516, 1600, 7, p.CREAM)
    tones = (p.CREAM, p.CORAL, p.SAND, p.FOG, p.PEACH, p.OCHRE, p.MIST, p.RUST, p.CREAM, p.SEA, p.PEACH)
    x = -30.0
    for number, tone in enumerate(tones):
        wide, tall = 118 + (number * 37) % 52, 128 + (number * 53) % 74
        soft = p.mix(tone, p.FOG, 0.25)
        house(
            sheet,
            x,
            518,
            wide,
            tall,
            soft,
            p.mix((p.BRICK, p.SLATE, p.OX)[number % 3], p.FOG, 0.2),
            pane=p.DUSK,
        )
        x += wide + 3
    sheet.polygon([(996, 518), (996, 250), (1020, 196), (1044, 250), (1044, 518)], p.mix(p.MIST, p.SEA, 0.2))
    sheet.polygon([(990, 252), (1020, 160), (1050, 252)], p.mix(p.SLATE, p.NAVY, 0.3))
    sheet.disc(1020, 286, 13, p.DUSK)


def _boats(sheet: Sheet) -> None:
    for x, scale, hull, cabin in (
        (-60, 0.86, p.TEAL, p.CREAM),
        (270, 0.95, p.RUST, p.WHITE),
        (690, 1.08, p.NAVY, p.CREAM),
        (1180, 0.98, p.PINE, p.WHITE),
    ):
        with sheet.at(x, LINE + 2, scale):
            fishing_boat(sheet, hull, cabin=cabin)
    person(sheet, 800, 514, 60, p.OX)


def _quay(sheet: Sheet) -> None:
    """The stones on which we stand."""
    sheet.polygon([(0, 760), (1600, 796), (1600, 900), (0, 900)], p.mix(p.STONE, p.SAND, 0.35))
    sheet.polygon([(0, 742), (1600, 780), (1600, 798), (0, 762)], p.CREAM)
    for x in range(-120, 1700, 190):
        sheet.line([(x, 764 + x * 0.0225), (x - 46, 900)], p.mix(p.STONE, p.BARK, 0.4), 3)
    sheet.line([(0, 830), (1600, 856)], p.mix(p.STONE, p.BARK, 0.4), 3)
    for x, boat in ((300, (314, 540)), (930, (720, 516)), (1420, (1500, 486))):
        y = 764 + x * 0.0225
        sheet.line(hanging((x, y - 30), boat, 30), p.SAND, 4)
        sheet.polygon([(x + 24, y + 20), (x - 20, y + 20), (x - 130, y + 46), (x - 100, y + 56)], p.BARK, 0.3)
        sheet.rect(x - 18, y - 36, 36, 58, p.NAVY)
        sheet.ellipse(x, y - 38, 29, 10, p.NAVY)
        sheet.ellipse(x, y - 41, 21, 5, p.SLATE)
        for turn in range(3):
            sheet.line(
                curve((x - 20, y - 20 + turn * 7), (x, y - 14 + turn * 7), (x + 20, y - 20 + turn * 7)),
                p.SAND,
                4.5,
            )
    _coil(sheet, 560, 836, 1.2)
    _coil(sheet, 1210, 850, 0.9)
    _pots(sheet)
    sheet.polygon([(676, 872), (760, 866), (770, 896), (668, 900)], p.CORAL)
    sheet.disc(800, 874, 24, p.OCHRE)
    sheet.disc(794, 868, 9, p.GLOW)
    sheet.disc(850, 884, 20, p.RUST)
    gull(sheet, 1110, 742, 70, p.WHITE, -8)


def _coil(sheet: Sheet, x: float, y: float, scale: float) -> None:
    with sheet.at(x, y, scale):
        sheet.ellipse(-16, 20, 104, 24, p.BARK, 0.28)
        for turn in range(5):
            rise, wide = turn * 11, 86 - turn * 9
            sheet.ellipse(0, 10 - rise, wide, 25 - turn * 2, p.mix(p.SAND, p.EARTH, 0.45))
            sheet.ellipse(0, 6 - rise, wide, 25 - turn * 2, p.mix(p.SAND, p.CREAM, 0.1 * turn))
        sheet.ellipse(0, -40, 32, 9, p.mix(p.SAND, p.BARK, 0.55))
        sheet.line(curve((80, 12), (130, 26), (180, 12), (220, 30)), p.SAND, 9)


def _pots(sheet: Sheet) -> None:
    """Crab pots, stacked three high."""
    for column, row in ((0, 0), (1, 0), (2, 0), (0, 1), (1, 1), (0.5, 2)):
        x, y = 20 + column * 118, 862 - row * 72
        back = p.mix(p.BARK, p.NIGHT, 0.3)
        sheet.polygon(
            [
                (x, y),
                (x, y - 34),
                *curve((x, y - 34), (x + 20, y - 66), (x + 90, y - 66), (x + 110, y - 34)),
                (x + 110, y),
            ],
            back,
        )
        net = p.mix(p.SEA, p.FOAM, 0.2) if row % 2 else p.mix(p.CORAL, p.SAND, 0.2)
        for number in range(1, 9):
            sheet.line([(x + number * 12.2, y), (x + number * 12.2 - 14, y - 60)], net, 1.5)
            sheet.line([(x + number * 12.2, y), (x + number * 12.2 + 14, y - 60)], net, 1.5)
        sheet.line(
            [
                (x, y),
                (x, y - 34),
                *curve((x, y - 34), (x + 20, y - 66), (x + 90, y - 66), (x + 110, y - 34)),
                (x + 110, y),
            ],
            p.EARTH,
            6,
        )
        sheet.rect(x - 4, y - 6, 118, 9, p.EARTH)
        sheet.ellipse(x + 55, y - 30, 17, 14, p.NIGHT)
        sheet.ellipse(x + 55, y - 30, 17, 14, net, 0.25)
