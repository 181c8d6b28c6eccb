"""Six small sailing boats with coloured sails lean in the wind before a green headland."""

from collections.abc import Sequence

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import cloud, curve, glints, gulls, ridge, streak
from newsstand.wiring.demo.drawing.sheet import Point, Sheet

LINE = 470.0


def draw() -> Image:
    """The furthest boat first; the wind comes from the left."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.TEAL), (0.5, p.SEA), (0.85, p.FOAM), (1.0, p.CREAM)), (0, 0, 1600, LINE))
    sheet.glow(220, 160, 620, p.GLOW, 0.65)
    for x, y, width, seed in (
        (120, 220, 520, 5),
        (860, 150, 620, 8),
        (1300, 260, 420, 4),
        (560, 310, 360, 6),
    ):
        cloud(sheet, x, y, width, p.WHITE, seed, 0.85)
        streak(sheet, x + width / 2, y + 2, width * 1.08, 11, p.WHITE, 0.6)
    gulls(sheet, ((470, 120, 48), (540, 160, 36), (1180, 330, 28)), p.DEEP)
    ridge(sheet, 452, 40, p.mix(p.SEA, p.FOAM, 0.5), 12, wave=800, base=LINE)
    _headland(sheet)
    sheet.mirror(
        LINE,
        900,
        ((0.0, p.mix(p.FOAM, p.SEA, 0.5)), (0.3, p.SEA), (1.0, p.DEEP)),
        clear=0.35,
        ripple=8,
        seed=2,
    )
    glints(sheet, LINE + 4, 900, p.WHITE, 3, count=120, middle=500, spread=800, alpha=0.55)
    glints(sheet, LINE + 10, 900, p.DEEP, 8, count=100, spread=1100, alpha=0.35)
    _buoy(sheet, 520, 640, 1.0)
    fleet = (
        (980, 506, 0.42, p.CREAM, p.SAND),
        (640, 526, 0.5, p.PLUM, p.CORAL),
        (1240, 560, 0.66, p.OCHRE, p.GLOW),
        (300, 604, 0.82, p.TEAL, p.FOAM),
        (860, 662, 1.05, p.RUST, p.CREAM),
        (1330, 786, 1.3, p.NAVY, p.AMBER),
    )
    for number, (x, y, scale, sail, jib) in enumerate(fleet):
        with sheet.at(x, y, scale):
            _boat(sheet, sail, jib, number + 1)
    _wave(sheet)
    return sheet.finished()


def _headland(sheet: Sheet) -> None:
    back = curve((900, LINE), (1040, 430), (1160, 360), (1300, 330), (1450, 318), (1640, 300))
    sheet.polygon([*back, (1640, LINE), (900, LINE)], p.mix(p.MOSS, p.SEA, 0.25))
    front = curve((1060, LINE), (1180, 440), (1300, 400), (1420, 392), (1640, 372))
    sheet.polygon([*front, (1640, LINE), (1060, LINE)], p.MOSS)
    sheet.polygon(
        [(900, LINE), (960, 452), (1060, 458), (1200, 450), (1380, 458), (1640, 446), (1640, LINE)],
        p.mix(p.STONE, p.EARTH, 0.35),
    )
    for x, y, size in ((1230, 384, 22), (1262, 376, 28), (1300, 372, 20), (1500, 372, 30), (1540, 366, 24)):
        sheet.ellipse(x, y, size, size * 0.8, p.PINE)
    sheet.rect(1390, 350, 46, 40, p.WHITE)
    sheet.polygon([(1382, 352), (1444, 352), (1413, 326)], p.BRICK)
    sheet.rect(1406, 364, 12, 26, p.DUSK)
    sheet.line([(1366, 390), (1366, 300)], p.BARK, 4)
    for number, tone in enumerate((p.RUST, p.OCHRE, p.TEAL)):
        sheet.polygon([(1366, 304 + number * 18), (1340, 310 + number * 18), (1366, 318 + number * 18)], tone)
    for number in range(12):
        sheet.rect(1100 + number * 17, 448 - number * 1.6, 5, 14, (p.NAVY, p.RUST, p.OCHRE)[number % 3])


def _lean(points: Sequence[Point], share: float = 0.27) -> list[Point]:
    """What stands upright, heeled to the right by the wind."""
    return [(x - y * share, y + x * share * 0.35) for x, y in points]


def _boat(sheet: Sheet, sail: p.Colour, jib: p.Colour, number: int) -> None:
    main = [(8, -46), *curve((8, -330), (-44, -240), (-104, -130), (-140, -52)), (8, -46)]
    sheet.polygon(_lean(main), sail)
    sheet.polygon(_lean([(8, -46), (8, -330), (-12, -296), (-34, -52)]), p.mix(sail, p.NIGHT, 0.22))
    for share in (0.3, 0.52, 0.74):
        y = -330 + 284 * share
        sheet.line(_lean([(6, y), (-148 * share**0.9 + 4, y + 10)]), p.mix(sail, p.WHITE, 0.35), 1.8)
    front = [*curve((18, -296), (62, -190), (76, -110), (122, -40)), (26, -52)]
    sheet.polygon(_lean(front), jib)
    sheet.polygon(_lean([(18, -296), (26, -52), (52, -48)]), p.mix(jib, p.NIGHT, 0.14))
    sheet.disc(*_lean([(-34, -170)])[0], 19, p.CREAM)
    sheet.line(_lean([(-40 + number % 2 * 8, -178), (-30, -162)]), p.NAVY, 4)
    sheet.line(_lean([(12, -30), (12, -344)]), p.BARK, 5)
    sheet.line(_lean([(12, -46), (-142, -50)]), p.BARK, 4)
    sheet.line(_lean([(18, -300), (132, -32)]), p.BARK, 1.3)
    sheet.polygon(_lean([(12, -344), (42, -338), (12, -330)]), p.RUST)
    hull = _lean([(-138, -30), (-30, -24), (80, -24), (150, -40), (104, 8), (-108, 10)])
    sheet.polygon(hull, p.WHITE)
    sheet.polygon(_lean([(-128, -8), (132, -14), (104, 8), (-108, 10)]), p.mix(sail, p.NIGHT, 0.15))
    for x, tone in ((-84, p.OCHRE), (-40, p.RUST)):
        body = [(x - 12, -28), (x - 34, -62), (x - 18, -72), (x + 12, -30)]
        sheet.polygon(_lean(body, 0.1), tone)
        sheet.disc(x - 32, -82, 11, p.PEACH)
        sheet.polygon([(x - 44, -84), (x - 20, -84), (x - 26, -96), (x - 40, -96)], p.NAVY)
    streak(sheet, 10, 12, 330, 13, p.WHITE, 0.9)
    streak(sheet, -130, 22, 300, 9, p.WHITE, 0.6)
    sheet.polygon([(120, 6), (152, -18), (160, 2), (182, -8), (176, 14)], p.WHITE, 0.9)
    mirrored = [(x * 0.9 + 8, 20 - y * 0.22) for x, y in _lean(main)]
    sheet.polygon(mirrored, sail, 0.28)


def _buoy(sheet: Sheet, x: float, y: float, scale: float) -> None:
    with sheet.at(x, y, scale):
        sheet.polygon([(-26, 0), (-14, -66), (14, -66), (26, 0)], p.CORAL)
        sheet.polygon([(-20, -34), (-17, -50), (17, -50), (20, -34)], p.WHITE)
        sheet.polygon([(4, 0), (6, -66), (14, -66), (26, 0)], p.BRICK, 0.5)
        sheet.line([(0, -66), (0, -110)], p.BARK, 3)
        sheet.polygon([(0, -110), (34, -100), (0, -88)], p.NAVY)
        streak(sheet, 0, 2, 110, 9, p.WHITE, 0.8)
        sheet.polygon([(-18, 8), (18, 8), (10, 46), (-10, 46)], p.CORAL, 0.35)


def _wave(sheet: Sheet) -> None:
    """The water right before us."""
    sheet.polygon(
        [
            *curve((-20, 868), (200, 838), (420, 872), (700, 846), (960, 880), (1250, 862), (1620, 884)),
            (1620, 910),
            (-20, 910),
        ],
        p.mix(p.DEEP, p.NAVY, 0.3),
    )
    for x, y, width in ((200, 846, 240), (690, 854, 220), (1300, 872, 260)):
        streak(sheet, x, y, width, 7, p.FOAM, 0.8)
