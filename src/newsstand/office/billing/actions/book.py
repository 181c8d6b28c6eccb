"""Entries in the ledger: what `rules/billing/ledger.py` says, booked once."""

from collections.abc import Iterable
from datetime import datetime

from newsstand.office.billing.models import Transfer
from newsstand.rules.billing.ledger import Posting


def book(posting: Posting, *, reference: str, at: datetime) -> bool:
    """Book a transfer. False if it was booked before, or moves nothing. A payout has no `reference`."""
    if posting.money.amount == 0:
        return False
    row = {
        "debit": posting.debit,
        "credit": posting.credit,
        "amount": posting.money.amount,
        "currency": posting.money.currency,
        "reference": reference,
        "at": at,
    }
    return Transfer.objects.get_or_create(key=posting.key, defaults=row)[1]


def book_all(postings: Iterable[Posting], *, reference: str, at: datetime) -> bool:
    """Book several; whether any of them is new."""
    news = [book(posting, reference=reference, at=at) for posting in postings]
    return any(news)
