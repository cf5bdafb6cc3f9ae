"""Masks of personal data for templates; see `core.trust.privacy`."""

from django import template

from core.trust.privacy import mask_name, mask_phone

register = template.Library()


@register.filter
def masked_name(name: str) -> str:
    return mask_name(name)


@register.filter
def masked_phone(phone: str) -> str:
    return mask_phone(phone)
