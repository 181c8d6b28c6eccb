"""The page on which staff edit the access rules: what would move is shown before anything is saved."""

from django.http import HttpResponse
from wagtail.admin import messages
from wagtail.contrib.settings.views import EditView

from newsstand.office.access.forms import AccessPolicyForm


class RulesView(EditView):
    """Wagtail's page for settings, which asks once more where a change moves stories."""

    def form_valid(self, form: AccessPolicyForm) -> HttpResponse:
        """Save what was seen; else show what it would do, with all that was typed still in the form."""
        if not form.moving:
            response: HttpResponse = super().form_valid(form)
            return response
        self.form = form
        messages.warning(self.request, form.moving)
        return self.render_to_response(self.get_context_data(form=form))
