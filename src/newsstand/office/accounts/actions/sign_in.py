"""Signing in by a code: mailing one, and taking one that is typed.

Nobody is known yet while this happens, so these actions have no `by`. They follow real time, and they treat
every address alike: whether it has an account is asked only after its owner has proved to read its mail.
"""

import smtplib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from newsstand.office.accounts import queries
from newsstand.office.accounts.actions.person import open_account
from newsstand.office.accounts.models import Account, SignInCode
from newsstand.office.kit.language import in_language_of_publication
from newsstand.office.kit.queries import publication

KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many codes within a time."""

    codes: int
    within: timedelta


# A code has one million values and three tries, so this is how often a stranger may guess at an address.
ADDRESS_LIMITS = (Limit(5, timedelta(minutes=15)), Limit(20, timedelta(days=1)))
NETWORK_LIMITS = (Limit(40, timedelta(hours=1)),)


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way; the session keeps the id of its row."""

    code_id: int


@dataclass(frozen=True, slots=True)
class TooManyCodes:
    """No code was made; the next one may be asked for after so many minutes."""

    minutes: int


@dataclass(frozen=True, slots=True)
class MailFailed:
    """The mail could not be handed on; nothing is kept."""


@dataclass(frozen=True, slots=True)
class CodeAccepted:
    """Whose code it was. `is_new`: the account was opened just now."""

    account: Account
    is_new: bool


@dataclass(frozen=True, slots=True)
class CodeWrong:
    """Not the digits of the mail; so many tries are left, at least one."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class CodeOver:
    """This code works no more. `why`: too_old, too_many_tries, used, or account_closed."""

    why: str


def send_code(
    *, email: str, code: str, peer: str, replaces: int | None, real_now: datetime
) -> CodeSent | TooManyCodes | MailFailed:
    """Mail a code to an address. It works for ten minutes, in the browser that asked for it.

    `peer` is the network address that asks, `replaces` the code that this browser had before. The mail goes
    out here and not through the outbox, whose rows would keep the code in plain text.
    """
    email, network = email.strip().lower(), _network_of(peer, real_now)
    with transaction.atomic():
        wait = _wait_for(email, network, real_now)
        if wait > timedelta(0):
            return TooManyCodes(minutes=-(-wait // timedelta(minutes=1)))
        if replaces is not None:
            SignInCode.objects.filter(pk=replaces, over_at__isnull=True).update(over_at=real_now)
        row = SignInCode.objects.create(email=email, network=network, made_at=real_now)
        row.code_hash = _hash(row, code)
        row.save(update_fields=["code_hash"])
    try:
        _mail(email, code)
    except (smtplib.SMTPException, OSError):
        row.delete()
        return MailFailed()
    return CodeSent(row.pk)


def redeem_code(
    *, code_id: int, typed: str, real_now: datetime, now: datetime
) -> CodeAccepted | CodeWrong | CodeOver:
    """Take a code that is typed. The right one works once, and opens an account if the address has none."""
    with transaction.atomic():
        row = SignInCode.objects.select_for_update().get(pk=code_id)
        if (why := _over(row, real_now)) is not None:
            return CodeOver(why)
        row.tries += 1
        is_right = constant_time_compare(row.code_hash, _hash(row, typed))
        if is_right or row.tries >= queries.CODE_TRIES:
            row.over_at = real_now
        row.save(update_fields=["tries", "over_at"])
        if not is_right:
            tries_left = queries.CODE_TRIES - row.tries
            return CodeWrong(tries_left) if tries_left else CodeOver("too_many_tries")
        account, is_new = open_account(email=row.email, by="", now=now)
    return CodeAccepted(account, is_new) if account.is_active else CodeOver("account_closed")


def may_be_typed(row: SignInCode, *, real_now: datetime) -> bool:
    """Whether this code can still let somebody in."""
    return _over(row, real_now) is None


def forget_codes(*, real_now: datetime) -> None:
    """Forget codes that are older than a day, and with them who asked from where."""
    SignInCode.objects.filter(made_at__lt=real_now - KEPT_FOR).delete()


def _over(row: SignInCode, real_now: datetime) -> str | None:
    if row.tries >= queries.CODE_TRIES:
        return "too_many_tries"
    if row.over_at is not None:
        return "used"
    return "too_old" if real_now - row.made_at > queries.CODE_VALID_FOR else None


def _wait_for(email: str, network: str, real_now: datetime) -> timedelta:
    """How long until this address and this network may have another code; nothing if they may now."""
    waits = [
        _wait(queries.codes_since(real_now - limit.within, email=email), limit, real_now)
        for limit in ADDRESS_LIMITS
    ]
    if network:
        waits += [
            _wait(queries.codes_since(real_now - limit.within, network=network), limit, real_now)
            for limit in NETWORK_LIMITS
        ]
    return max(waits)


def _wait(made: list[datetime], limit: Limit, real_now: datetime) -> timedelta:
    if len(made) < limit.codes:
        return timedelta(0)
    return made[-limit.codes] + limit.within - real_now


def _network_of(peer: str, real_now: datetime) -> str:
    """A salted hash, another one each day, of the network that asks: an IPv4 address, or an IPv6 /56.

    Empty for an address of this machine: it belongs to a proxy in front and says nothing about who asks.
    """
    try:
        address: IPv4Address | IPv6Address = ip_address(peer)
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or ip_network((address, 56), strict=False).network_address
    if address.is_loopback:
        return ""
    day = real_now.date().isoformat()
    return salted_hmac("newsstand.sign-in.network", f"{day} {address}", algorithm="sha256").hexdigest()[:16]


def _hash(row: SignInCode, code: str) -> str:
    """Bound to its row, and made with the installation's key: a copy of the table alone tells no code."""
    return salted_hmac("newsstand.sign-in.code", f"{row.pk}:{code}", algorithm="sha256").hexdigest()


def _mail(email: str, code: str) -> None:
    paper = publication()
    context = {
        "publication": paper,
        "code": code,
        "minutes": int(queries.CODE_VALID_FOR / timedelta(minutes=1)),
    }
    with in_language_of_publication():
        message = EmailMultiAlternatives(
            subject=_("%(code)s is your code for %(publication)s")
            % {"code": code, "publication": paper.name},
            body=render_to_string("accounts/mail/sign_in_code.txt", context),
            to=[email],
        )
        message.attach_alternative(render_to_string("accounts/mail/sign_in_code.html", context), "text/html")
    message.send()
