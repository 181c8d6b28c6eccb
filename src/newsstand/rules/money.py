"""Money: whole smallest units and a currency. Nothing here knows how an amount is shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_USUAL_EXPONENT: Final = 2
_EXPONENTS: Final = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"), 0
    ),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
_TYPED: Final = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<parts>[0-9]+))?")


class CurrencyMismatch(ValueError):
    """Amounts of two currencies were added or compared."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in the smallest unit of its currency: Money(199, "USD") is one dollar ninety-nine."""

    amount: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount) is not int:
            raise TypeError(f"{self.amount!r} is not a whole number of smallest units")
        code = self.currency
        if not (len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()):
            raise ValueError(f"{code!r} is not a currency's three capital letters")

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def read(cls, typed: str, currency: str) -> "Money":
        """An amount as a person types it, with point or comma: "1.5" and "1,50" of USD are 150, "2" is 200.

        Raises ValueError for anything else, and for digits that the currency does not have: "1.999" of USD.
        """
        zero = cls(0, currency)
        found = _TYPED.fullmatch(typed.strip())
        if found is None or len(found["parts"] or "") > zero.exponent:
            raise ValueError(f"{typed!r} is no amount of {currency}")
        return cls(int(found["whole"] + (found["parts"] or "").ljust(zero.exponent, "0")), currency)

    @property
    def typed(self) -> str:
        """As a person types it into a field, and as `read` takes it: 199 of USD is "1.99", 199 of JPY is "199"."""
        whole, parts = divmod(abs(self.amount), 10**self.exponent)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole}.{parts:0{self.exponent}d}" if self.exponent else f"{sign}{whole}"

    @property
    def exponent(self) -> int:
        """The digits after the point: 2 for USD, 0 for JPY, 3 for KWD."""
        return _EXPONENTS.get(self.currency, _USUAL_EXPONENT)

    def __add__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        if not isinstance(other, Money):
            return NotImplemented
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __mul__(self, times: int) -> "Money":
        if type(times) is not int:
            return NotImplemented
        return Money(self.amount * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def split(self, n: int) -> "list[Money]":
        """`n` parts that differ by one unit at most and add up, the larger first: 100 by 3 is 34, 33, 33."""
        if type(n) is not int or n < 1:
            raise ValueError(f"{n!r} is not a number of parts")
        return self.allocate([1] * n)

    def allocate(self, weights: Sequence[int]) -> "list[Money]":
        """Parts in proportion to whole weights that add up: 199 by 1 and 2 is 66 and 133.

        What rounding leaves goes, unit by unit, to the parts that lost most by it, the first of
        equals first. Raises ValueError for a weight below zero, or when no weight is above it.
        """
        if any(type(weight) is not int or weight < 0 for weight in weights) or not any(weights):
            raise ValueError(f"{list(weights)!r} are not weights")
        total = sum(weights)
        sign = -1 if self.amount < 0 else 1
        shares = [divmod(abs(self.amount) * weight, total) for weight in weights]
        parts = [whole for whole, _ in shares]
        missing = abs(self.amount) - sum(parts)
        by_loss = sorted(range(len(parts)), key=lambda i: -shares[i][1])
        for i in by_loss[:missing]:
            parts[i] += 1
        return [Money(sign * part, self.currency) for part in parts]

    def _same(self, other: "Money") -> int:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} are two currencies")
        return other.amount
