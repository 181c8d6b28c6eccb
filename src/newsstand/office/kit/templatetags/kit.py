"""Template tags of the kit."""

from django import template

from newsstand.office.kit import assets

register = template.Library()


@register.simple_tag
def asset(name: str) -> str:
    """The lasting address of a style sheet or mark."""
    return assets.address(name)
