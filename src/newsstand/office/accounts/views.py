"""Signing in and out, and the account page. Every page works without a script."""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from newsstand.office.accounts import actions, queries
from newsstand.office.accounts.actions.sign_in import (
    CodeAccepted,
    CodeOver,
    CodeSent,
    CodeWrong,
    TooManyCodes,
)
from newsstand.office.accounts.forms import CodeForm, EmailForm, NameForm
from newsstand.office.accounts.models import SignInCode
from newsstand.office.kit import clock, shelf
from newsstand.office.kit.addresses import local_path, reading_on
from newsstand.office.kit.origin import same_origin_only
from newsstand.office.kit.registry import AccountSection, registry

CODE_IN_SESSION = "sign_in_code"
NAME_BEFORE = "name_before"
AFTER_SIGN_IN = "/account/"


def register() -> None:
    """Called once, when the application is ready."""
    registry.account_section(AccountSection(10, "details", "accounts/section_details.html", details))


# --- signing in --------------------------------------------------------------------------------------------------


@never_cache
@same_origin_only
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an e-mail address and mail a code there. Its form stands on printed pages, too."""
    return _ask_for_address(request, is_registering=False)


@never_cache
@same_origin_only
def register_reader(request: HttpRequest) -> HttpResponse:
    """The same, in other words, for who comes to make an account."""
    return _ask_for_address(request, is_registering=True)


@never_cache
def type_code(request: HttpRequest) -> HttpResponse:
    """Take the code that was mailed, sign its owner in, and lead back to where they came from."""
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_with_place(onward))
    row = queries.waiting_code(request.session.get(CODE_IN_SESSION))
    if row is None:
        return HttpResponseRedirect(_address("sign_in", onward))
    form = CodeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _code_page(request, form, row, onward)
    outcome = actions.redeem_code(
        code_id=row.pk, typed=form.cleaned_data["code"], real_now=clock.real_now(), now=clock.now()
    )
    if not isinstance(outcome, CodeAccepted):
        form.add_error("code", _sentence(outcome))
        return _code_page(request, form, row, onward)
    return _let_in(request, outcome, onward)


@never_cache
@require_POST
def send_another_code(request: HttpRequest) -> HttpResponse:
    """Mail another code to the same address; the one before works no more."""
    onward = _onward(request)
    row = queries.waiting_code(request.session.get(CODE_IN_SESSION))
    if row is None or request.user.is_authenticated:
        return HttpResponseRedirect(_address("sign_in", onward))
    problem = send_code(request, row.email)
    if problem is None:
        return HttpResponseRedirect(_address("sign_in_code", onward))
    return _code_page(request, CodeForm(), row, onward, problem=problem, status=429)


def _ask_for_address(request: HttpRequest, *, is_registering: bool) -> HttpResponse:
    onward = _onward(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(_with_place(onward))
    form, status = EmailForm(request.POST or None, initial={"email": request.GET.get("email", "")}), 200
    if request.method == "POST" and form.is_valid():
        problem = send_code(request, form.cleaned_data["email"])
        if problem is None:
            return HttpResponseRedirect(_address("sign_in_code", onward))
        typing = page_of_waiting_code(request, form.cleaned_data["email"], onward, problem)
        if typing is not None:
            return typing
        form.add_error("email", problem)
        status = 429
    context = {"form": form, "next": onward, "is_registering": is_registering}
    return render(request, "accounts/sign_in.html", context, status=status)


def send_code(request: HttpRequest, email: str) -> str | None:
    """Mail a code and remember it in the session; a sentence if that could not be done.

    A code that was sent in this session before is replaced. It is typed in on the page `sign_in_code`.
    """
    outcome = actions.send_code(
        email=email,
        code=get_adapter(request).generate_login_code(),
        peer=request.META.get("REMOTE_ADDR", ""),
        replaces=request.session.get(CODE_IN_SESSION),
        real_now=clock.real_now(),
    )
    if isinstance(outcome, CodeSent):
        request.session[CODE_IN_SESSION] = outcome.code_id
        return None
    if isinstance(outcome, TooManyCodes):
        return ngettext(
            "Several codes were asked for already. Use the newest one, or ask again in %(minutes)s minute.",
            "Several codes were asked for already. Use the newest one, or ask again in %(minutes)s minutes.",
            outcome.minutes,
        ) % {"minutes": outcome.minutes}
    return _("The mail could not be sent just now. Your address is kept here: try again in a minute.")


def page_of_waiting_code(request: HttpRequest, email: str, onward: str, problem: str) -> HttpResponse | None:
    """Where no new code is sent: the page to type the one that this browser has; None where it has none for it."""
    row = queries.waiting_code(request.session.get(CODE_IN_SESSION))
    if row is None or row.email != email.lower() or not actions.may_be_typed(row, real_now=clock.real_now()):
        return None
    return _code_page(request, CodeForm(), row, onward, problem=problem, status=429)


def _code_page(
    request: HttpRequest,
    form: CodeForm,
    row: SignInCode,
    onward: str,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "email": row.email,
        "next": onward,
        "problem": problem,
        "minutes": int(queries.CODE_VALID_FOR.total_seconds() // 60),
        "other_address": _address("sign_in", onward),
    }
    return render(request, "accounts/code.html", context, status=status)


def _sentence(outcome: CodeWrong | CodeOver) -> str:
    """What is said beside the field."""
    if isinstance(outcome, CodeWrong):
        return ngettext(
            "This is not the code from the mail. You can try %(left)s more time.",
            "This is not the code from the mail. You can try %(left)s more times.",
            outcome.tries_left,
        ) % {"left": outcome.tries_left}
    return {
        "too_many_tries": _(
            "That was not the code, and this one takes no more tries. Have a new code sent to you."
        ),
        "too_old": _("This code is older than ten minutes and works no more. Have a new code sent to you."),
        "used": _("This code was used or replaced by a newer one. Have a new code sent to you."),
        "account_closed": _("This account is closed. If you think that is wrong, write to us."),
    }[outcome.why]


def _let_in(request: HttpRequest, accepted: CodeAccepted, onward: str) -> HttpResponse:
    del request.session[CODE_IN_SESSION]
    account, place = accepted.account, _with_place(onward)
    record_authentication(request, account, method="code", email=account.email)
    login = Login(user=account, email=account.email, signup=accepted.is_new, redirect_url=place)
    response: HttpResponse = perform_login(request, login)
    return response


def _onward(request: HttpRequest) -> str:
    """Where to go afterwards: kept in the address, so that two windows don't mix up their stories."""
    return local_path(request.POST.get("next") or request.GET.get("next"), AFTER_SIGN_IN)


def _with_place(path: str) -> str:
    """A story is read on where its opening ended."""
    if "#" in path:
        return path
    entry = shelf.handle().entries.get(path.partition("?")[0])
    return reading_on(path) if entry is not None and entry.kind == "story" else path


def _address(name: str, onward: str) -> str:
    return f"{reverse(name)}?{urlencode({'next': onward})}"


@same_origin_only
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session and close its pass. Its button stands on printed pages; by GET the page has the button."""
    if request.method == "POST":
        logout(request)
        return HttpResponseRedirect(local_path(request.POST.get("next")))
    return render(request, "accounts/sign_out.html", {"next": local_path(request.GET.get("next"))})


# --- the account page ----------------------------------------------------------------------------------------------


@never_cache
@login_required
def account_page(request: HttpRequest) -> HttpResponse:
    """All that the desks have to say to this reader, one section each."""
    sections = [
        {
            "name": section.name,
            "html": render_to_string(section.template, dict(section.context(request)), request),
        }
        for section in registry.sections()
    ]
    return render(request, "accounts/account.html", {"sections": sections})


def details(request: HttpRequest) -> dict[str, Any]:
    """The section with the reader's own details; after a change it offers, once, to take it back."""
    return {"account": request.user, "name_before": request.session.pop(NAME_BEFORE, None)}


@never_cache
@login_required
def change_name(request: HttpRequest) -> HttpResponse:
    """Ask for another name, take it, and keep the old one for a way back."""
    account = queries.account_of(request)
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": account.name})
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["name"]
        before = actions.rename(account=account, name=name, by=account.actor, now=clock.now())
        if before != name:
            request.session[NAME_BEFORE] = before
        return HttpResponseRedirect(reverse("account"))
    return render(request, "accounts/name.html", {"form": form})
