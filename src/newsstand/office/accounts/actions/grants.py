"""Giving and ending rights."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.accounts import queries
from newsstand.office.accounts.actions.closing import close_passes
from newsstand.office.accounts.models import Account, Grant
from newsstand.office.kit import audit, clock
from newsstand.office.kit.rows import update_each
from newsstand.rules.gate import facts


@dataclass(frozen=True, slots=True)
class Given:
    """Rights to a subject for a time. The same source and reference change their one grant."""

    account: Account
    subject: str
    rights: Iterable[str]
    from_at: datetime
    until: datetime | None
    grace_until: datetime | None
    source: str
    source_ref: str


def give_grant(
    *,
    account: Account,
    subject: str,
    rights: Iterable[str],
    from_at: datetime,
    until: datetime | None,
    grace_until: datetime | None,
    source: str,
    source_ref: str,
    by: str,
    now: datetime,
    why: str = "",
) -> Grant:
    """Give rights to a subject for a time. The same source and reference change their one grant.

    Where the change takes something away that held until now, the reader's passes are closed.
    """
    given = Given(account, subject, rights, from_at, until, grace_until, source, source_ref)
    return give_grants([given], by=by, now=now, why=why)[0]


def give_grants(givens: Sequence[Given], *, by: str, now: datetime, why: str = "") -> list[Grant]:
    """Give several at once, each by another source or reference."""
    with transaction.atomic():
        found = _all_locked(givens)
        changes = [_change(given, found.get((given.source, given.source_ref)), now) for given in givens]
        news = [row for row in changes if row.before != row.after]
        Grant.objects.bulk_create(row.grant for row in news if row.before is None)
        known = [row.grant for row in news if row.before is not None]
        update_each(known, _fields_of(news))
        audit.record_all(_deed(row, by, why, now) for row in news)
        for row in news:
            if row.takes_away:
                source = f"{row.grant.source}:{row.grant.source_ref}"
                for holder in row.holders:
                    close_passes(account=holder, by=by, why=f"grant {source} was changed", now=now)
    return [row.grant for row in changes]


@dataclass(frozen=True, slots=True)
class _Change:
    """A grant as it is about to be, and as it was."""

    grant: Grant
    before: dict[str, Any] | None
    after: dict[str, Any]
    holders: frozenset[Account]
    takes_away: bool


def _change(given: Given, found: Grant | None, now: datetime) -> _Change:
    grant = found if found is not None else Grant(source=given.source, source_ref=given.source_ref)
    if found is not None and found.account_id == given.account.pk:
        found.account = given.account
    holders = frozenset({given.account} if found is None else {given.account, found.account})
    before = _plain(found) if found is not None else None
    held = _held(found, now) if found is not None else frozenset()
    grant.account, grant.subject, grant.rights = given.account, given.subject, sorted(set(given.rights))
    grant.from_at, grant.until, grant.grace_until = given.from_at, given.until, given.grace_until
    takes_away = len(holders) > 1 or bool(held - _held(grant, now))
    return _Change(grant, before, _plain(grant), holders, takes_away)


def _fields_of(changes: Iterable[_Change]) -> list[str]:
    """The fields in which any of these grants changes, in the order of the table."""
    changed = {
        name
        for row in changes
        if row.before is not None
        for name in row.after
        if row.after[name] != row.before[name]
    }
    return [name for name in _FIELDS if name in changed] or ["until"]


_FIELDS = ("account", "subject", "rights", "from_at", "until", "grace_until")


def _deed(row: _Change, by: str, why: str, now: datetime) -> audit.Deed:
    subject = f"grant:{row.grant.source}:{row.grant.source_ref}"
    return audit.Deed(by, "give_grant", subject, now, row.before, row.after, why)


def _all_locked(givens: Sequence[Given]) -> dict[tuple[str, str], Grant]:
    sources, refs = {given.source for given in givens}, [given.source_ref for given in givens]
    rows = Grant.objects.select_for_update().filter(source__in=sources, source_ref__in=refs)
    return {(row.source, row.source_ref): row for row in rows.order_by("pk")}


def end_grant(
    *, source: str, source_ref: str, at: datetime, by: str, why: str, now: datetime
) -> Grant | None:
    """Let a grant end at a moment, and its grace with it; None where this source gave none.

    A grant that ends before that moment is left as it is. Passes are closed when the end has come already.
    """
    with transaction.atomic():
        grant = _locked(source, source_ref)
        if grant is None:
            return None
        before, held = _plain(grant), _held(grant, now)
        grant.grace_until = None
        if grant.until is None or grant.until > at:
            grant.until = max(at, grant.from_at)
        if before == _plain(grant):
            return grant
        grant.save(update_fields=["until", "grace_until"])
        _record(grant, "end_grant", before, _plain(grant), by=by, why=why, now=now)
        if held - _held(grant, now):
            close_passes(account=grant.account, by=by, why=why, now=now)
    return grant


def _locked(source: str, source_ref: str) -> Grant | None:
    rows = Grant.objects.select_for_update().filter(source=source, source_ref=source_ref)
    return rows.first()


def _held(grant: Grant, now: datetime) -> frozenset[tuple[str, str]]:
    """The rights with their subject that the grant gives now."""
    known, moment = queries.grant_facts(grant), clock.to_unix(now)
    return frozenset((known.subject, right) for right in known.rights if facts.holds(known, right, moment))


def _plain(grant: Grant) -> dict[str, Any]:
    """The grant as it stands in the audit log."""
    return {
        "account": grant.account.reader_id,
        "subject": grant.subject,
        "rights": grant.rights,
        "from_at": grant.from_at.isoformat(),
        "until": grant.until.isoformat() if grant.until is not None else None,
        "grace_until": grant.grace_until.isoformat() if grant.grace_until is not None else None,
    }


def _record(
    grant: Grant,
    verb: str,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    by: str,
    why: str,
    now: datetime,
) -> None:
    subject = f"grant:{grant.source}:{grant.source_ref}"
    audit.record(by=by, verb=verb, subject=subject, before=before, after=after, why=why, now=now)
