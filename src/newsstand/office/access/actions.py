"""What happens when the access rules change."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.forms.models import model_to_dict

from newsstand.office.access import queries
from newsstand.office.access.models import AccessPolicy
from newsstand.office.access.signals import policy_changed
from newsstand.office.kit import audit, outbox, shelf
from newsstand.office.kit.queries import NoPublication

TOPIC = "access.policy"


@transaction.atomic
def change_policy(*, row: AccessPolicy, by: str, now: datetime) -> int:
    """Save the rules and let them hold for readers; returns the outbox row, to wait for.

    Raises PolicyError for rules that make no sense.
    """
    queries.policy_of(row, now)
    kept = AccessPolicy.objects.select_for_update().filter(pk=row.pk).first()
    before = values_of(kept) if kept is not None else None
    row.save()
    audit.record(by=by, verb="change_access", subject="access", before=before, after=values_of(row), now=now)
    # Before the commit: what was printed under the old rules is handed out no more, whatever happens after it.
    shelf.handle().board.raise_generation()
    return post_policy()


def values_of(row: AccessPolicy) -> dict[str, Any]:
    """The rules as they stand in the audit log."""
    values = model_to_dict(row, exclude=["id"])
    return {**values, "open_until": row.open_until.isoformat() if row.open_until else None}


@transaction.atomic
def post_policy() -> int:
    """Something that the policy is made of changed: the board must be told."""
    return outbox.add(TOPIC, {}, key="policy")


def put_policy(now: datetime) -> None:
    """Put the policy on the board, where the gate of every reader finds it."""
    shelf.handle().board.set_policy(queries.policy(now))


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
