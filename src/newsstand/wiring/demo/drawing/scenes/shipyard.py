"""A long stone dock filled with still water, with cranes and brick sheds behind it."""

from PIL.Image import Image

from newsstand.wiring.demo.drawing import palette as p
from newsstand.wiring.demo.drawing.shapes import gulls, ridge, streak, windows
from newsstand.wiring.demo.drawing.sheet import Sheet
from newsstand.wiring.demo.drawing.town import person

LINE = 600.0
IRON = p.mix(p.NAVY, p.TEAL, 0.3)


def draw() -> Image:
    """A cool morning; the light comes from the left and stands on the water."""
    sheet = Sheet()
    sheet.gradient(((0.0, p.TEAL), (0.45, p.SEA), (0.8, p.CREAM), (1.0, p.PEACH)), (0, 0, 1600, LINE))
    sheet.glow(250, 470, 620, p.GLOW, 0.75)
    sheet.disc(250, 420, 46, p.WHITE)
    for x, y, width in ((980, 130, 900), (500, 210, 700), (1320, 265, 620)):
        streak(sheet, x, y, width, 24, p.mix(p.CREAM, p.SEA, 0.45), 0.6)
    gulls(sheet, ((560, 170, 46), (640, 216, 36), (480, 236, 28)), p.DEEP)
    ridge(sheet, 520, 60, p.mix(p.SEA, p.CREAM, 0.4), 12, wave=700, base=LINE)
    _sheds(sheet)
    _crane(sheet, 360, 560, 0.92)
    _crane(sheet, 1150, 560, 1.2)
    _far_wall(sheet)
    sheet.mirror(
        LINE, 900, ((0.0, p.mix(p.CREAM, p.SEA, 0.5)), (0.35, p.TEAL), (1.0, p.DEEP)), clear=0.72, ripple=1.6
    )
    for x, y, width in ((420, 655, 420), (820, 700, 540), (560, 770, 700), (1010, 640, 260)):
        streak(sheet, x, y, width, 5, p.CREAM, 0.4)
    _sides(sheet)
    return sheet.finished()


def _sheds(sheet: Sheet) -> None:
    for x, width, height, wall in ((-30, 300, 170, p.BRICK), (520, 420, 150, p.RUST), (930, 250, 120, p.OX)):
        teeth = 4 if width > 300 else 3
        step = width / teeth
        sheet.rect(x, 560 - height, width, height, wall)
        for tooth in range(teeth):
            left = x + tooth * step
            roof = [(left, 560 - height), (left + step, 560 - height), (left + step, 560 - height - 62)]
            sheet.polygon(roof, p.mix(wall, p.NIGHT, 0.35))
            pane = [
                (left + step, 560 - height),
                (left + step, 560 - height - 62),
                (left + step - 9, 560 - height - 48),
            ]
            sheet.polygon([*pane, (left + step - 9, 560 - height)], p.CREAM)
        windows(
            sheet, x + 26, 590 - height, int(width // 62), 1, step=(62, 50), size=(34, 48),
            lit=p.GLOW, dark=p.NAVY, share=0.2, seed=int(width),
        )  # fmt: skip
        sheet.rect(x, 552, width, 8, p.mix(wall, p.NIGHT, 0.4))
    sheet.rect(290, 330, 34, 230, p.mix(p.BRICK, p.NIGHT, 0.25))
    sheet.rect(284, 322, 46, 12, p.OX)
    for number, (x, y, r) in enumerate(((312, 300, 20), (338, 276, 27), (376, 256, 34))):
        sheet.ellipse(x, y, r * 1.3, r * 0.8, p.WHITE, 0.4 - number * 0.08)


def _crane(sheet: Sheet, x: float, y: float, scale: float) -> None:
    """A harbour crane on four legs, its jib over the dock."""
    with sheet.at(x, y, scale):
        for foot in (-50, 46):
            sheet.line([(foot, 0), (foot * 0.55, -150)], IRON, 9)
        sheet.line([(-44, -30), (30, -140)], IRON, 4)
        sheet.line([(44, -30), (-30, -140)], IRON, 4)
        sheet.rect(-62, -4, 124, 8, IRON)
        sheet.rect(-48, -164, 96, 18, IRON)
        sheet.rect(-66, -226, 104, 62, p.RUST)
        sheet.polygon([(-72, -226), (44, -226), (30, -244), (-60, -244)], p.OX)
        sheet.rect(8, -214, 24, 26, p.GLOW)
        sheet.rect(-86, -210, 24, 38, IRON)
        tip = (226.0, -392.0)
        sheet.line([(26, -176), tip], IRON, 6)
        sheet.line([(4, -240), tip], IRON, 4)
        for step in range(1, 9):
            share = step / 9
            low = (26 + (tip[0] - 26) * share, -176 + (tip[1] + 176) * share)
            high = (4 + (tip[0] - 4) * (share - 0.06), -240 + (tip[1] + 240) * (share - 0.06))
            sheet.line([low, high], IRON, 2)
        sheet.line([(-30, -300), tip], IRON, 2)
        sheet.line([(-30, -244), (-30, -300), (-70, -226)], IRON, 4)
        sheet.line([tip, (226, -150)], IRON, 2)
        sheet.rect(219, -156, 14, 18, IRON)


def _far_wall(sheet: Sheet) -> None:
    sheet.rect(0, 556, 1600, 44, p.STONE)
    sheet.rect(0, 556, 1600, 7, p.CREAM)
    for x in range(-20, 1600, 74):
        sheet.rect(x, 563, 3, 18, p.mix(p.STONE, p.BARK, 0.35))
        sheet.rect(x + 37, 582, 3, 18, p.mix(p.STONE, p.BARK, 0.35))
    sheet.rect(0, 580, 1600, 2, p.mix(p.STONE, p.BARK, 0.35))
    for x in (140, 700, 880, 1420):
        sheet.rect(x, 542, 16, 15, p.NAVY)
        sheet.rect(x - 4, 538, 24, 6, p.NAVY)
    person(sheet, 790, 557, 50, p.NAVY)
    person(sheet, 816, 557, 46, p.DEEP, lean=2)


def _sides(sheet: Sheet) -> None:
    """The steps of stone on both sides, which the shipwrights once stood on."""
    for step in range(7):
        tone = p.mix(p.STONE, p.BARK, (0.1, 0.42)[step % 2] + 0.03 * step)
        far, far_next = 40 + step * 24, 64 + step * 24
        near, near_next = -420 + step * 84, -336 + step * 84
        sheet.polygon([(far, 600), (far_next, 600), (near_next, 900), (near, 900)], tone)
        right = [(1600 - far, 600), (1600 - far_next, 600), (1600 - near_next, 900), (1600 - near, 900)]
        sheet.polygon(right, p.mix(tone, p.NAVY, 0.25))
    for side in (
        [(0, 600), (40, 600), (-420, 900), (0, 900)],
        [(1600, 600), (1560, 600), (2020, 900), (1600, 900)],
    ):
        sheet.polygon(side, p.STONE)
    sheet.polygon([(0, 900), (0, 842), (1600, 856), (1600, 900)], p.mix(p.STONE, p.BARK, 0.45))
    sheet.polygon([(0, 842), (1600, 856), (1600, 866), (0, 853)], p.SAND)
    for x in (330, 760, 1190):
        sheet.line([(x, 858), (x + 10, 900)], p.BARK, 3)
    for x, y in ((190, 846), (1390, 854)):
        sheet.rect(x - 20, y - 48, 40, 52, p.NIGHT)
        sheet.ellipse(x, y - 50, 32, 10, p.NIGHT)
        sheet.ellipse(x, y - 52, 24, 5, p.SLATE)
    sheet.line([(190, 812), (120, 806), (0, 778)], p.SAND, 6)
