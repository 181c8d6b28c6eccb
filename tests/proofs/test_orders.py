"""A gateway's news in every order, with repetitions, come to one state."""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from random import Random
from typing import Any

import pytest

from newsstand.rules.billing.books import Attempt, Book
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import check
from newsstand.rules.billing.memory.bank import NAME
from newsstand.rules.billing.memory.engine import Engine
from newsstand.rules.billing.periods import DAY
from newsstand.rules.money import Money
from tests.proofs.world import STARTS_AT, TERMS, Died, World, name_of, whole

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


YEAR = [
    *(told(Kind.CHARGE_SUCCEEDED, seq) for seq in range(13)),
    *(told(Kind.CHARGE_FAILED, seq) for seq in (3, 7, 11)),
    told(Kind.DISPUTE_OPENED, 5, "dp"),
    told(Kind.DISPUTE_WON, 5, "dp"),
    told(Kind.REFUND_SUCCEEDED, 8, "re", 100),
    told(Kind.REFUND_FAILED, 8, "re", 100),
]


def heard(order: Sequence[GatewayEvent], periods: int, deaths: frozenset[int] = frozenset()) -> Book:
    """The books after this news. Whoever dies over a piece of it gets it again, at the end."""
    world, book = unheard(periods)
    waiting = list(order)
    for number, event in enumerate(waiting):
        world.dies_at = "event_not_recorded" if number in deaths else ""
        try:
            world.engine.hear(book, event, world.now)
        except Died:
            waiting.append(event)
    return book


def ends(orders: Iterable[Sequence[GatewayEvent]], periods: int, chance: Random) -> list[dict[str, Any]]:
    """The different states to which orders lead, some pieces of news being heard twice."""
    found: list[dict[str, Any]] = []
    for order in orders:
        twice = chance.choices(order, k=2)
        deaths = frozenset(chance.sample(range(len(order)), k=2))
        book = heard([*order, *twice], periods, deaths)
        end = {**whole(book), "broken": check(book, TERMS, STARTS_AT + periods * 28 * DAY)}
        if end not in found:
            found.append(end)
    return found


def shuffled(count: int, chance: Random) -> Iterator[list[GatewayEvent]]:
    for _ in range(count):
        order = YEAR + chance.choices(YEAR, k=8)
        chance.shuffle(order)
        yield order


def test_all_orders_of_a_quarter_end_in_one_state() -> None:
    (end,) = ends(itertools.permutations(QUARTER), 3, Random(1))
    assert end["broken"] == []
    assert end["moved"] == {"charge": 597, "refund": 50, "dispute": 199, "dispute_lost": 0, "dispute_won": 0}
    assert [status for _, status, _ in end["invoices"]] == ["paid"] * 3
    assert end["receipts"] == 3


def test_2000_random_orders_of_a_year_end_in_one_state() -> None:
    chance = Random(1)
    (end,) = ends(shuffled(2000, chance), 13, chance)
    assert end["broken"] == []
    assert end["moved"]["charge"] == 13 * 199
    assert end["receipts"] == 13


def believes_the_last_news(engine: Engine, book: Book, event: GatewayEvent, now: int) -> None:
    """As one would write it at first: each piece of news sets what it speaks of."""
    invoice = book.invoice(event.ref)
    assert invoice is not None
    if event.kind is Kind.CHARGE_FAILED:
        invoice.status, invoice.paid_at = "open", None
    elif event.kind is Kind.CHARGE_SUCCEEDED:
        invoice.status, invoice.paid_at = "paid", now


def asks_whether_it_is_paid(engine: Engine, book: Book, event: GatewayEvent, now: int) -> None:
    """Forgets that a refund proves the charge that is still on its way."""
    invoice = book.invoice(event.ref)
    if event.kind.thing == "charge" or (invoice is not None and invoice.status == "paid"):
        HEAR(engine, book, event, now)


HEAR = Engine.hear


@pytest.mark.parametrize("fault", [believes_the_last_news, asks_whether_it_is_paid])
def test_an_engine_that_minds_the_order_is_noticed(monkeypatch: pytest.MonkeyPatch, fault: Any) -> None:
    monkeypatch.setattr(Engine, "hear", fault)
    chance = Random(1)
    assert len(ends(itertools.islice(itertools.permutations(QUARTER), 0, 5040, 50), 3, chance)) > 1
    assert len(ends(shuffled(20, chance), 13, chance)) > 1
