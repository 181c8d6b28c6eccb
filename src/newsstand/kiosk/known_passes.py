"""Passes whose signature was checked lately: the same reader comes back within minutes."""

from newsstand.rules.gate.passes import CLOCK_SKEW, Pass, open_pass
from newsstand.rules.gate.signing import KeyRing

MOST_KEPT = 2048
LONGEST_KEPT = 1024


class KnownPasses:
    """Opens passes; a token that this ring signed once is only asked for its time again."""

    def __init__(self, ring: KeyRing) -> None:
        self._ring = ring
        self._kept: dict[str, Pass] = {}

    def open(self, token: str, now: int) -> Pass | None:
        """As `open_pass`: None for what is forged, altered, over, or not begun."""
        known = self._kept.get(token)
        if known is not None:
            return known if known.issued_at - CLOCK_SKEW <= now < known.valid_until else None
        opened = open_pass(token, self._ring, now)
        if opened is not None and len(token) <= LONGEST_KEPT:
            if len(self._kept) >= MOST_KEPT:
                self._kept = {}
            self._kept[token] = opened
        return opened
