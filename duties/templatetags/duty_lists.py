"""Addresses of list pages as template tags; see duties.lists.addresses."""

from django import template

from duties.lists.addresses import url_for, url_of
from duties.models import ListVersion

register = template.Library()


@register.simple_tag
def list_url(name: str, version: ListVersion, *args: object) -> str:
    """`{% list_url 'edit_item' version item.code %}`"""
    return url_of(name, version, *args)


@register.simple_tag
def kind_url(name: str, kind: str) -> str:
    """A page of a list that is about no version."""
    return url_for(name, kind)
