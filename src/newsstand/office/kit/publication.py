"""Makes the one publication of an installation."""

from datetime import datetime

from newsstand.office.kit import audit, queries
from newsstand.office.kit.models import Publication


class PublicationExists(Exception):
    """This installation has its publication already; there is only one."""


def found(
    *,
    name: str,
    support_email: str,
    zone: str,
    currency: str,
    language: str,
    tagline: str,
    by: str,
    now: datetime,
) -> Publication:
    """The row of the publication. Raises ValidationError for values that make no sense."""
    if Publication.objects.exists():
        raise PublicationExists("this installation has a publication already")
    row = Publication(
        pk=1,
        name=name,
        support_email=support_email,
        zone=zone,
        currency=currency,
        language=language,
        tagline=tagline,
    )
    row.full_clean()
    row.save()
    queries.forget_publication()
    audit.record(by=by, verb="found_publication", subject="publication", after={"name": name}, now=now)
    return row
