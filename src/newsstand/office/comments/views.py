"""Writing a comment: from the form under a story, or on a page of its own after signing in or after an error."""

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from newsstand.office.accounts import queries as accounts
from newsstand.office.comments import actions, queries
from newsstand.office.comments.forms import CommentForm
from newsstand.office.comments.models import State
from newsstand.office.comments.moderation import length
from newsstand.office.comments.moderation.draft import Verdict
from newsstand.office.kit import clock, outbox
from newsstand.office.kit.origin import same_origin_only

if TYPE_CHECKING:
    from newsstand.office.articles.models import ArticlePage

DRAFTS_IN_SESSION = "comment_drafts"
MOST_DRAFTS = 3
# What is kept of a text that can't be sent yet; far more than any comment may have.
MOST_KEPT = 4 * length.LONGEST


@never_cache
@same_origin_only
def comment(request: HttpRequest, article_id: str) -> HttpResponse:
    """Take a comment; by GET, show the form with what was typed before."""
    article = queries.story(article_id)
    if article is None:
        raise Http404
    typed = request.POST.get("text", "") if request.method == "POST" else _kept(request, article_id)
    if not request.user.is_authenticated:
        _keep(request, article_id, typed)
        onward = reverse("comment", args=[article_id]) if typed.strip() else _place(article)
        return HttpResponseRedirect(f"{reverse('sign_in')}?{urlencode({'next': onward})}")
    form = CommentForm({"text": typed}) if request.method == "POST" else CommentForm(initial={"text": typed})
    if request.method != "POST":
        account, now = accounts.account_of(request), clock.now()
        is_allowed = queries.may_comment(account, article, now)
        return _page(request, article, form, is_allowed=is_allowed)
    return _write(request, article, form, typed)


def _write(request: HttpRequest, article: "ArticlePage", form: CommentForm, typed: str) -> HttpResponse:
    account = accounts.account_of(request)
    outcome = actions.write_comment(
        account=account, article=article, text=typed, by=account.actor, now=clock.now()
    )
    if isinstance(outcome, actions.NotAllowed):
        _keep(request, article.public_id.hex, typed)
        return _page(request, article, form, is_allowed=False)
    if isinstance(outcome, actions.NotWritten):
        form.add_error("text", _sentence(outcome.verdict))
        return _page(request, article, form, is_allowed=True)
    _forget(request, article.public_id.hex)
    if outcome.comment.state == State.WAITING:
        return render(request, "comments/waiting.html", {"article": article, "place": _place(article)})
    outbox.wait_for(list(outcome.rows))
    return HttpResponseRedirect(_place(article))


def _page(
    request: HttpRequest, article: "ArticlePage", form: CommentForm, *, is_allowed: bool
) -> HttpResponse:
    """The page carries the story's headline, which is always open, and nothing of its text."""
    context = {"form": form, "article": article, "place": _place(article), "is_allowed": is_allowed}
    context["here"] = urlencode({"next": reverse("comment", args=[article.public_id.hex])})
    return render(request, "comments/write.html", context)


def _place(article: "ArticlePage") -> str:
    return f"{article.address}#comments"


def _sentence(verdict: Verdict) -> str:
    """What is said beside the field."""
    if verdict.judge == "too_long":
        most = _(
            "This comment is too long: at most %(most)s characters. Nothing of it is lost; shorten it here."
        )
        return most % {"most": verdict.number}
    if verdict.judge == "too_fast":
        return ngettext(
            "You have written several comments just now. You can send this one in %(seconds)s second.",
            "You have written several comments just now. You can send this one in %(seconds)s seconds.",
            verdict.number,
        ) % {"seconds": verdict.number}
    if verdict.judge == "silenced":
        return _("You can't write comments at the moment. If you think that is wrong, write to us.")
    return _("Write a few words first.")


# --- what was typed, kept in the session until it is sent ------------------------------------------------------------


def _kept(request: HttpRequest, article_id: str) -> str:
    drafts: dict[str, str] = request.session.get(DRAFTS_IN_SESSION, {})
    return drafts.get(article_id, "")


def _keep(request: HttpRequest, article_id: str, typed: str) -> None:
    if typed.strip():
        drafts = {**request.session.get(DRAFTS_IN_SESSION, {})}
        drafts.pop(article_id, None)
        drafts[article_id] = typed[:MOST_KEPT]
        request.session[DRAFTS_IN_SESSION] = dict(list(drafts.items())[-MOST_DRAFTS:])


def _forget(request: HttpRequest, article_id: str) -> None:
    drafts = {**request.session.get(DRAFTS_IN_SESSION, {})}
    if drafts.pop(article_id, None) is not None:
        request.session[DRAFTS_IN_SESSION] = drafts
