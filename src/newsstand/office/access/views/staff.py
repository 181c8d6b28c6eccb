"""Pages of the staff: why somebody reads a story, what every story resolves to, what was changed and back again."""

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from newsstand.office.access import actions, queries
from newsstand.office.access.forms import LevelsForm, WhyForm
from newsstand.office.accounts.queries import account_by_email, account_of, reader_facts, who
from newsstand.office.kit import clock
from newsstand.office.kit.queries import history as audit_history
from newsstand.office.kit.queries import publication
from newsstand.rules.gate.policy import PolicyError

MAY_CHANGE = "access.change_accesspolicy"
A_PAGE = 50


def why_for_staff(request: HttpRequest) -> HttpResponse:
    """Ask as anybody, at any moment, and read each step."""
    form = WhyForm(request.GET or None)
    told = _told(form) if request.GET and form.is_valid() else None
    context = {"form": form, "told": told, "page_title": _("Why does somebody read this?"), "icon": "help"}
    return render(request, "access/staff/why.html", context)


def why_of_reader(request: HttpRequest, account: Any) -> str:
    """On a reader's page: their state, and the way to ask why they read a story or do not."""
    facts = reader_facts(account, clock.now())
    context = {"reader": account, "state": facts.state.replace("_", " ")}
    return render_to_string("access/staff/why_of_reader.html", context, request)


def why_of_story(story: Any, now: datetime) -> str:
    """Beside a story in the editor: its level, what an unknown reader meets, and each step that leads to it."""
    told = queries.explain_story(story, queries.Asked(), now)
    context = {"story": story, "told": told, "next": queries.next_level(story, now)}
    return render_to_string("access/staff/why_of_story.html", context)


def report(request: HttpRequest) -> HttpResponse:
    """What every live story resolves to now, and why; or those looked for; as a page or, with `?csv`, as a file."""
    now, form = clock.now(), LevelsForm(request.GET)
    form.is_valid()
    rows = [row for row in queries.archive(queries.rules_of_site(), now) if form.fits(row)]
    if "csv" in request.GET:
        return _as_csv(rows, now)
    context = {
        "form": form,
        "rows": Paginator(rows, A_PAGE).get_page(request.GET.get("p")),
        "total": len(rows),
        "page_title": _("Levels of all stories"),
        "icon": "lock",
    }
    return render(request, "access/staff/report.html", context)


def history(request: HttpRequest) -> HttpResponse:
    """Every change of the access rules, the newest first, each with a way back to it."""
    _demand(request)
    rows = Paginator(audit_history("access"), A_PAGE).get_page(request.GET.get("p"))
    names = queries.RuleNames()
    shown = [
        {"row": row, "by": who(row.by), "changes": queries.changes_in_words(row.before, row.after, names)}
        for row in rows
    ]
    context = {
        "rows": rows,
        "shown": shown,
        "page_title": _("Changes of the access rules"),
        "icon": "history",
    }
    return render(request, "access/staff/history.html", context)


@require_POST
def revert(request: HttpRequest, version: int) -> HttpResponse:
    """Let the rules of that change hold again."""
    _demand(request)
    by = account_of(request).actor
    try:
        actions.revert_policy(version=version, by=by, now=clock.now())
    except actions.NoSuchVersion as error:
        raise Http404 from error
    except PolicyError as error:
        messages.error(request, _("These rules cannot hold any more: %(reason)s") % {"reason": error})
    else:
        messages.success(request, _("The rules of that change hold again. The log has a line about it."))
    return HttpResponseRedirect(reverse("access_history"))


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a reader's gift back."""
    if not request.user.has_perm("access.change_gift"):
        raise PermissionDenied
    gift = get_object_or_404(queries.all_gifts(), pk=pk)
    actions.revoke_gift(gift=gift, by=account_of(request).actor, now=clock.now())
    messages.success(request, _("This link opens nothing any more."))
    return HttpResponseRedirect(reverse("gifts:index"))


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm(MAY_CHANGE):
        raise PermissionDenied


def _told(form: WhyForm) -> Any:
    """The explanation, or None with what is wrong beside its field."""
    values = form.cleaned_data
    account = account_by_email(values["reader"]) if values["reader"] else None
    if values["reader"] and account is None:
        form.add_error("reader", _("No account has this e-mail address."))
        return None
    asked = queries.Asked(
        account=account,
        read=values["read"] or 0,
        counted=_counted(account, values),
        gift=queries.gift_token(values["gift"]) if values["gift"] else None,
        address=values["address"] or None,
    )
    told = queries.explain_url(values["url"], asked, values["at"] or clock.now())
    if told is None:
        form.add_error("url", _("No published story lies at this address."))
        return None
    for field, reason in told.refused.items():
        form.add_error(field, _("It was left out of the question: %(reason)s.") % {"reason": reason})
    return told


def _counted(account: Any, values: dict[str, Any]) -> frozenset[str] | None:
    if account is None or values["read"] is not None:
        return None
    return queries.counted_by(account, values["at"] or clock.now())


def _as_csv(rows: Iterable[queries.Resolved], now: datetime) -> HttpResponse:
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="levels-{now:%Y-%m-%d}.csv"'
    csv.writer(response).writerows(queries.as_table(rows, publication().zone))
    return response
