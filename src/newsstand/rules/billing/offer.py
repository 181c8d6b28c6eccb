"""What an offer costs: ordered steps of prices, the last of which holds until the reader cancels."""

from dataclasses import dataclass

from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.money import Money

MOST_INTRO_PERIODS = (
    120  # an introduction that is longer is a mistype: nobody would live to see the full price
)


@dataclass(frozen=True, slots=True)
class OfferStep:
    """A price for a number of periods; `periods=None` means from here on."""

    price: Money
    periods: int | None


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A rhythm and its prices, checked when made (ValueError). $0.50 for 3 periods, then $1.99: two steps.

    The first price may be nothing: such a period is served without a charge.
    """

    rhythm: Rhythm
    steps: tuple[OfferStep, ...]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("an offer has at least one price")
        if len({step.price.currency for step in self.steps}) > 1:
            raise ValueError("an offer has one currency")
        if self.steps[-1].periods is not None:
            raise ValueError(
                "the last price of an offer holds until the reader cancels: its periods are None"
            )
        if any(step.periods is None or step.periods < 1 for step in self.steps[:-1]):
            raise ValueError("every price but the last holds for at least 1 period")
        if self.intro_periods > MOST_INTRO_PERIODS:
            raise ValueError(f"an introduction holds for {MOST_INTRO_PERIODS} periods at most")
        if any(step.price.amount < 0 for step in self.steps):
            raise ValueError("a price is not negative")
        if any(step.price.amount == 0 for step in self.steps[1:-1]):
            raise ValueError("only the first price of an offer may be nothing")
        if self.full_price.amount == 0:
            raise ValueError("the last price of an offer is more than nothing")

    @property
    def full_price(self) -> Money:
        """What is charged after all introductory steps."""
        return self.steps[-1].price

    @property
    def first_price(self) -> Money:
        return self.steps[0].price

    @property
    def intro_periods(self) -> int:
        """How many periods are charged before the full price: 0 for an offer of one price."""
        return sum(step.periods or 0 for step in self.steps)

    def next_charged(self, seq: int) -> int:
        """The first period from `seq` on that costs something. Free for 3 periods: 3 follows 0, 4 follows 4."""
        while self.price_of(seq).amount == 0:
            seq += 1
        return seq

    def price_of(self, seq: int) -> Money:
        """The price of period `seq`, counted from 0."""
        return self.steps[self.step_of(seq)].price

    def step_of(self, seq: int) -> int:
        """Which step period `seq` belongs to. Two periods at $0.50, then $1.99: period 2 belongs to step 1."""
        if seq < 0:
            raise ValueError(f"periods are counted from 0, not {seq}")
        passed = 0
        for number, step in enumerate(self.steps[:-1]):
            passed += step.periods or 0
            if seq < passed:
                return number
        return len(self.steps) - 1

    def first_of(self, step: int) -> int:
        """The first period of a step."""
        return sum(earlier.periods or 0 for earlier in self.steps[:step])

    def rises_at(self, step: int) -> bool:
        """Whether a period of this step costs more than one of the step before it."""
        return step > 0 and self.steps[step].price.amount > self.steps[step - 1].price.amount
