"""Each of the fifteen sentences finds the fault that is planted for it, and nothing in books that are right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from newsstand.rules.billing.books import Attempt, Book, Entry, Notice
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.billing.invariants import INVARIANTS, check
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.periods import DAY
from newsstand.rules.billing.price_notices import About, PriceNotice
from newsstand.rules.money import Money
from tests.proofs.world import MONTHLY, TERMS, World


def paid_three_times() -> tuple[Book, int]:
    world = World()
    world.play(("order", "pays"))
    for _ in range(2):
        world.play(("to_due",))
        world.play(("work",))
    book = world.book
    assert book is not None
    for number in range(3):
        world.play(("deliver", number))
    assert [row.status for row in book.invoices] == ["paid"] * 3
    return book, world.now + DAY


def test_right_books_break_nothing() -> None:
    book, now = paid_three_times()
    assert check(book, TERMS, now) == []


def _charge(book: Book) -> Entry:
    return next(entry for entry in book.entries.values() if entry.kind == "charge")


def gap(book: Book) -> None:
    book.invoices[2].seq = 3


def charged_twice(book: Book) -> None:
    book.entries["charge:memory:again"] = replace(_charge(book), key="charge:memory:again")


def not_booked(book: Book) -> None:
    del book.entries[_charge(book).key]


def free_reading(book: Book) -> None:
    assert book.access_until is not None
    book.access_until += DAY


def cut_short(book: Book) -> None:
    assert book.access_until is not None
    book.access_until -= 5 * DAY


def charged_after_cancel(book: Book) -> None:
    book.cancel_requested_at = book.attempts[-1].begun_at - 60


def another_price(book: Book) -> None:
    book.invoices[1].amount = book.invoices[1].agreed = 299


def mail_twice(book: Book) -> None:
    book.notices.append(Notice("ended", 0))
    book.notices.append(Notice("ended", 1))


def lost_unbooked(book: Book) -> None:
    ref = book.invoices[0].ref
    event = GatewayEvent("memory", "dp", Kind.DISPUTE_LOST, 0, ref, ref, Money(199, "USD"))
    book.events[event.key] = event


def too_much_back(book: Book) -> None:
    entry = _charge(book)
    for n in range(2):
        key = f"refund:memory:{n}"
        book.entries[key] = Entry(key, "refunds:news", "clearing:memory", 150, "USD", entry.reference, 0)


def no_agreement(book: Book) -> None:
    book.attempts[0].mandate = ""


def asked_a_lost_card(book: Book) -> None:
    first = book.attempts[0]
    first.cause, first.settled_at = DeclineClass.HARD, first.begun_at


def asked_too_often(book: Book) -> None:
    last = book.invoices[2].attempts[0]
    for n in range(2, 7):
        book.invoices[2].attempts.insert(
            0, replace(last, key=f"k{n}", status="declined", cause=DeclineClass.SOFT)
        )


def no_receipt(book: Book) -> None:
    book.notices = [notice for notice in book.notices if not notice.key.startswith("receipt:")]


def open_after_the_end(book: Book) -> None:
    book.state, book.ended_at = State.ENDED, book.created_at


def parked_and_charged(book: Book) -> None:
    book.parked_at = book.attempts[-1].begun_at - 1


def back_in_time(book: Book) -> None:
    book.attempts[-1].begun_at = book.created_at - 1


def forgotten(book: Book) -> None:
    book.next_action_at = None


def wrong_state(book: Book) -> None:
    book.state = State.PAST_DUE


def left_behind(book: Book) -> None:
    invoice = book.invoices[2]
    for n in (2, 3):
        invoice.attempts.append(Attempt(f"k{n}", invoice.ref, n, "m", "a", "merchant", 0, "unknown"))


def play_money(book: Book) -> None:
    entry = _charge(book)
    book.entries[entry.key] = replace(entry, debit="clearing:sandbox")


def told_too_late(book: Book) -> None:
    row = book.invoices[2]
    book.price_notices.append(PriceNotice(About.NEW_PRICE, 2, 299, row.starts_on - timedelta(days=29)))
    row.amount = row.agreed = 299


PLANTS: list[tuple[int, Callable[[Book], None]]] = [
    (1, gap),
    (1, charged_twice),
    (2, not_booked),
    (3, free_reading),
    (3, cut_short),
    (4, charged_after_cancel),
    (5, another_price),
    (5, told_too_late),
    (6, mail_twice),
    (6, lost_unbooked),
    (7, too_much_back),
    (8, no_agreement),
    (9, asked_a_lost_card),
    (9, asked_too_often),
    (10, no_receipt),
    (11, open_after_the_end),
    (12, parked_and_charged),
    (13, back_in_time),
    (14, forgotten),
    (14, wrong_state),
    (14, left_behind),
    (15, play_money),
]


@pytest.mark.parametrize(
    ("number", "plant"), PLANTS, ids=lambda value: getattr(value, "__name__", str(value))
)
def test_a_planted_fault_is_found(number: int, plant: Callable[[Book], None]) -> None:
    book, now = paid_three_times()
    plant(book)
    found = {violation.number for violation in check(book, TERMS, now, allows_sandbox=False)}
    assert number in found


def introduced() -> tuple[Book, int]:
    """Two periods at the introductory price, and one after it, of which the reader was reminded."""
    world = World(MONTHLY)
    world.play(("order", "pays"))
    for _ in range(3):
        world.play(("to_due",))
        world.play(("work",))
    book = world.book
    assert book is not None
    assert [row.amount for row in book.invoices] == [99, 99, 499]
    assert [row.seq for row in book.price_notices] == [2]
    return book, world.now + DAY


def not_reminded(book: Book) -> None:
    book.price_notices.clear()


def reminded_late(book: Book) -> None:
    told = book.price_notices[0]
    book.price_notices[0] = replace(told, on=told.on + timedelta(days=1))


def reminded_early(book: Book) -> None:
    told = book.price_notices[0]
    book.price_notices[0] = replace(told, on=told.on - timedelta(days=1))


def reminded_twice(book: Book) -> None:
    book.price_notices.append(replace(book.price_notices[0]))


@pytest.mark.parametrize("plant", [not_reminded, reminded_late, reminded_early, reminded_twice])
def test_an_introduction_that_ends_without_its_one_reminder_is_found(plant: Callable[[Book], None]) -> None:
    book, now = introduced()
    assert check(book, MONTHLY, now) == []
    plant(book)
    assert 10 in {violation.number for violation in check(book, MONTHLY, now)}


def test_every_sentence_has_a_plant() -> None:
    assert {number for number, _ in PLANTS} == set(INVARIANTS) == set(range(1, 16))
