"""Template tags of the kit."""

from datetime import datetime

from django import template

from newsstand.office.kit import assets, language

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The lasting address of a style sheet or mark."""
    return assets.address(name)


@register.filter
def day(moment: datetime) -> str:
    """A moment's date where the publication is, in the language of the page."""
    return language.day(moment)


@register.filter
def day_and_time(moment: datetime) -> str:
    """The same with the time of day."""
    return language.day_and_time(moment)
