"""Giving and ending rights."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from newsstand.office.accounts import queries
from newsstand.office.accounts.actions.closing import close_passes
from newsstand.office.accounts.models import Account, Grant
from newsstand.office.kit import audit, clock
from newsstand.rules.gate import facts


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
    with transaction.atomic():
        found = _locked(source, source_ref)
        grant = found if found is not None else Grant(source=source, source_ref=source_ref)
        holders = {account, found.account} if found is not None else {account}
        before = _plain(found) if found is not None else None
        held = _held(found, now) if found is not None else frozenset()
        grant.account, grant.subject, grant.rights = account, subject, sorted(set(rights))
        grant.from_at, grant.until, grant.grace_until = from_at, until, grace_until
        after = _plain(grant)
        if before == after:
            return grant
        grant.save()
        _record(grant, "give_grant", before, after, by=by, why=why, now=now)
        if len(holders) > 1 or held - _held(grant, now):
            for holder in holders:
                close_passes(account=holder, by=by, why=f"grant {source}:{source_ref} was changed", now=now)
    return grant


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
