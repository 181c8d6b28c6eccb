"""Questions about accounts: who somebody is, what they may, which code waits to be typed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest

from newsstand.office.accounts.models import Account, Grant, Product, SignInCode
from newsstand.office.kit import clock
from newsstand.office.kit.registry import registry
from newsstand.rules.gate import facts

CODE_VALID_FOR = timedelta(minutes=10)
CODE_TRIES = 3
ENDED_IN_A_PASS = 3  # grants that are over, at most, in the pass of a reader whose payment failed


def account_by_email(email: str) -> Account | None:
    """The account of an address, compared letter by letter in lower case.

    The database's own comparison without case takes letters of other alphabets for each other, so that
    whoever owns a look-alike address would be let into the account.
    """
    wanted = email.strip().lower()
    found = Account.objects.annotate(lower_email=Lower("email")).filter(lower_email=wanted).first()
    return found if found is not None and found.email.lower() == wanted else None


def account_by_reader_id(reader_id: str) -> Account | None:
    """The account whose public id is these 32 hexadecimal characters; None for anything else."""
    try:
        public_id = UUID(hex=reader_id)
    except ValueError:
        return None
    return Account.objects.filter(public_id=public_id).first()


class NobodySignedIn(LookupError):
    """A view asked for the reader of a request that has none; it forgot to demand signing in."""


def account_of(request: HttpRequest) -> Account:
    """The account that is signed in; for views that demand one."""
    if not isinstance(request.user, Account):
        raise NobodySignedIn(request.path)
    return request.user


def loses_rights(account: Account) -> bool:
    """Whether saving this account would close it, or take it out of the staff."""
    flags = ("is_active", "is_staff", "is_superuser")
    kept = Account.objects.filter(pk=account.pk).values(*flags).first()
    return kept is not None and any(kept[flag] and not getattr(account, flag) for flag in flags)


def account_ids(reader_ids: Collection[str]) -> dict[str, int]:
    """The row ids of accounts by the readers' public ids; who has left is left out."""
    found = Account.objects.filter(public_id__in=[UUID(hex=one) for one in reader_ids])
    return {public_id.hex: pk for public_id, pk in found.values_list("public_id", "pk")}


def who(actor: str) -> str:
    """Whom an actor of the audit log means: a name or address while the account is there, else as it is written."""
    kind, _, reader_id = actor.partition(":")
    account = account_by_reader_id(reader_id) if kind in ("staff", "reader") else None
    return account.get_full_name() if account is not None else actor


def names(account_ids: set[int]) -> dict[int, str]:
    """The names of accounts by their row ids; empty where a reader has given none."""
    return dict(Account.objects.filter(pk__in=account_ids).values_list("pk", "name"))


def grants_of(account: Account) -> QuerySet[Grant]:
    """All grants of an account, the newest first, those that are over included."""
    return Grant.objects.filter(account=account).order_by("-from_at", "-pk")


def grants_from(source: str, refs: list[str]) -> dict[str, Grant]:
    """The grants of a source by their references."""
    return {row.source_ref: row for row in Grant.objects.filter(source=source, source_ref__in=refs)}


def products() -> list[tuple[str, str]]:
    """The codes and names of all products, for a form to choose from."""
    return list(Product.objects.order_by("name").values_list("code", "name"))


def running_grants(account: Account, now: datetime) -> QuerySet[Grant]:
    """The grants that hold now, grace included, the newest first."""
    has_begun = Q(from_at__lte=now)
    is_running = Q(until__isnull=True) | Q(until__gt=now) | Q(grace_until__gt=now)
    return Grant.objects.filter(has_begun & is_running, account=account).order_by("-from_at", "-pk")


def grant_facts(grant: Grant) -> facts.Grant:
    """A grant as the gate sees it."""
    return facts.Grant(
        subject=grant.subject,
        rights=frozenset(grant.rights),
        from_at=clock.to_unix(grant.from_at),
        until=clock.to_unix(grant.until) if grant.until is not None else None,
        grace_until=clock.to_unix(grant.grace_until) if grant.grace_until is not None else None,
        source=grant.source,
    )


def reader_facts(account: Account, now: datetime) -> facts.ReaderFacts:
    """What the gate may know about this reader: the grants that hold now, and billing's word, if any.

    Grants of single articles stand last, so that a pass that has too many loses those. Of who failed to pay,
    the grants stand there that ended so: the gate must know what a mended card would open again.
    """
    grants = sorted(running_grants(account, now), key=lambda grant: grant.subject.startswith("article:"))
    states = (state(account, now) for state in registry.reader_states)
    state = next((state for state in states if state), facts.ReaderState.NOTHING)
    if state == facts.ReaderState.PAYMENT_FAILED:
        grants += _ended_in_grace(account, now)
    return facts.ReaderFacts(
        id=account.reader_id,
        is_staff=account.works_here,
        created_at=clock.to_unix(account.created_at),
        grants=tuple(grant_facts(grant) for grant in grants),
        state=state,
    )


def _ended_in_grace(account: Account, now: datetime) -> list[Grant]:
    """The last grants whose grace is over."""
    ended = Grant.objects.filter(account=account, until__lte=now, grace_until__lte=now)
    return list(ended.order_by("-grace_until", "-pk")[:ENDED_IN_A_PASS])


def waiting_code(code_id: int | None) -> SignInCode | None:
    """The code that was mailed in this session, whether or not it can still be used."""
    return SignInCode.objects.filter(pk=code_id).first() if code_id is not None else None


def codes_since(moment: datetime, *, email: str = "", network: str = "") -> list[datetime]:
    """When codes were made since a moment for this address, or from this network; the oldest first."""
    made = SignInCode.objects.filter(made_at__gt=moment)
    made = made.filter(email=email) if email else made.filter(network=network)
    return list(made.order_by("made_at").values_list("made_at", flat=True))
