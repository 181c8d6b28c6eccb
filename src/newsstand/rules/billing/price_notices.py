"""Prices that a reader has to hear of first: the one after an introduction, and one that changes later.

A price that was not told in time is not charged: the period costs what it would have cost without it. So a notice
that nobody wrote, since nobody was at work, is never the reader's loss.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.periods import Period, Rhythm, due_at, starts_on
from newsstand.rules.money import Money

REMINDER_DAYS = 7
NEW_PRICE_DAYS = 30


class About(StrEnum):
    INTRO_END = "intro_end"
    """A free or cheaper beginning is over: told 7 days ahead."""
    NEW_PRICE = "new_price"
    """The full price changes: told at least 30 days ahead."""


@dataclass(frozen=True, slots=True)
class PriceNotice:
    """What was told on a day: from period `seq` on, a period costs `amount`."""

    about: About
    seq: int
    amount: int
    on: date


def tell_by(anchor_on: date, rhythm: Rhythm, about: About, seq: int) -> date:
    """The last day on which the price of period `seq` can be told.

    Free until 20 December: 13 December. After a trial of 3 days: the day on which it began. A new price from
    20 December on: 20 November.
    """
    begins_on = starts_on(anchor_on, rhythm, seq)
    if about is About.NEW_PRICE:
        return begins_on - timedelta(days=NEW_PRICE_DAYS)
    return max(begins_on - timedelta(days=REMINDER_DAYS), starts_on(anchor_on, rhythm, seq - 1))


def told_in_time(notices: Iterable[PriceNotice], anchor_on: date, rhythm: Rhythm) -> tuple[PriceNotice, ...]:
    """Those that count."""
    return tuple(row for row in notices if row.on <= tell_by(anchor_on, rhythm, row.about, row.seq))


def planned_price(terms: OfferTerms, told: Iterable[PriceNotice], seq: int) -> Money:
    """What period `seq` costs if the reader is reminded in time: the offer's step, or the newest price told."""
    changed = [row for row in told if row.about is About.NEW_PRICE and row.seq <= seq]
    if not changed or seq < terms.intro_periods:
        return terms.price_of(seq)
    return Money(max(changed, key=lambda row: row.seq).amount, terms.full_price.currency)


def price_at(terms: OfferTerms, told: tuple[PriceNotice, ...], seq: int) -> Money:
    """What period `seq` costs, by what was told in time.

    Free for 2 periods, then $1.99: period 2 costs $1.99 if the reader was reminded of period 2, else nothing; and
    period 3 then costs $1.99 if they were reminded of that one.
    """
    last = len(terms.steps) - 1
    step = terms.step_of(seq)
    while step and terms.rises_at(step) and not _is_reminded(terms, told, step, seq):
        step -= 1
    return planned_price(terms, told, seq) if step == last else terms.steps[step].price


def to_remind_of(terms: OfferTerms, told: tuple[PriceNotice, ...], seq: int) -> Money | None:
    """The price that period `seq` costs only if the reader is reminded of it; None where no reminder is asked for."""
    if len(terms.steps) == 1:
        return None
    reminded = (*told, PriceNotice(About.INTRO_END, seq, 0, date.min))
    price = price_at(terms, reminded, seq)
    return price if price.amount > price_at(terms, told, seq).amount else None


def next_moment(
    terms: OfferTerms, told: tuple[PriceNotice, ...], due: Period, by: date, today: date, zone: str, ref: str
) -> int:
    """When something is next to be done for the period `due`: its reminder, which can be told until the day `by`,
    else its charge."""
    if today <= by and to_remind_of(terms, told, due.seq) is not None:
        return due_at(Period(due.seq, by, due.starts_on), zone, ref)
    return due_at(due, zone, ref)


def first_at_new_price(
    terms: OfferTerms,
    told: Iterable[PriceNotice],
    anchor_on: date,
    rhythm: Rhythm,
    next_seq: int,
    today: date,
) -> int | None:
    """The first period that a price told today can hold for; None while an earlier change is still to come.

    Told on 1 December, and periods begin on 20 December and 17 January: the one of 17 January. Never one of an
    introduction.
    """
    if any(row.about is About.NEW_PRICE and row.seq >= next_seq for row in told):
        return None
    seq = max(next_seq, terms.intro_periods)
    while tell_by(anchor_on, rhythm, About.NEW_PRICE, seq) < today:
        seq += 1
    return seq


def _is_reminded(terms: OfferTerms, told: Iterable[PriceNotice], step: int, seq: int) -> bool:
    first = terms.first_of(step)
    return any(row.about is About.INTRO_END and first <= row.seq <= seq for row in told)
