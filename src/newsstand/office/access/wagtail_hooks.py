"""The page of the access rules among the staff's settings."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.contrib.settings.models import register_setting

from newsstand.office.access.forms import AccessPolicyForm
from newsstand.office.access.models import AccessPolicy

PANELS = [
    FieldPanel("default_level"),
    MultiFieldPanel(
        [FieldPanel("window"), FieldPanel("device_allowance"), FieldPanel("reader_allowance")],
        heading=_("The meter"),
    ),
    MultiFieldPanel([FieldPanel("ways"), FieldPanel("registering_is_open")], heading=_("The wall")),
    FieldPanel("comment_needs"),
    MultiFieldPanel([FieldPanel("open_until"), FieldPanel("open_section")], heading=_("Open house")),
]

# Wagtail looks for the panels on the model; they stand here because their form stands above the model.
AccessPolicy.edit_handler = ObjectList(PANELS, base_form_class=AccessPolicyForm)
register_setting(AccessPolicy, icon="lock", order=10)
