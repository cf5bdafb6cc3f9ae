"""What the frames link to for holders of these roles: `roles|rail` on the desk, `roles|tabs` on the phone."""

from collections.abc import Collection

from django import template

from members import navigation

register = template.Library()


@register.filter
def rail(roles: Collection[str]) -> list[dict[str, object]]:
    """The groups of the desktop frame."""
    return navigation.rail_for(roles or ())


@register.filter
def tabs(roles: Collection[str]) -> list[navigation.Link]:
    """The tab bar of the phone."""
    return navigation.tabs_for(roles or ())
