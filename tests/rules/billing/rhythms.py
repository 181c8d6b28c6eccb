"""Reads the rhythms of the tables: "28 days", "1 month", "2 years"."""

from newsstand.rules.billing.periods import Rhythm, Unit

UNITS: dict[str, Unit] = {"day": "day", "month": "month", "year": "year"}


def rhythm(text: str) -> Rhythm:
    """ "28 days" as a Rhythm."""
    count, _, unit = text.partition(" ")
    return Rhythm(UNITS[unit.removesuffix("s")], int(count))
