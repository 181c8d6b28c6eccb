"""Entries in the ledger: what `rules/billing/ledger.py` says, booked once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from newsstand.office.billing.models import Transfer
from newsstand.rules.billing.ledger import Posting


def book(posting: Posting, *, reference: str, at: datetime) -> bool:
    """Book a transfer. False if it was booked before, or moves nothing. A payout has no `reference`."""
    if posting.money.amount == 0:
        return False
    row = _values(posting, reference, at)
    return Transfer.objects.get_or_create(key=posting.key, defaults=row)[1]


def book_all(postings: Iterable[Posting], *, reference: str, at: datetime) -> bool:
    """Book several; whether any of them is new."""
    news = [book(posting, reference=reference, at=at) for posting in postings]
    return any(news)


def book_together(entries: Sequence[tuple[Posting, str, datetime]]) -> set[str]:
    """Book those that were not booked before and move something, each with its reference; returns their keys.

    The caller holds the sales. Should somebody book the same at this moment all the same, the key's constraint undoes
    all of it, and each is booked by itself.
    """
    moving = {entry[0].key: entry for entry in entries if entry[0].money.amount}
    known = set(Transfer.objects.filter(key__in=list(moving)).values_list("key", flat=True))
    news = {key: entry for key, entry in moving.items() if key not in known}
    Transfer.objects.bulk_create(Transfer(key=key, **_values(*entry)) for key, entry in news.items())
    return set(news)


def _values(posting: Posting, reference: str, at: datetime) -> dict[str, Any]:
    return {
        "debit": posting.debit,
        "credit": posting.credit,
        "amount": posting.money.amount,
        "currency": posting.money.currency,
        "reference": reference,
        "at": at,
    }
