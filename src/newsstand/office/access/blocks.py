"""A rule as staff write it: which stories, and which level."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import ChoiceBlock, IntegerBlock, StructBlock

from newsstand.office.accounts.queries import products
from newsstand.office.articles import queries as articles
from newsstand.office.articles.levels import LEVELS

HOURS_OF_TEN_YEARS = 87_600
DAYS_OF_A_CENTURY = 36_500


def section_choices() -> list[tuple[str, str]]:
    """The sections by their row ids, so that a new title or address changes no rule."""
    return _choices(articles.sections())


def tag_choices() -> list[tuple[str, str]]:
    """The tags, likewise."""
    return _choices(articles.tags())


def author_choices() -> list[tuple[str, str]]:
    """The authors, likewise."""
    return _choices(articles.authors())


class RuleBlock(StructBlock):
    """Which stories have which level. What is left empty fits every story."""

    section = ChoiceBlock(choices=section_choices, required=False, label=_("in the section"))
    tag = ChoiceBlock(choices=tag_choices, required=False, label=_("with the tag"))
    author = ChoiceBlock(choices=author_choices, required=False, label=_("by"))
    product = ChoiceBlock(choices=products, required=False, label=_("of the product"))
    younger_than_hours = IntegerBlock(
        min_value=1, max_value=HOURS_OF_TEN_YEARS, required=False, label=_("younger than so many hours")
    )
    older_than_days = IntegerBlock(
        min_value=1, max_value=DAYS_OF_A_CENTURY, required=False, label=_("older than so many days")
    )
    level = ChoiceBlock(choices=LEVELS, label=_("have the level"))

    class Meta:
        icon = "lock"
        label = _("rule")

    def clean(self, value: Any) -> Any:
        """Refuse a rule for every story: that is the site's level, which has a field of its own."""
        cleaned = super().clean(value)
        if not any(cleaned[name] for name in cleaned if name != "level"):
            raise ValidationError(
                _("This rule names no stories. For all stories, choose the access level above instead.")
            )
        return cleaned


def _choices(pages: list[Any]) -> list[tuple[str, str]]:
    return [(str(page.pk), page.title) for page in pages]
