"""A reader's pass: made from the rows of now, put into a cookie, renewed while the office's session lives."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.http import HttpResponse

from newsstand.office.accounts import queries
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock, shelf
from newsstand.rules.gate.facts import ReaderFacts
from newsstand.rules.gate.passes import KeyRing, Pass, TokenTooLong, open_pass, pass_for, seal_pass

PASS_COOKIE = "newsstand_pass"
VISIT_COOKIE = "newsstand_visit"


@cache
def key_ring() -> KeyRing:
    """The keys of this installation's passes and visits."""
    return KeyRing(settings.PASS_KEYS)


def session_mark(session_key: str) -> str:
    """What a pass says of its session: enough to close it, useless for taking it over."""
    return sha256(session_key.encode()).hexdigest()[:16]


def issue(account: Account, session_key: str, now: datetime) -> str:
    """A fresh pass for a signed-in reader, signed.

    The board is read before the rows: what was closed by then is in the rows already, so that a pass made
    in the very second of a closing may be dated one second after it and holds at once.
    """
    board, session = shelf.handle().board.read(), session_mark(session_key)
    closed = max(board.closed_readers.get(account.reader_id, 0), board.closed_sessions.get(session, 0))
    moment = max(clock.to_unix(now), closed + 1)
    return _sealed(queries.reader_facts(account, now), session, moment)


def renew(cookies: Mapping[str, str]) -> str | None:
    """A fresh pass for whoever holds these cookies; None if no live session of an active account is among them."""
    session_key = cookies.get(settings.SESSION_COOKIE_NAME)
    if not session_key:
        return None
    session = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    account = auth.get_user(_with_session(session))
    if not isinstance(account, Account) or session.session_key is None:
        return None
    return issue(account, session.session_key, clock.now())


def is_fresh(token: str | None, account: Account, session_key: str, now: datetime) -> bool:
    """Whether this token is a pass of this reader and session that need not be renewed yet."""
    moment = clock.to_unix(now)
    carried = open_pass(token, key_ring(), moment) if token else None
    if (
        carried is None
        or carried.reader.id != account.reader_id
        or carried.session != session_mark(session_key)
    ):
        return False
    if shelf.handle().board.read().has_closed(carried.reader.id, carried.session, carried.issued_at):
        return False
    return moment < carried.renew_after


def set_cookie(response: HttpResponse, token: str, max_age: int) -> None:
    """Let an answer carry a pass, for as long as its session lasts."""
    response.set_cookie(
        PASS_COOKIE, token, max_age=max_age, secure=settings.IS_HTTPS, httponly=True, samesite="Lax"
    )


def clear_cookie(response: HttpResponse) -> None:
    """Let an answer take the pass away."""
    response.delete_cookie(PASS_COOKIE, samesite="Lax")


def _with_session(session: Any) -> Any:
    """What Django asks for when it wants to know whose session this is: a request, of which it reads only this."""
    return SimpleNamespace(session=session)


def _sealed(reader: ReaderFacts, session: str, moment: int) -> str:
    """The signed pass. What doesn't fit into a cookie is left out from the end, where the narrowest grants stand."""
    for count in range(min(len(reader.grants), 255), -1, -1):
        carried: Pass = pass_for(replace(reader, grants=reader.grants[:count]), session, moment)
        try:
            return seal_pass(carried, key_ring())
        except TokenTooLong:
            continue
    raise TokenTooLong(reader.id)
