"""Entries in the ledger: what `rules/billing/ledger.py` says, booked once."""

from collections.abc import Iterable
from datetime import datetime

from newsstand.office.billing.models import Invoice, Transfer
from newsstand.rules.billing.ledger import Posting


def book(posting: Posting, *, invoice: Invoice, at: datetime) -> bool:
    """Book a transfer. False if it was booked before, or moves nothing."""
    if posting.money.amount == 0:
        return False
    row = {
        "debit": posting.debit,
        "credit": posting.credit,
        "amount": posting.money.amount,
        "currency": posting.money.currency,
        "reference": invoice.ref,
        "at": at,
    }
    return Transfer.objects.get_or_create(key=posting.key, defaults=row)[1]


def book_all(postings: Iterable[Posting], *, invoice: Invoice, at: datetime) -> bool:
    """Book several; whether any of them is new."""
    news = [book(posting, invoice=invoice, at=at) for posting in postings]
    return any(news)
