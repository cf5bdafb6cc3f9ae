"""Addresses of list pages: those of the grid items are short, the other lists name their kind."""

from django.urls import reverse

from duties.models import ListKind, ListVersion


def url_for(name: str, kind: str, *args: object) -> str:
    return reverse(f"lists:{name}", args=args if kind == ListKind.GRID_ITEMS else (kind, *args))


def url_of(name: str, version: ListVersion, *args: object) -> str:
    """A page of a version whose list is loaded."""
    return url_for(name, version.duty_list.kind, version.number, *args)
