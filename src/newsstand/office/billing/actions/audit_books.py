"""The audit: fifteen sentences asked of every subscription and purchase, and what the whole ledger comes to."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Sum

from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.locking import locked_again
from newsstand.office.billing.gateways.sandbox import permit
from newsstand.office.billing.models import BooksAudit, Transfer
from newsstand.office.billing.queries.books import all_books, books_of
from newsstand.office.billing.queries.upkeep import sale_by_ref
from newsstand.office.kit import clock
from newsstand.rules.billing.invariants import Violation, check

SHOWN = 100
KEPT = 1_000


@dataclass(frozen=True, slots=True)
class Audited:
    """What one run found. `sales` counts subscriptions and purchases."""

    sales: int
    violations: tuple[Violation, ...]
    seconds: float


def audit_books(*, now: datetime) -> Audited:
    """Ask every sentence of every subscription and purchase; reads only."""
    began, count = clock.monotonic(), 0
    found: list[Violation] = list(_the_whole_ledger())
    sandbox = permit.is_allowed()
    for kept in all_books():
        count += 1
        if check(kept.book, kept.terms, clock.to_unix(now), allows_sandbox=sandbox):
            found += _again(kept.book.ref, sandbox)
    return Audited(count, tuple(found), clock.monotonic() - began)


def _again(ref: str, allows_sandbox: bool) -> list[Violation]:
    """Ask once more under the row's lock: what was read while somebody wrote may only have seemed wrong."""
    with transaction.atomic():
        sale = sale_by_ref(ref)
        if sale is None:
            return []
        kept = books_of(locked_again(sale))
        return check(kept.book, kept.terms, clock.unix(), allows_sandbox=allows_sandbox)


def audit_and_keep(*, now: datetime) -> BooksAudit:
    """Audit, keep the result for the staff's page, and tell staff when something does not hold that did before."""
    found = audit_books(now=now)
    with transaction.atomic():
        return _keep(found, now)


def _keep(found: Audited, now: datetime) -> BooksAudit:
    before = BooksAudit.objects.order_by("-pk").first()
    row = BooksAudit.objects.create(
        at=now,
        sales=found.sales,
        violations=len(found.violations),
        found=[[one.number, one.subscription, one.found] for one in found.violations[:SHOWN]],
        seconds=found.seconds,
    )
    if row.violations and (before is None or before.violations < row.violations):
        notices.tell_staff_of_audit(row.pk, [one.found for one in found.violations[:5]], now)
    BooksAudit.objects.filter(pk__lt=row.pk - KEPT).delete()
    return row


def _the_whole_ledger() -> list[Violation]:
    """Entries that belong to no invoice of ours, by reference; a payout belongs to none, and is none of them."""
    rows = Transfer.objects.filter(reference="").exclude(key__startswith="payout:")
    totals = rows.values("currency").annotate(sum=Sum("amount"), entries=Count("pk"))
    return [
        Violation(2, "", f"{row['entries']} entries over {row['sum']} {row['currency']} name no invoice")
        for row in totals
    ]
