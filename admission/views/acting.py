"""What pages of the gate share: forms on a page of their own."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from core.errors import DomainError
from core.races.idempotency import KeyReused
from core.web.forms import IdempotentForm


def form_page(
    request: HttpRequest, template: str, form: Any, words: Mapping[str, str], *, status: int = 200, **more: object
) -> HttpResponse:
    """A form on a page of its own: `words` are nav, heading, submit and the address to go back to; `more` is for
    its template."""
    return render(request, template, {"form": form, **words, **more}, status=status)


def handled(request: HttpRequest, form: IdempotentForm, write: Callable[[], HttpResponse]) -> HttpResponse | int:
    """What comes of a form: the answer of `write` once it is in order, else the status with which it is shown."""
    if request.method != "POST":
        return 200
    if not form.is_valid():
        return 422
    try:
        return write()
    except DomainError as error:
        if isinstance(error, KeyReused):
            form.renew()
        form.add_error(None, error.message)
        return error.status


def posted(request: HttpRequest) -> QueryDict | None:
    """What binds a form: the body of a POST, also an empty one."""
    return request.POST if request.method == "POST" else None
