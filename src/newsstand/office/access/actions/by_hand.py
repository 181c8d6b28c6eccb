"""Groups and offers by hand: what staff write about them goes to the board."""

from datetime import datetime

from django.db import transaction
from django.forms.models import model_to_dict

from newsstand.office.access.actions.policy import post_policy
from newsstand.office.access.models import HandOffer, ReaderGroup
from newsstand.office.kit import audit


@transaction.atomic
def keep_by_hand(*, row: ReaderGroup | HandOffer, by: str, now: datetime) -> int:
    """Save a group or an offer, and let it hold for readers; returns the outbox row, to wait for."""
    kept = type(row)._default_manager.filter(pk=row.pk).first()
    before = _values(kept) if kept is not None else None
    row.save()
    subject = f"{row._meta.model_name}:{row.pk}"
    audit.record(by=by, verb="change_by_hand", subject=subject, before=before, after=_values(row), now=now)
    return post_policy()


def _values(row: ReaderGroup | HandOffer) -> dict[str, object]:
    """The row for the audit log, without whom to ask: the log holds no e-mail address."""
    values = model_to_dict(row, exclude=["id", "contact"])
    return {name: v.isoformat() if isinstance(v, datetime) else v for name, v in values.items()}
