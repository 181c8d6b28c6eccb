"""Opening, naming and closing accounts."""

from datetime import datetime

from django.db import IntegrityError, transaction

from newsstand.office.accounts import queries
from newsstand.office.accounts.actions.closing import close_passes
from newsstand.office.accounts.models import Account
from newsstand.office.accounts.signals import account_closed, reader_renamed
from newsstand.office.kit import audit


def open_account(*, email: str, by: str, now: datetime) -> tuple[Account, bool]:
    """The account of a proven address, made if there is none; True beside it if it is new.

    `by` may be empty: then the reader opens it for themselves.
    """
    with transaction.atomic():
        found = queries.account_by_email(email)
        if found is not None:
            return found, False
        try:
            with transaction.atomic():
                account = Account.objects.create_user(email.strip().lower(), created_at=now)
        except IntegrityError:  # opened in another window at the same moment
            return Account.objects.get(email__iexact=email.strip()), False
        audit.record(
            by=by or account.actor, verb="open_account", subject=f"account:{account.reader_id}", now=now
        )
    return account, True


def rename(*, account: Account, name: str, by: str, now: datetime) -> str:
    """Give a reader another name; returns the one before. The log holds that it changed, not the names."""
    with transaction.atomic():
        row = Account.objects.select_for_update().get(pk=account.pk)
        before = row.name
        if before == name:
            return before
        row.name = name
        row.save(update_fields=["name"])
        audit.record(by=by, verb="rename", subject=f"account:{row.reader_id}", now=now)
        reader_renamed.send(Account, account=row)
    account.name = name
    return before


def close_account(*, account: Account, by: str, why: str, now: datetime) -> None:
    """Shut a reader out: no session and no pass of theirs works any more. Grants stay as they are."""
    with transaction.atomic():
        if _set_active(account, False):
            _record_active(account, by=by, why=why, now=now)
            follow_closing(account=account, by=by, why=why, now=now)


def follow_closing(*, account: Account, by: str, why: str, now: datetime) -> None:
    """After an account was closed, by whatever door: its passes go, and the other desks are told."""
    with transaction.atomic():
        close_passes(account=account, by=by, why=why, now=now)
        account_closed.send(Account, account=account, by=by, now=now)


def reopen_account(*, account: Account, by: str, why: str, now: datetime) -> None:
    """Let a reader in again who was shut out."""
    with transaction.atomic():
        if _set_active(account, True):
            _record_active(account, by=by, why=why, now=now)


def _set_active(account: Account, is_active: bool) -> bool:
    changed = Account.objects.filter(pk=account.pk).exclude(is_active=is_active).update(is_active=is_active)
    account.is_active = is_active
    return changed > 0


def _record_active(account: Account, *, by: str, why: str, now: datetime) -> None:
    verb = "reopen_account" if account.is_active else "close_account"
    before, after = {"is_active": not account.is_active}, {"is_active": account.is_active}
    subject = f"account:{account.reader_id}"
    audit.record(by=by, verb=verb, subject=subject, before=before, after=after, why=why, now=now)
