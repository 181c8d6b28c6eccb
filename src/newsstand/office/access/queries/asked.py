"""A question about a story as people write it: an address or a path, a gift's link, a moment."""

from datetime import datetime
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

FIRST_YEAR, LAST_YEAR = 1971, 2999
_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


class CannotBeAsked(ValueError):
    """What was written is no address of this site, or no moment; the text says why."""


def story_path(text: str) -> str:
    """The path of a page of this site, given its address or its path. Ports are not compared.

    Raises CannotBeAsked for an address elsewhere: what it opens there is not decided here.
    """
    try:
        parts = urlsplit(text.strip())
        host = parts.hostname or ""
    except ValueError as error:
        raise CannotBeAsked(_("%(text)s is no address") % {"text": text}) from error
    if (parts.scheme or parts.netloc) and not _is_here(host):
        raise CannotBeAsked(
            _("%(text)s is not on this site, whose address is %(site)s")
            % {"text": text, "site": settings.SITE_URL}
        )
    path = unquote(parts.path).strip("/")
    return f"/{path}/" if path else "/"


def gift_token(text: str) -> str:
    """The token of a gift's link, given alone or as the whole link."""
    if "gift=" not in text:
        return text
    return parse_qs(text.partition("?")[2]).get("gift", [text])[0]


def checked_moment(moment: datetime) -> datetime:
    """The same moment. Raises CannotBeAsked for years in which no calendar of a publication can be reckoned."""
    if FIRST_YEAR <= moment.year <= LAST_YEAR:
        return moment
    raise CannotBeAsked(
        _("the year must lie between %(first)s and %(last)s") % {"first": FIRST_YEAR, "last": LAST_YEAR}
    )


def _is_here(host: str) -> bool:
    ours = urlsplit(settings.SITE_URL).hostname or ""
    return host == ours or (host in _THIS_MACHINE and ours in _THIS_MACHINE)
