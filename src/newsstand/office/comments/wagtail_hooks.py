"""Comments, as staff see them: what waits, what stands, and what can be done about it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.ui.tables import DateColumn
from wagtail.admin.views.generic import InspectView

from newsstand.office.accounts import queries as accounts
from newsstand.office.comments import actions, queries
from newsstand.office.comments.forms import WhyForm
from newsstand.office.comments.models import Comment
from newsstand.office.kit import clock
from newsstand.office.kit.staff_list import StaffList

MAY_CHANGE = "comments.change_comment"
WHAT = ("remove", "restore", "silence", "end_silence")


class CommentView(InspectView):
    """One comment, and forms for what staff may do about it and its reader."""

    page_title = gettext_lazy("Comment")
    template_name = "comments/staff/comment.html"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Do what the pressed button says, or show the form again with what is wrong beside its field."""
        what = request.POST.get("what", "")
        if not request.user.has_perm(MAY_CHANGE) or what not in WHAT:
            raise PermissionDenied
        form = WhyForm(request.POST, auto_id=f"{what}_%s")
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(**{f"{what}_form": form}))
        try:
            self._do(what, why=form.cleaned_data["why"])
        except actions.SaidAgain:
            messages.error(
                request, _("The reader has written the same words there again: they stand already.")
            )
        else:
            messages.success(request, _("Done. The log has a line about it."))
        return HttpResponseRedirect(reverse("comments:inspect", args=[self.object.pk]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        forms = {f"{what}_form": WhyForm(auto_id=f"{what}_%s") for what in WHAT}
        writer = self.object.account
        facts = {
            "article": queries.story(self.object.article_id),
            "is_silenced": writer is not None and queries.is_silenced(writer),
            "can_change": self.request.user.has_perm(MAY_CHANGE),
        }
        return {**forms, **facts, **context}

    def _do(self, what: str, *, why: str) -> None:
        by, now, writer = accounts.account_of(self.request).actor, clock.now(), self.object.account
        if what == "remove":
            actions.remove_comment(comment=self.object, by=by, why=why, now=now)
        elif what == "restore":
            actions.restore_comment(comment=self.object, by=by, why=why, now=now)
        elif writer is not None and what == "silence":
            actions.silence(account=writer, by=by, why=why, now=now)
        elif writer is not None:
            actions.end_silence(account=writer, by=by, why=why, now=now)


class Comments(StaffList):
    """All comments, the newest first; the filter shows those that wait."""

    model = Comment
    name = "comments"
    url_prefix = "reader-comments"
    icon = "comment"
    menu_label = gettext_lazy("Comments")
    menu_order = 320
    inspect_view_class = CommentView
    inspect_template_name = "comments/staff/comment.html"
    search_fields = ["text", "account__name", "account__email"]
    search_backend_name = None
    ordering = "-created_at"
    list_display = [
        "__str__",
        "account",
        "state",
        "judge",
        DateColumn("created_at", label=gettext_lazy("Written"), sort_key="created_at"),
    ]
    list_filter = ["state", "judge"]
    list_export = ["pk", "article_id", "state", "judge", "created_at", "text"]


@hooks.register("register_admin_viewset")
def comments() -> Comments:
    """Put the comments into the menu."""
    return Comments()
