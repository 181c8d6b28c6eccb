"""A sheet to draw on: larger inside than it comes out, so that every edge is smooth."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from PIL import Image, ImageChops, ImageDraw

from newsstand.wiring.demo.drawing.palette import Colour, Stops, between

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Paint = Callable[[ImageDraw.ImageDraw, list[Point]], object]

WIDTH, HEIGHT = 1600, 900
LARGER = 2  # how many times larger the sheet is inside, in each direction
GRAIN = 0.09  # how far the grain moves a value, as a share of the full range


class Sheet:
    """Drawn from back to front. All places and lengths are in pixels of the finished picture."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * LARGER, height * LARGER))
        self._draw = ImageDraw.Draw(self._image)
        self._place = (0.0, 0.0, 1.0)

    @contextmanager
    def at(self, x: float, y: float, scale: float = 1.0) -> Iterator[None]:
        """Within this block, places are counted from (x, y), and lengths are multiplied by `scale`."""
        before = self._place
        self._place = (before[0] + x * before[2], before[1] + y * before[2], before[2] * scale)
        try:
            yield
        finally:
            self._place = before

    # --- flat shapes ------------------------------------------------------------------------------------------

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: float = 1.0) -> None:
        """A filled shape; `alpha` below 1 lets what is behind it show through."""
        inside = self._inside(points)
        if alpha >= 1.0:
            self._draw.polygon(inside, fill=colour)
        else:
            self._paste(inside, lambda draw, at: draw.polygon(at, fill=round(255 * alpha)), colour)

    def rect(
        self, x: float, y: float, width: float, height: float, colour: Colour, alpha: float = 1.0
    ) -> None:
        """A rectangle by its upper left corner."""
        self.polygon(((x, y), (x + width, y), (x + width, y + height), (x, y + height)), colour, alpha)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: float = 1.0) -> None:
        """A filled circle."""
        self.ellipse(x, y, radius, radius, colour, alpha)

    def ellipse(self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float = 1.0) -> None:
        """A filled ellipse around its middle."""
        corners = self._inside(((x - rx, y - ry), (x + rx, y + ry)))
        if alpha >= 1.0:
            self._draw.ellipse(corners, fill=colour)
        else:
            self._paste(corners, lambda draw, at: draw.ellipse(at, fill=round(255 * alpha)), colour)

    def line(self, points: Sequence[Point], colour: Colour, width: float = 2.0, alpha: float = 1.0) -> None:
        """A line through the points, with round corners."""
        inside, thick = self._inside(points), max(1, round(width * self._place[2] * LARGER))
        if alpha >= 1.0:
            self._draw.line(inside, fill=colour, width=thick, joint="curve")
        else:

            def stroke(draw: ImageDraw.ImageDraw, at: list[Point]) -> None:
                draw.line(at, fill=round(255 * alpha), width=thick, joint="curve")

            self._paste(inside, stroke, colour, margin=thick)

    # --- light ------------------------------------------------------------------------------------------------

    def gradient(self, stops: Stops, box: Box | None = None) -> None:
        """Fill a box (the whole sheet if none is given) from top to bottom."""
        x0, y0, x1, y1 = box or (0, 0, self.width, self.height)
        size = (round((x1 - x0) * LARGER), round((y1 - y0) * LARGER))
        self._image.paste(_gradient(stops, size), (round(x0 * LARGER), round(y0 * LARGER)))

    def shaded(self, points: Sequence[Point], stops: Stops) -> None:
        """A shape filled with a gradient over its own height."""
        inside = self._inside(points)
        left, top, right, bottom = self._bounds(inside)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in inside], fill=255)
        self._image.paste(_gradient(stops, mask.size), (left, top), mask)

    def glow(self, x: float, y: float, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """Light around a place, full in the middle and gone at the radius."""
        inside = self._inside(((x - radius, y - radius), (x + radius, y + radius)))
        (left, top), (right, bottom) = ((round(a), round(b)) for a, b in inside)
        light = _HALO.resize((right - left, bottom - top), Image.Resampling.BILINEAR)
        self._image.paste(colour, (left, top), light.point([round(v * strength) for v in range(256)]))

    def beam(self, points: Sequence[Point], colour: Colour, near: float, far: float) -> None:
        """A shape of light whose strength goes from `near` at its top to `far` at its bottom."""
        inside = self._inside(points)
        left, top, right, bottom = self._bounds(inside)
        mask = Image.new("L", (right - left, bottom - top))
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in inside], fill=255)
        strength = _gradient(((0.0, _grey(near)), (1.0, _grey(far))), mask.size).getchannel(0)
        self._image.paste(colour, (left, top), ImageChops.multiply(mask, strength))

    # --- water ------------------------------------------------------------------------------------------------

    def mirror(
        self, y: float, bottom: float, tint: Stops, clear: float = 0.55, ripple: float = 5.0, seed: int = 1
    ) -> None:
        """Water from the line `y` down to `bottom`: what stands above it upside down, rippled and tinted.

        `clear` is how much of the mirrored picture is seen at the line; it fades towards the viewer.
        """
        top, height = round(y * LARGER), round((bottom - y) * LARGER)
        flipped = self._image.crop((0, max(0, top - height), self._image.width, top))
        flipped = flipped.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        water = _gradient(tint, (self._image.width, height))
        seen = _gradient(((0.0, _grey(clear)), (1.0, _grey(clear * 0.25))), (water.width, flipped.height))
        rows = _rippled(flipped, ripple * LARGER, random.Random(seed))
        water.paste(rows, (0, 0), seen.getchannel(0))
        self._image.paste(water, (0, top))

    # --- the print --------------------------------------------------------------------------------------------

    def finished(self, seed: int = 7) -> Image.Image:
        """The picture in its own size, with the grain of paper."""
        image = self._image.reduce(LARGER)
        chance = random.Random(seed)
        size = (image.width, image.height)
        first, second = (Image.frombytes("L", size, chance.randbytes(size[0] * size[1])) for _ in range(2))
        grain = Image.blend(first, second, 0.5).point([round(128 + (v - 128) * GRAIN) for v in range(256)])
        return ImageChops.soft_light(image, Image.merge("RGB", (grain, grain, grain)))

    def _inside(self, points: Sequence[Point]) -> list[Point]:
        """Places as they are on the larger sheet, after moving and scaling."""
        x, y, scale = self._place
        return [((x + px * scale) * LARGER, (y + py * scale) * LARGER) for px, py in points]

    def _bounds(self, inside: Sequence[Point]) -> tuple[int, int, int, int]:
        xs, ys = [x for x, _ in inside], [y for _, y in inside]
        return (
            max(0, int(min(xs))),
            max(0, int(min(ys))),
            min(self._image.width, int(max(xs)) + 1),
            min(self._image.height, int(max(ys)) + 1),
        )

    def _paste(self, inside: Sequence[Point], paint: Paint, colour: Colour, margin: int = 0) -> None:
        """Let `paint` draw a mask, and put the colour on through it."""
        left, top, right, bottom = self._bounds(inside)
        left, top = max(0, left - margin), max(0, top - margin)
        right, bottom = min(self._image.width, right + margin), min(self._image.height, bottom + margin)
        if right <= left or bottom <= top:
            return
        mask = Image.new("L", (right - left, bottom - top))
        paint(ImageDraw.Draw(mask), [(x - left, y - top) for x, y in inside])
        self._image.paste(colour, (left, top), mask)


def _grey(share: float) -> Colour:
    level = round(255 * share)
    return (level, level, level)


def _gradient(stops: Stops, size: tuple[int, int]) -> Image.Image:
    width, height = size
    column = Image.new("RGB", (1, height))
    column.putdata([between(stops, row / max(1, height - 1)) for row in range(height)])
    return column.resize((width, height), Image.Resampling.NEAREST)


def _rippled(image: Image.Image, ripple: float, chance: random.Random) -> Image.Image:
    """Rows shifted to the left and right, more so the further down they are."""
    moved = image.copy()
    top, phase = 0, 0.0
    while top < image.height:
        depth = top / image.height
        high = 2 + round(10 * depth * LARGER / 2)
        phase = 0.6 * phase + chance.uniform(-1, 1)
        shift = round(phase * ripple * (0.3 + 1.7 * depth))
        row = image.crop((0, top, image.width, min(image.height, top + high)))
        moved.paste(ImageChops.offset(row, shift, 0), (0, top))
        top += high
    return moved


def _halo() -> Image.Image:
    from_middle = Image.radial_gradient("L")  # 0 in the middle, 255 in the corners, 180 at the circle's rim
    return from_middle.point([round(255 * max(0.0, 1 - v / 179) ** 2) for v in range(256)])


_HALO = _halo()
