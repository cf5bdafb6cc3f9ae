"""Addresses of many things on one page, put together from a route resolved once; the page that asked for a part."""

from functools import cached_property

from django.http import HttpRequest
from django.urls import reverse


class Address:
    """The addresses of a route with one argument that needs no quoting, such as a number; `sample` is one of them."""

    def __init__(self, route: str, sample: str) -> None:
        self._route, self._sample = route, sample

    @cached_property
    def _ends(self) -> tuple[str, str]:
        head, _sample, tail = reverse(self._route, args=[self._sample]).rpartition(self._sample)
        return head, tail

    def of(self, value: str) -> str:
        """What `reverse` answers for `value`."""
        head, tail = self._ends
        return f"{head}{value}{tail}"


def page_behind(request: HttpRequest) -> str:
    """The path of our page from which htmx asked; empty where the header says none, another host's or nonsense."""
    try:
        return str(getattr(request, "htmx").current_url_abs_path or "")  # noqa: B009 (added by a middleware)
    except ValueError:
        return ""
