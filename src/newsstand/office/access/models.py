"""The paywall's rules as staff edit them: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting

from newsstand.office.articles.levels import LEVELS
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.policy import (
    ANY_ACCOUNT,
    COMMENT_RIGHT,
    LARGEST_ALLOWANCE,
    MONTH,
    REGISTER,
    SUBSCRIBE,
    WEEK,
)

WINDOWS = [
    (MONTH, _("a calendar month")),
    (WEEK, _("a week, from Monday")),
    ("14d", _("14 days")),
    ("30d", _("30 days")),
    ("90d", _("90 days")),
]
ORDERS = [
    (f"{SUBSCRIBE} {REGISTER}", _("Subscribing, then the free account")),
    (f"{REGISTER} {SUBSCRIBE}", _("The free account, then subscribing")),
    (SUBSCRIBE, _("Subscribing alone")),
    (REGISTER, _("The free account alone")),
]
COMMENTING = [
    (COMMENT_RIGHT, _("Readers whose plan has the right to comment")),
    (ANY_ACCOUNT, _("Every reader with an account")),
]


class AccessPolicy(BaseGenericSetting):
    """The one row of access rules. `open_until` opens the site, or one section, to everybody until a moment."""

    default_level = models.CharField(
        _("access level"),
        max_length=12,
        choices=LEVELS,
        default=Level.METERED.value,
        help_text=_("Holds for every story that has no level of its own."),
    )
    window = models.CharField(_("free articles are counted in"), max_length=8, choices=WINDOWS, default=MONTH)
    device_allowance = models.PositiveSmallIntegerField(
        _("free articles without an account"),
        default=3,
        help_text=_("So many metered stories opens one device. 0: none."),
    )
    reader_allowance = models.PositiveSmallIntegerField(
        _("free articles with a free account"),
        default=6,
        help_text=_("In all, including those read before signing in. 0: none."),
    )
    ways = models.CharField(
        _("the wall offers"), max_length=40, choices=ORDERS, default=f"{SUBSCRIBE} {REGISTER}"
    )
    registering_is_open = models.BooleanField(
        _("new readers may register"),
        default=True,
        help_text=_("Where this is off, the wall offers no free account."),
    )
    comment_needs = models.CharField(
        _("who may comment"), max_length=12, choices=COMMENTING, default=COMMENT_RIGHT
    )
    open_until = models.DateTimeField(
        _("open to everybody until"),
        null=True,
        blank=True,
        help_text=_("For a storm or an election night: no wall stands until this moment."),
    )
    open_section = models.ForeignKey(
        "articles.SectionPage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("only this section"),
        help_text=_("Empty: the whole site."),
    )

    class Meta:
        verbose_name = _("access")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(default_level__in=[level.value for level in Level]),
                name="access_known_level",
            ),
            models.CheckConstraint(
                condition=models.Q(device_allowance__lte=LARGEST_ALLOWANCE)
                & models.Q(reader_allowance__lte=LARGEST_ALLOWANCE),
                name="access_allowances_in_bounds",
            ),
        ]
