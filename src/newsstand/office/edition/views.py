"""How pages are asked for from Django: what the kiosk did not find, previews, and files of the look."""

from typing import Any, Final

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.defaults import page_not_found

from newsstand.office.access import queries as access
from newsstand.office.accounts.queries import account_of, reader_facts
from newsstand.office.articles import queries as articles
from newsstand.office.edition import actions, queries
from newsstand.office.edition.printing import assets, press
from newsstand.office.edition.printing.preview import preview_html
from newsstand.office.edition.printing.sheets.feed_sheets import readers_feed
from newsstand.office.edition.printing.sheets.feeds import FORMATS
from newsstand.office.edition.printing.sheets.items import whole
from newsstand.office.edition.printing.sheets.sheet_press import print_sheet_if_needed
from newsstand.office.edition.search.searching import search
from newsstand.office.edition.search.words import LONGEST_QUERY, terms
from newsstand.office.kit import clock, shelf
from newsstand.office.kit.registry import registry
from newsstand.rules.gate.decide import decide, decide_page
from newsstand.rules.gate.facts import Visit
from newsstand.rules.gate.variants import variant_of
from newsstand.shelf.store import ShelfFull

STAFF: Final = "/staff/"
LABELS: Final = {"RSS": "rss.xml", "Atom": "atom.xml", "JSON Feed": "feed.json"}
ATTEMPTS: Final = 3  # a page may be replaced while it is being asked for, though hardly twice in a row


def serve_page(request: HttpRequest, page: Any) -> HttpResponse:
    """Print what is asked for onto the shelf, then answer from there, by the same rules as the kiosk."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        for _attempt in range(ATTEMPTS):
            found = articles.page_at(page.address)
            # The time is another one each time: what was waited for may be out of date before it is handed out.
            if found is None or not press.print_if_needed(found, clock.now()):
                raise Http404
            response = _answer(request, found)
            if response is not None:
                return response
            # Where a variant is missing, another one fits by now: a parallel request was counted meanwhile.
            if _missing(request) is None and _is_gone(found.address):
                raise Http404
    except ShelfFull:  # the press has said so in the log
        return _not_ready()
    return _not_ready()


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The printed page for an address that nothing answers to; staff get theirs without the shelf."""
    if request.path.startswith(STAFF):
        return page_not_found(request, exception)
    now = clock.now()
    try:
        entry = press.print_not_found(now)
    except ShelfFull:
        entry = None
    account = getattr(request, "user", None)
    reader = reader_facts(account, now) if account is not None and account.is_authenticated else None
    variant = variant_of(decide_page(reader, access.policy(now), clock.to_unix(now))).name
    body = shelf.handle().entries.body(entry, variant, "identity") if entry is not None else None
    if entry is None or body is None:
        return page_not_found(request, exception)
    response = HttpResponse(body, status=entry.status, content_type=entry.content_type)
    response["Cache-Control"] = "private, no-store"
    return response


def preview(request: HttpRequest, page: Any) -> HttpResponse:
    """A draft as the reader would meet it whom `request.preview_mode` names. For staff; never on the shelf."""
    user = getattr(request, "user", None)
    if user is None or not user.has_perm("wagtailadmin.access_admin"):
        raise PermissionDenied
    html = preview_html(page, getattr(request, "preview_mode", ""), clock.now())
    if html is None:
        raise Http404
    response = HttpResponse(html)
    response["Cache-Control"] = "private, no-store"
    return response


def sheet(request: HttpRequest) -> HttpResponse:
    """A feed, a site map or robots.txt: printed, then answered like a page."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        for _attempt in range(ATTEMPTS):
            if not print_sheet_if_needed(request.path, clock.now()):
                raise Http404
            response = registry.answer(request) if registry.answer is not None else None
            if response is not None:
                return response
    except ShelfFull:  # the press has said so in the log
        return _not_ready()
    return _not_ready()


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """What a reader looks for. For strangers the page is the same, whatever stands below any line."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    number = request.GET.get("page", "")
    now = clock.now()
    reader = reader_facts(request.user, now) if isinstance(request.user, get_user_model()) else None
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 1
    found = search(query, reader, page, now) if terms(query) else None
    response = render(request, "edition/search.html", {"query": query, "found": found})
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def readers_own_feed(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """One reader's feed, with whole stories where this reader may read them now. Nobody keeps it on the way."""
    account = queries.account_of_feed(key)
    if account is None or name not in FORMATS:
        raise Http404
    now = clock.now()
    content_type, data = readers_feed(reader_facts(account, now), request.path, name, now)
    response = HttpResponse(data, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@login_required
@require_POST
def new_feed_address(request: HttpRequest) -> HttpResponse:
    """Make the address of a reader's own feed, and show it this once."""
    account = account_of(request)
    key = actions.replace_feed_key(account=account, by=account.actor, now=clock.now())
    addresses = [
        (label, whole(reverse("readers_own_feed", args=[key, name]))) for label, name in LABELS.items()
    ]
    response = render(request, "edition/feed_address.html", {"addresses": addresses})
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def feed_section(request: HttpRequest) -> dict[str, Any]:
    """The section of the account page about the reader's own feed."""
    return {"made_at": queries.feed_made_at(account_of(request))}


def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A file of the look that is not on the shelf. An address of older bytes gives the present ones."""
    found = assets.find(name)
    if found is None:
        raise Http404
    assets.print_asset(found)
    response = HttpResponse(found.data, content_type=found.content_type)
    is_exact = request.path == found.path
    response["Cache-Control"] = "public, max-age=31536000, immutable" if is_exact else "no-cache"
    return response


def _answer(request: HttpRequest, page: Any) -> HttpResponse | None:
    """The answer from the shelf; a variant that is missing there is printed first."""
    if registry.answer is None:
        return None
    response = registry.answer(request)
    if response is not None:
        return response
    missing = _missing(request)
    if missing is None or not press.add_variant(page, missing, clock.now()):
        return None
    return registry.answer(request)


def _missing(request: HttpRequest) -> str | None:
    """The variant that the shelf lacked when it was asked last; None where it lacked the page, or the page is gone."""
    missing: str | None = getattr(request, "missing_variant", None)
    return missing


def _is_gone(path: str) -> bool:
    """Whether a story lies on the shelf that nobody may see now: its embargo runs, or it was taken down."""
    policy, entry = shelf.handle().board.read().policy, shelf.handle().entries.get(path)
    if policy is None or entry is None or entry.facts is None:
        return False
    return decide(entry.facts, None, Visit(), policy, clock.unix()).show == "gone"


def _not_ready() -> HttpResponse:
    text = _("This page is being printed. Please try again in a moment.")
    response = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    response["Retry-After"] = "2"
    response["Cache-Control"] = "no-store"
    return response
