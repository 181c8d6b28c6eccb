"""Closing passes: what a reader carries is worth nothing from now on and must be renewed.

The board is written before the commit, so that a process that dies right after it leaves nothing open; right after
it; and once more by the worker. Each time the moment is that of the writing and not that of the change: a pass that
was made from the old rows while the change was being committed is younger than the change, and has to go too.
"""

from datetime import datetime
from functools import partial

from django.db import transaction

from newsstand.office.accounts.models import Account
from newsstand.office.kit import audit, clock, outbox, shelf

CLOSE_PASSES = "accounts.close_passes"
CLOSE_SESSION = "accounts.close_session"


def close_passes(*, account: Account, by: str, why: str, now: datetime) -> int:
    """Close every pass of a reader; returns the id of the outbox row that sees to it."""
    with transaction.atomic():
        subject = f"account:{account.reader_id}"
        audit.record(by=by, verb="close_passes", subject=subject, why=why, now=now)
        row = outbox.add(CLOSE_PASSES, {"reader": account.reader_id}, key=account.reader_id)
        _close_reader_now(account.reader_id)
        transaction.on_commit(partial(_close_reader_now, account.reader_id))
    return row


def close_session(*, session: str, by: str, now: datetime) -> int:
    """Close the pass of one session (16 hexadecimal characters), as signing out does."""
    with transaction.atomic():
        audit.record(by=by, verb="sign_out", subject=f"session:{session}", now=now)
        row = outbox.add(CLOSE_SESSION, {"session": session}, key=session)
        _close_session_now(session)
        transaction.on_commit(partial(_close_session_now, session))
    return row


def put_reader_on_board(reader: str, now: datetime) -> None:
    """Close on the board all passes that were issued to this reader until now."""
    moment = clock.to_unix(now)
    shelf.handle().board.close_reader(reader, moment, moment)


def put_session_on_board(session: str, now: datetime) -> None:
    """Close on the board all passes that were issued in this session until now."""
    moment = clock.to_unix(now)
    shelf.handle().board.close_session(session, moment, moment)


def _close_reader_now(reader: str) -> None:
    put_reader_on_board(reader, clock.now())


def _close_session_now(session: str) -> None:
    put_session_on_board(session, clock.now())
