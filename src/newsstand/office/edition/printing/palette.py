"""The publication's accent colour, made readable on light and on dark paper."""

import colorsys
from dataclasses import dataclass
from typing import Final

Rgb = tuple[float, float, float]

LIGHT_PAPER: Final = "#f6f4ee"  # the darker one of the two light grounds in site.css
DARK_PAPER: Final = "#1c2024"  # the lighter one of the two dark grounds
WHITE: Final = "#ffffff"
READABLE: Final = 4.5  # the contrast that WCAG 2.2 asks of text
RESTFUL: Final = 6.0  # on dark paper, where thin coloured letters are harder to read
_STEPS: Final = 50


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as `#rrggbb`: text and lines in the accent on light and dark paper, and a ground for white text."""

    on_light: str
    on_dark: str
    fill: str


def palette(accent: str) -> Palette:
    """The accent, no darker and no lighter than it must be to be read.

    `#0b5d6b` stays what it is on light paper and becomes a lighter blue-green on dark paper.
    """
    on_light = _shifted(accent, LIGHT_PAPER, READABLE, towards=0.0)
    on_dark = _shifted(accent, DARK_PAPER, RESTFUL, towards=1.0)
    return Palette(on_light, on_dark, fill=_shifted(accent, WHITE, READABLE, towards=0.0))


def contrast(first: str, second: str) -> float:
    """The contrast of two colours as WCAG counts it: 1 for the same colour, 21 for black on white."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _shifted(colour: str, ground: str, wanted: float, *, towards: float) -> str:
    """The colour with its lightness moved towards 0 or 1 until it can be read on the ground."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    for step in range(_STEPS + 1):
        moved = lightness + (towards - lightness) * step / _STEPS
        found = _hex(colorsys.hls_to_rgb(hue, moved, saturation))
        if contrast(found, ground) >= wanted:
            return found
    return _hex((towards, towards, towards))


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
