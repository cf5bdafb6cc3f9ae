"""Addresses of list pages: those of the grid items are short, the other lists name their kind."""

from collections.abc import Callable

from django.urls import reverse

from duties.models import ListKind, ListVersion

SAMPLE = "ZZ999"
"""What a code looks like."""


def url_for(name: str, kind: str, *args: object) -> str:
    return reverse(f"lists:{name}", args=args if kind == ListKind.GRID_ITEMS else (kind, *args))


def url_of(name: str, version: ListVersion, *args: object) -> str:
    """A page of a version whose list is loaded."""
    return url_for(name, version.duty_list.kind, version.number, *args)


def urls_of(name: str, version: ListVersion) -> Callable[[str], str]:
    """The same for many lines of one version by their codes: the route is resolved once."""
    head, _code, tail = url_of(name, version, SAMPLE).rpartition(SAMPLE)
    return lambda code: f"{head}{code}{tail}"
