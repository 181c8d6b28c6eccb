"""The paywall's rules as staff edit them: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting
from wagtail.fields import StreamField

from newsstand.office.access.blocks import RuleBlock
from newsstand.office.articles.levels import LEVELS
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.policy import (
    ANY_ACCOUNT,
    COMMENT_RIGHT,
    LARGEST_ALLOWANCE,
    MONTH,
    MOST_GIFT_DEVICES,
    MOST_NEW_DEVICES,
    REGISTER,
    SUBSCRIBE,
    WEEK,
)

LONGEST_GIFT = 90  # days
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
    rules = StreamField(
        [("rule", RuleBlock())],
        blank=True,
        verbose_name=_("rules"),
        help_text=_(
            "For stories without a level of their own. The first rule that fits decides; "
            "where none does, the level above holds."
        ),
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
    new_devices = models.PositiveSmallIntegerField(
        _("new devices that one network may bring in a day"),
        default=0,
        help_text=_(
            "The next one is asked for a free account. Against programs that begin anew without end; "
            "a school or a company shares one network, so choose some hundreds. 0: no such brake."
        ),
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

    wall_line = models.CharField(
        _("a sentence on the wall"),
        max_length=200,
        blank=True,
        help_text=_("In your own words, under the heading of the wall."),
    )
    wall_benefits = models.TextField(
        _("what else subscribing does"),
        blank=True,
        max_length=1000,
        help_text=_("One a line, on the card of every plan. What a plan's rights give is said by itself."),
    )
    gifts_a_month = models.PositiveSmallIntegerField(
        _("gift links a month"),
        default=10,
        help_text=_("So many stories may a subscriber give away in a calendar month. 0: none."),
    )
    gift_days = models.PositiveSmallIntegerField(_("days that a gift link holds"), default=14)
    gift_devices = models.PositiveSmallIntegerField(_("devices on which a gift link opens"), default=50)

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
            models.CheckConstraint(
                condition=models.Q(new_devices__lte=MOST_NEW_DEVICES), name="access_brake_in_bounds"
            ),
            models.CheckConstraint(
                condition=models.Q(gifts_a_month__lte=LARGEST_ALLOWANCE)
                & models.Q(gift_days__gte=1, gift_days__lte=LONGEST_GIFT)
                & models.Q(gift_devices__gte=1, gift_devices__lte=MOST_GIFT_DEVICES),
                name="access_gifts_in_bounds",
            ),
        ]
