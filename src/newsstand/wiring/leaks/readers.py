"""The eight kinds of readers that walk: made for the walk, gone after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model

from newsstand.office.accounts.actions import close_account, give_grant, open_account
from newsstand.office.accounts.queries import products
from newsstand.rules.gate.facts import SITE, Level, Right
from newsstand.rules.gate.policy import Policy
from newsstand.wiring.leaks.walk import Walker

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account

BY: Final = "system"
PLACE: Final = "@walk.invalid"  # no mail can ever come to such an address
A_WALK: Final = 3600  # seconds: the sessions are over after it, whatever happens
A_MONTH: Final = timedelta(days=30)
PASSWORDS: Final = "django.contrib.auth.backends.ModelBackend"

CLOSED: Final = "closed"
"""The level of a story that is not public: a draft, under embargo, or taken down."""
OPEN: Final = frozenset({Level.FREE.value})
SIGNED_IN: Final = OPEN | {Level.REGISTERED.value}
EVERYTHING: Final = frozenset(level.value for level in Level)

READS: Final = {
    "stranger": OPEN,
    "stranger, meter spent": OPEN,
    "registered": SIGNED_IN,
    "registered, meter spent": SIGNED_IN,
    "subscriber": EVERYTHING,
    "former subscriber": SIGNED_IN,
    "guest": EVERYTHING,
    "staff": EVERYTHING | {CLOSED},
}
"""What each reader may read without the meter. Written out here, and not asked of the gate that is being tested."""


@contextmanager
def eight_readers(policy: Policy, now: datetime) -> Iterator[tuple[Walker, ...]]:
    """Strangers, and readers with accounts of their own that are taken away again at the end."""
    _take_away(now)
    try:
        yield (*_strangers(policy), *_with_accounts(policy, now))
    finally:
        _take_away(now)


def _strangers(policy: Policy) -> Iterator[Walker]:
    meter = policy.device_allowance
    yield Walker("stranger", READS["stranger"], meter, is_always_new=True)
    yield Walker("stranger, meter spent", READS["stranger, meter spent"], meter, spends=True)


def _with_accounts(policy: Policy, now: datetime) -> Iterator[Walker]:
    meter = policy.reader_allowance
    for name in ("registered", "registered, meter spent", "former subscriber"):
        account = _account(now)
        if name == "former subscriber":
            _give(account, _all_products(), now - 2 * A_MONTH, now - A_MONTH, now)
        spends = name.endswith("spent")
        yield Walker(name, READS[name], meter, spends=spends, cookies=_session(account))
    for name, subjects in (("subscriber", _all_products()), ("guest", [SITE])):
        account = _account(now)
        _give(account, subjects, now - A_MONTH, now + A_MONTH, now)
        yield Walker(name, READS[name], cookies=_session(account))
    account = _account(now)
    account.is_staff = True
    account.save(update_fields=["is_staff"])
    yield Walker("staff", READS["staff"], cookies=_session(account))


def _account(now: datetime) -> "Account":
    account, _is_new = open_account(email=token_hex(16) + PLACE, by=BY, now=now)
    return account


def _all_products() -> list[str]:
    return [f"product:{code}" for code, _name in products()]


def _give(account: "Account", subjects: list[str], from_at: datetime, until: datetime, now: datetime) -> None:
    for subject in subjects:
        give_grant(
            account=account,
            subject=subject,
            rights=[Right.READ, Right.AD_FREE],
            from_at=from_at,
            until=until,
            grace_until=None,
            source="walk",
            source_ref=f"{account.reader_id}:{subject}"[:80],
            by=BY,
            now=now,
        )


def _session(account: "Account") -> dict[str, str]:
    """The cookie of a session that was begun for this account."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = PASSWORDS
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store.set_expiry(A_WALK)
    store.create()
    return {settings.SESSION_COOKIE_NAME: store.session_key}


def _take_away(now: datetime) -> None:
    """Shut out and delete every account of a walk, also of one that was broken off."""
    for account in get_user_model().objects.filter(email__endswith=PLACE):
        close_account(account=account, by=BY, why="the walk is over", now=now)
        account.delete()
