"""What the pages of applications and reports share: the reader, forms on a page of their own, taking a step."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from admission.forms.step_fields import form_for
from admission.pagekit import MovingPage
from core.errors import DomainError
from core.process.transition_views import Desk, act
from core.races.idempotency import KeyReused
from core.web.forms import IdempotentForm
from members.access import reader
from members.models import User

OpenPage = Callable[[User, int], MovingPage]


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


def detail_page(
    request: HttpRequest, page: MovingPage, *, overtaken: str = "", typed: str = "", status: int = 200
) -> HttpResponse:
    context = {"nav": page.nav, "page": page, "overtaken": overtaken, "typed": typed}
    return render(request, "admission/detail.html", context, status=status)


def act_page(request: HttpRequest, open_page: OpenPage, pk: int, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    desk = Desk(lambda: open_page(reader(request), pk), form_for, detail_page, "admission/act.html")
    return act(request, desk, action)
