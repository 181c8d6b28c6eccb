"""Giving a story away, what was given, and why a wall stands there. Small pages that nobody may keep."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newsstand.office.access import actions, queries
from newsstand.office.accounts import passes
from newsstand.office.accounts.queries import account_of
from newsstand.office.articles import queries as articles
from newsstand.office.kit import clock, outbox, shelf
from newsstand.office.kit.language import day
from newsstand.rules.gate.decide import Reason
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.networks import client_address
from newsstand.rules.gate.visits import open_visit

OF_THE_METER: Final = (Reason.METER_SPENT, Reason.METER, Reason.COUNTED)


@never_cache
@login_required
def give(request: HttpRequest, article_id: str) -> HttpResponse:
    """Say how many stories may be given, make a link when asked for, and show it."""
    article, account, now = _story(article_id), account_of(request), clock.now()
    context: dict[str, Any] = {"story": article, "left": queries.gifts_left(account, now)}
    context["may_give"] = queries.may_give(account, article, now)
    if request.method != "POST":
        return render(request, "access/give.html", context)
    try:
        gift = actions.make_gift(account=account, article=article, by=account.actor, now=now)
    except actions.NoGift:
        return render(request, "access/give.html", context, status=409)
    context |= {"gift": gift, "link": queries.gift_address(gift), "left": queries.gifts_left(account, now)}
    return render(request, "access/give.html", context)


@never_cache
@login_required
@require_POST
def take_back(request: HttpRequest, gift_id: UUID) -> HttpResponse:
    """Revoke a gift of one's own."""
    account = account_of(request)
    gift = get_object_or_404(queries.gifts_of(account), public_id=gift_id)
    row = actions.revoke_gift(gift=gift, by=account.actor, now=clock.now())
    if row is not None:
        outbox.wait_for([row])
    return HttpResponseRedirect(f"{reverse('account')}#gifts")


def gifts_section(request: HttpRequest) -> dict[str, Any]:
    """The section of the account page: what this reader has given, and what may still be given."""
    account, now = account_of(request), clock.now()
    given = [
        {"gift": gift, "link": queries.gift_address(gift), "is_open": _is_open(gift, now)}
        for gift in queries.gifts_of(account)[:50]
    ]
    return {"given": given, "left": queries.gifts_left(account, now)}


@never_cache
def why(request: HttpRequest, article_id: str) -> HttpResponse:
    """One sentence: why whoever asks sees what they see, by their own count."""
    article, now = _story(article_id), clock.now()
    account = account_of(request) if request.user.is_authenticated else None
    asked = queries.Asked(
        account=account,
        counted=_counted(request, account.reader_id if account is not None else None, now),
        address=_address(request) or None,
    )
    told = queries.explain_story(article, asked, now)
    if told.decision.show == "gone":
        raise Http404
    context = {"story": article, "sentence": _(told.reader), "meter": ""}
    if told.decision.reason in OF_THE_METER:
        context["meter"] = _meter_line(asked, now)
    return render(request, "access/why.html", context)


def _meter_line(asked: queries.Asked, now: datetime) -> str:
    """What was counted of the free stories, and when there are new ones."""
    rules = queries.policy(now)
    allowance = rules.reader_allowance if asked.account is not None else rules.device_allowance
    counted = min(len(asked.counted or ()), allowance)
    ends_at = clock.from_unix(window_at(rules, clock.to_unix(now)).end_at)
    words = (
        _(
            "With your account you have read %(counted)s of %(of)s free stories. There are new ones on %(day)s."
        )
        if asked.account is not None
        else _(
            "On this device you have read %(counted)s of %(of)s free stories. There are new ones on %(day)s."
        )
    )
    return words % {"counted": counted, "of": allowance, "day": day(ends_at)}


def _address(request: HttpRequest) -> str:
    """Where the request comes from, as the kiosk sees it; empty where that cannot be said."""
    forwarded = request.headers.get("X-Forwarded-For")
    found = client_address(request.META.get("REMOTE_ADDR") or "", forwarded, settings.TRUSTED_PROXIES)
    return "" if found is None else str(found)


def _counted(request: HttpRequest, reader_id: str | None, now: datetime) -> frozenset[str]:
    """What the meter has counted in this window for who asks."""
    window = window_at(queries.policy(now), clock.to_unix(now)).key
    visits = shelf.handle().visits
    if reader_id is not None:
        return visits.read(f"reader:{reader_id}", window)
    visit = open_visit(request.COOKIES.get(passes.VISIT_COOKIE, ""), passes.key_ring())
    if visit is None:
        return frozenset()
    known = visit.counted if visit.window == window else ()
    return visits.read(f"device:{visit.device}", window) | frozenset(known)


def _is_open(gift: Any, now: datetime) -> bool:
    return gift.revoked_at is None and now < gift.until


def _story(article_id: str) -> Any:
    article = articles.article(article_id)
    if article is None:
        raise Http404
    return article
