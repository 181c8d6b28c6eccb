"""What pages must know about the look, and which pages there are."""

from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from wagtail.models import Page

from newsstand.office.articles import queries as articles
from newsstand.office.edition.models import FeedKey
from newsstand.office.edition.printing import assets
from newsstand.office.kit import queries

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account


def look(request: HttpRequest) -> dict[str, Any]:
    """For the frame of every page: the style sheet in the publication's colour, its language, and the page's path."""
    publication = queries.publication()
    return {
        "stylesheet": assets.style_sheet(publication.accent).path,
        "html_lang": publication.html_lang,
        "is_rtl": publication.language.split("_")[0] in settings.LANGUAGES_BIDI,
        "page_path": request.get_full_path() if request.method == "GET" else "/",
    }


def public_paths() -> list[str]:
    """The paths of all live pages, from the front page down."""
    front = articles.front_page()
    return paths_below(front) if front is not None else []


def paths_below(page: Page) -> list[str]:
    """The paths of a page and of all live pages below it."""
    front = articles.front_page()
    if front is None:
        return []
    pages = Page.objects.live().descendant_of(page, inclusive=True).order_by("path")
    return [
        "/" + url_path.removeprefix(front.url_path) for url_path in pages.values_list("url_path", flat=True)
    ]


def key_hash(key: str) -> str:
    """What is kept of a feed's key. It has 128 random bits, so nothing slower is needed."""
    return sha256(key.encode()).hexdigest()


def account_of_feed(key: str) -> "Account | None":
    """Whose feed this key opens; None for a key that was replaced, and for a closed account."""
    row = FeedKey.objects.select_related("account").filter(key_hash=key_hash(key)).first()
    return row.account if row is not None and row.account.is_active else None


def feed_made_at(account: "Account") -> datetime | None:
    """When the key of this reader's feed was made, if there is one."""
    return FeedKey.objects.filter(account=account).values_list("made_at", flat=True).first()
