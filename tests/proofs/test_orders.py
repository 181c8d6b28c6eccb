"""A gateway's news in every order, with repetitions, come to one state."""

import itertools
from random import Random
from typing import Any

from newsstand.rules.billing.books import Attempt, Book
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import check
from newsstand.rules.billing.memory.bank import NAME
from newsstand.rules.billing.periods import DAY
from newsstand.rules.money import Money
from tests.proofs.world import STARTS_AT, TERMS, World, name_of, summary

PRICE = Money(199, "USD")


def unheard(periods: int) -> tuple[World, Book]:
    """A running subscription of which every answer was lost: all that is known comes by the gateway's news."""
    world = World()
    world.play(("order", "pays"))
    book = world.book
    assert book is not None
    for seq in range(1, periods):
        invoice = world.engine._invoice_of(book, seq, STARTS_AT + seq * 28 * DAY)
        world.bank.open_charge(invoice.ref, 199, "USD")
        invoice.gateway = NAME
        invoice.attempts = [
            Attempt(f"k{seq}", invoice.ref, 1, book.method, "m", "merchant", invoice.opened_at, "unknown")
        ]
    world.now = STARTS_AT + periods * 28 * DAY
    return world, book


def told(kind: Kind, seq: int, thing: str = "", cents: int = 199) -> GatewayEvent:
    ref = f"{name_of(0).hex}-{seq}"
    return GatewayEvent(NAME, thing or ref, kind, STARTS_AT + seq * 28 * DAY, ref, ref, Money(cents, "USD"))


QUARTER = [
    told(Kind.CHARGE_SUCCEEDED, 0),
    told(Kind.CHARGE_FAILED, 1),
    told(Kind.CHARGE_SUCCEEDED, 1),
    told(Kind.REFUND_PENDING, 1, "re", 50),
    told(Kind.REFUND_SUCCEEDED, 1, "re", 50),
    told(Kind.CHARGE_SUCCEEDED, 2),
    told(Kind.DISPUTE_OPENED, 2, "dp"),
]


def heard(order: tuple[GatewayEvent, ...] | list[GatewayEvent], periods: int) -> dict[str, Any]:
    world, book = unheard(periods)
    for event in order:
        world.engine.hear(book, event, world.now)
    assert check(book, TERMS, world.now) == []
    return summary(book)


def test_all_orders_of_a_quarter_end_in_one_state() -> None:
    ends = []
    for order in itertools.permutations(QUARTER):
        end = heard([*order, order[0], order[3]], 3)
        if end not in ends:
            ends.append(end)
    assert len(ends) == 1
    assert ends[0]["moved"] == {
        "charge": 597,
        "refund": 50,
        "dispute": 199,
        "dispute_lost": 0,
        "dispute_won": 0,
    }
    assert [status for _, status, _ in ends[0]["invoices"]] == ["paid"] * 3
    assert ends[0]["receipts"] == 3


def test_2000_random_orders_of_a_year_end_in_one_state() -> None:
    year = [told(Kind.CHARGE_SUCCEEDED, seq) for seq in range(13)]
    year += [told(Kind.CHARGE_FAILED, seq) for seq in (3, 7, 11)]
    year += [told(Kind.DISPUTE_OPENED, 5, "dp"), told(Kind.DISPUTE_WON, 5, "dp")]
    year += [told(Kind.REFUND_SUCCEEDED, 8, "re", 100), told(Kind.REFUND_FAILED, 8, "re", 100)]
    chance, ends = Random(1), []
    for _ in range(2000):
        order = year + chance.choices(year, k=8)
        chance.shuffle(order)
        end = heard(order, 13)
        if end not in ends:
            ends.append(end)
    assert len(ends) == 1
    assert ends[0]["moved"]["charge"] == 13 * 199
    assert ends[0]["receipts"] == 13
