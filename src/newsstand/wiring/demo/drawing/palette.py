"""The inks that all pictures share, so that they look like prints from one workshop."""

Colour = tuple[int, int, int]
Stops = tuple[tuple[float, Colour], ...]
"""A gradient from top (0.0) to bottom (1.0)."""


def ink(code: str) -> Colour:
    """A colour from six hexadecimal digits."""
    return (int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16))


NIGHT = ink("0f1a2b")
NAVY = ink("182a40")
DUSK = ink("2c4258")
SLATE = ink("4b6272")
STEEL = ink("7d929a")
FOG = ink("b9c4bf")
MIST = ink("d9dcd0")
PAPER = ink("f6ecd8")
CREAM = ink("f2dfbd")
SAND = ink("dcbf8f")
OCHRE = ink("d39a45")
AMBER = ink("f2ae4a")
GLOW = ink("ffdf94")
PEACH = ink("f0b488")
CORAL = ink("df7f5c")
RUST = ink("b9502f")
BRICK = ink("8b3a2c")
OX = ink("5a2527")
PLUM = ink("4b3148")
TEAL = ink("2f6a70")
DEEP = ink("1b4551")
SEA = ink("5a989b")
FOAM = ink("cfe0d6")
SAGE = ink("9aa97c")
MOSS = ink("6c7f4c")
PINE = ink("33503f")
SPRUCE = ink("203a33")
EARTH = ink("5b4332")
BARK = ink("3a2b26")
STONE = ink("a99d8a")
WHITE = ink("fbf6ea")


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """A colour between two: share 0 is the first, 1 the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return (red, green, blue)


def between(stops: Stops, place: float) -> Colour:
    """The colour of a gradient at a place from 0 to 1."""
    below = stops[0]
    for stop in stops:
        if stop[0] >= place:
            span = stop[0] - below[0]
            return mix(below[1], stop[1], (place - below[0]) / span if span else 0.0)
        below = stop
    return stops[-1][1]
