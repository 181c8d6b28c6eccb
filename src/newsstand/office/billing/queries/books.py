"""The tables as the rules' books: what the audit, the rebuilding and the proofs ask the fifteen sentences about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from newsstand.office.accounts.queries import grants_from
from newsstand.office.billing.models import (
    Attempt,
    GatewayEvent,
    Invoice,
    Purchase,
    Subscription,
    Transfer,
)
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.kit import clock
from newsstand.office.kit.queries import notices_among, payloads_open
from newsstand.rules.billing import books
from newsstand.rules.billing import gateway_events as told
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.lifecycle import EndReason, State
from newsstand.rules.billing.offer import OfferTerms
from newsstand.rules.billing.price_notices import price_at
from newsstand.rules.money import Money

PORTION = 200
WAITS = {"billing.refund_charge": "refund", "billing.call_off_charge": "call_off"}
RECEIPT = "billing.receipt:"


@dataclass(frozen=True, slots=True)
class Kept:
    """The books of a sale and the prices that were agreed."""

    book: books.Book
    terms: OfferTerms


def all_books() -> Iterator[Kept]:
    """The books of every subscription and purchase that this house bills, in portions, so that memory stays flat."""
    yield from _portions(
        _with_rows(Subscription.objects.filter(engine=Engine.OWN)).prefetch_related("price_notices")
    )
    yield from _portions(_with_rows(Purchase.objects.all()))


def _portions(rows: QuerySet[Any]) -> Iterator[Kept]:
    last = 0
    while portion := list(rows.filter(pk__gt=last).order_by("pk")[:PORTION]):
        yield from _books(portion)
        last = portion[-1].pk


def books_of(sale: Subscription | Purchase) -> Kept:
    """The books of one sale."""
    rows = type(sale)._default_manager.filter(pk=sale.pk)
    return next(iter(_books(list(_with_rows(rows)))))


def _with_rows(rows: QuerySet[Any]) -> QuerySet[Any]:
    attempts = Attempt.objects.select_related("payment_method").order_by("n")
    invoices = Invoice.objects.order_by("pk")
    return rows.select_related("offer", "payment_method").prefetch_related(
        "offer__steps",
        Prefetch("invoices", invoices.prefetch_related(Prefetch("attempts", attempts))),
    )


def _books(portion: Sequence[Subscription | Purchase]) -> Iterator[Kept]:
    invoices = [invoice for row in portion for invoice in row.invoices.all()]
    owner = {invoice.ref: invoice for invoice in invoices}
    entries = _by_reference(Transfer.objects.filter(reference__in=list(owner)))
    charges = {invoice.charge_ref: invoice.ref for invoice in invoices if invoice.charge_ref}
    events = _events(list(owner), charges)
    written = notices_among([RECEIPT + ref for ref in owner])
    waiting = _waiting({invoice.pk: invoice.ref for invoice in invoices})
    grants = grants_from(portion[0].kind, [row.ref for row in portion])
    for row in portion:
        book = _book(row)
        refs = [invoice.ref for invoice in book.invoices]
        for ref in refs:
            book.entries.update((entry.key, entry) for entry in entries.get(ref, ()))
            book.events.update((event.key, event) for event in events.get(ref, ()))
            if RECEIPT + ref in written:
                at = clock.to_unix(written[RECEIPT + ref])
                book.notices.append(books.Notice(f"receipt:{ref}", at))
        book.waiting = [(what, ref) for what, ref in waiting if ref in set(refs)]
        grant = grants.get(row.ref)
        if grant is not None:
            book.access_until, book.grace_until = _unix(grant.until), _unix(grant.grace_until)
        yield Kept(book, row.terms)


def _book(row: Subscription | Purchase) -> books.Book:
    book = books.Book(row.ref, row.anchor_on, row.rhythm, clock.to_unix(row.created_at))
    book.state = State(row.state)
    book.end_reason = EndReason(row.end_reason) if row.end_reason else None
    book.started_at, book.ended_at = _unix(row.started_at), _unix(row.ended_at)
    if isinstance(row, Purchase):
        book.renews, book.paid_until = False, _unix(row.reads_until)
    else:
        book.next_seq = row.next_seq
        book.price_notices = [notice.plain for notice in row.price_notices.all()]
        book.cancel_requested_at, book.cancel_at = _unix(row.cancel_requested_at), _unix(row.cancel_at)
        book.kept_at = _unix(row.kept_at)
    book.parked_at, book.next_action_at = _unix(row.parked_at), _unix(row.next_action_at)
    book.method = row.payment_method.token if row.payment_method is not None else ""
    terms, told = row.terms, book.told
    book.invoices = [
        _invoice(invoice, price_at(terms, told, invoice.seq).amount) for invoice in row.invoices.all()
    ]
    return book


def _invoice(row: Invoice, agreed: int) -> books.Invoice:
    made = books.Invoice(
        row.ref,
        row.seq,
        row.starts_on,
        row.ends_on,
        row.amount,
        row.currency,
        agreed,
        clock.to_unix(row.opened_at),
        row.status,
        row.void_reason,
        _unix(row.paid_at),
        row.gateway,
    )
    made.attempts = [_attempt(attempt, row.ref) for attempt in row.attempts.all()]
    return made


def _attempt(row: Attempt, ref: str) -> books.Attempt:
    return books.Attempt(
        row.key.hex,
        ref,
        row.n,
        row.payment_method.token,
        row.payment_method.mandate_ref,
        row.initiator,
        clock.to_unix(row.begun_at),
        row.status,
        DeclineClass(row.cause) if row.cause else None,
        _unix(row.settled_at),
        _unix(row.lease_until),
        row.sends,
    )


def _by_reference(rows: QuerySet[Transfer]) -> dict[str, list[books.Entry]]:
    found: dict[str, list[books.Entry]] = {}
    for row in rows.order_by("pk"):
        entry = books.Entry(
            row.key, row.debit, row.credit, row.amount, row.currency, row.reference, clock.to_unix(row.at)
        )
        found.setdefault(row.reference, []).append(entry)
    return found


def _events(refs: list[str], charges: dict[str, str]) -> dict[str, list[told.GatewayEvent]]:
    """What was told, by invoice: by our reference, or by the charge where a refund or dispute names only that."""
    ours, found = set(refs), dict[str, list[told.GatewayEvent]]()
    by_ref = GatewayEvent.objects.filter(ref__in=refs)
    by_charge = GatewayEvent.objects.filter(charge_id__in=list(charges)).exclude(ref__in=refs)
    for row in (*by_ref.order_by("pk"), *by_charge.order_by("pk")):
        ref = row.ref if row.ref in ours else charges[row.charge_id]
        money = Money(row.amount, row.currency) if row.amount is not None else None
        event = told.GatewayEvent(
            row.gateway,
            row.object_id,
            told.Kind(row.kind),
            clock.to_unix(row.at),
            row.charge_id,
            ref,
            money,
            row.code,
            DeclineClass(row.cause) if row.cause else None,
        )
        found.setdefault(ref, []).append(event)
    return found


def _waiting(refs: dict[int, str]) -> list[tuple[str, str]]:
    rows = payloads_open(list(WAITS))
    return [(WAITS[topic], refs[payload["invoice"]]) for topic, payload in rows if payload["invoice"] in refs]


def _unix(moment: datetime | None) -> int | None:
    return clock.to_unix(moment) if moment is not None else None
