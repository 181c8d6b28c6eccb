"""What happens when the access rules change."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from newsstand.office.access import queries
from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.signals import policy_changed
from newsstand.office.kit import audit, clock, outbox, shelf
from newsstand.office.kit import queries as kit
from newsstand.office.kit.queries import NoPublication
from newsstand.rules.gate.policy import PolicyError

TOPIC = "access.policy"
SUBJECT = "access"
PLACE = "//policy"  # no page's: its slashes are doubled
OPEN_HOUSE = ("open_until", "open_section")


class NoSuchVersion(LookupError):
    """The audit log has no such change of the access rules."""


@transaction.atomic
def change_policy(*, row: AccessPolicy, by: str, now: datetime, why: str = "") -> int:
    """Save the rules and let them hold for readers; returns the outbox row, to wait for.

    Rules as they are already leave no line in the log, and no page is printed anew.

    Raises PolicyError for rules that make no sense.
    """
    queries.policy_of(row, now)
    problems = queries.rule_problems(row)
    if problems:
        raise PolicyError(" ".join(problems))
    kit.hold_publication()
    kept = AccessPolicy.objects.select_for_update().filter(pk=row.pk).first()
    before = values_of(kept) if kept is not None else None
    after = values_of(row)
    if after == before:
        return post_policy()
    row.save()
    audit.record(by=by, verb="change_access", subject=SUBJECT, before=before, after=after, why=why, now=now)
    # Before the commit: what was printed under the old rules is handed out no more, whatever happens after it.
    shelf.handle().board.raise_generation()
    return post_policy()


@transaction.atomic
def revert_policy(*, version: int, by: str, now: datetime) -> int:
    """Let the rules hold again that a row of the audit log ended with; returns the outbox row, to wait for.

    An open house is not opened again: it was for its night. Raises NoSuchVersion for any other row.
    """
    kept = kit.history(SUBJECT).filter(pk=version, verb="change_access").first()
    if kept is None or kept.after is None:
        raise NoSuchVersion(version)
    row = queries.rules_of_site()
    for name, value in kept.after.items():
        if name in OPEN_HOUSE or not hasattr(row, name):
            continue
        setattr(row, name, json.dumps(value) if name == "rules" else value)
    zone = ZoneInfo(kit.publication().zone)
    why = _("The rules of %(at)s again.") % {"at": f"{kept.at.astimezone(zone):%Y-%m-%d %H:%M:%S %Z}"}
    return change_policy(row=row, by=by, now=now, why=why)


def values_of(row: AccessPolicy) -> dict[str, Any]:
    """The rules as they stand in the audit log."""
    values = model_to_dict(row, exclude=["id"])
    until = row.open_until.astimezone(UTC).isoformat() if row.open_until else None
    rules = [{"type": one["type"], "value": one["value"]} for one in row.rules.get_prep_value()]
    return {**values, "open_until": until, "rules": rules}


@transaction.atomic
def post_policy() -> int:
    """Something that the policy is made of changed: the board must be told.

    It is told on the commit, and by the row once more: this process may die before it has come there.
    """
    transaction.on_commit(_put_policy_now, robust=True)
    return outbox.add(TOPIC, {}, key="policy")


def _put_policy_now() -> None:
    put_policy(clock.now())


def put_policy(now: datetime) -> None:
    """Put the policy on the board, where the gate of every reader finds it.

    One at a time, so that who has read the rules of before a change does not put them over those of after it.
    """
    with shelf.handle().places.alone(PLACE):
        board = shelf.handle().board
        board.set_networks(queries.networks(now))
        board.set_policy(queries.policy(now))


def follow_change(now: datetime) -> None:
    """After a change: the gate first, then the pages. The default level stands in the facts of each page."""
    put_policy(now)
    shelf.handle().board.raise_generation()
    policy_changed.send(AccessPolicy)


def put_policy_at_start(now: datetime) -> None:
    """Before the port opens: the board may be new, and an open house may be over."""
    try:
        put_policy(now)
    except NoPublication:  # an installation that is just being made
        return
