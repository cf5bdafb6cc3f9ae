"""What pages of the gate share: forms on a page of their own."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def form_page(
    request: HttpRequest, template: str, form: Any, words: Mapping[str, str], *, status: int = 200, **more: object
) -> HttpResponse:
    """A form on a page of its own: `words` are nav, heading, submit and the address to go back to; `more` is for
    its template."""
    return render(request, template, {"form": form, **words, **more}, status=status)
