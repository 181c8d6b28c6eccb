"""What can be done with advertisements from outside this desk."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from newsstand.office.ads.models import Creative, Slot
from newsstand.office.kit import audit

if TYPE_CHECKING:
    from newsstand.office.articles.models import Picture


@transaction.atomic
def found_slot(*, code: str, name: str, by: str, now: datetime) -> Slot:
    """The slot at the place that `code` names, made if it is not there yet."""
    slot, is_new = Slot.objects.get_or_create(code=code, defaults={"name": name})
    if is_new:
        audit.record(by=by, verb="found_slot", subject=f"slot:{code}", after={"name": name}, now=now)
    return slot


@transaction.atomic
def place_creative(
    *,
    slot: str,
    headline: str,
    words: str,
    link: str,
    by: str,
    now: datetime,
    picture: "Picture | None" = None,
    weight: int = 1,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Creative:
    """Put a house advertisement into the slot of this code; raises ValidationError for a link that is none."""
    creative = Creative(
        slot=Slot.objects.get(code=slot),
        headline=headline,
        words=words,
        link=link,
        picture=picture,
        weight=weight,
        from_at=from_at,
        until_at=until_at,
    )
    creative.full_clean()
    creative.save()
    after = {"slot": slot, "headline": headline, "link": link, "weight": weight}
    audit.record(by=by, verb="place_creative", subject=f"creative:{creative.pk}", after=after, now=now)
    return creative
