"""The demo's own pages: its mailbox and its clock. Only the demo has them."""

from datetime import datetime, timedelta

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from newsstand.office.kit import clock, demo_clock, mailbox
from newsstand.office.kit.addresses import local_path
from newsstand.office.kit.origin import same_origin_only


class ClockForm(forms.Form):
    """How far the clock is to be moved."""

    jump = forms.ChoiceField(
        label=_("Move it by"),
        choices=[
            ("1", _("+1 day")),
            ("7", _("+7 days")),
            ("28", _("+28 days")),
            ("due", _("to what is due next")),
        ],
    )


def mailbox_list(request: HttpRequest) -> HttpResponse:
    """All mail that was sent, newest first."""
    response = render(request, "kit/mailbox.html", {"mails": mailbox.kept()})
    response["Cache-Control"] = "no-store"
    return response


def mailbox_mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail."""
    mail = mailbox.find(name)
    if mail is None:
        raise Http404
    response = render(request, "kit/mail.html", {"mail": mail})
    response["Cache-Control"] = "no-store"
    return response


@same_origin_only
def move_clock(request: HttpRequest) -> HttpResponse:
    """Move the demo's clock, wait until all that fell due is done, and go back to the page."""
    form = ClockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            demo_clock.advance(_span(form.cleaned_data["jump"]), by="system")
        except demo_clock.WorkerIsAway:
            message = _("The clock has moved, but not all that fell due is done: the worker does not answer.")
            return render(
                request, "kit/clock.html", {"form": form, "now": clock.now(), "problem": message}, status=503
            )
        return HttpResponseRedirect(local_path(request.POST.get("next"), "/demo/clock/"))
    context = {
        "form": form,
        "now": clock.now(),
        "next_due": demo_clock.next_due(),
        "is_ahead": clock.is_ahead(),
    }
    response = render(request, "kit/clock.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _span(jump: str) -> timedelta:
    if jump != "due":
        return demo_clock.days_ahead(int(jump))
    due: datetime | None = demo_clock.next_due()
    return due - clock.now() if due is not None else timedelta(days=1)
