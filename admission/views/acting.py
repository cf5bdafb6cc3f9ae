"""Taking a step on its own page, the same for applications and reports: the form, what is missing, who was faster."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from admission.pagekit import MovingPage
from admission.step_fields import StepForm, form_for
from core.errors import DomainError, Incomplete, NotNow, NotYours
from core.forms import IdempotentForm
from core.idempotency import KeyReused
from core.moving import StaleStep, take
from core.steps import Step
from issues.views.once import once_of
from members.models import User

OpenPage = Callable[[User, int], MovingPage]


def reader(request: HttpRequest) -> User:
    """The signed-in person; the policies let nobody else through."""
    return cast(User, request.user)


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
    page = open_page(reader(request), pk)
    step = page.way.table.by_name.get(action)
    if step is None:
        raise Http404
    if request.method != "POST":
        return _ask(request, page, step)
    form = form_for(step, page, request.POST)
    if not form.is_valid():
        return _step_page(request, page, step, form, status=422)
    return _take(request, open_page, page, step, form)


def _step_page(
    request: HttpRequest, page: MovingPage, step: Step, form: StepForm, *, overtaken: str = "", status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"nav": page.nav, "page": page, "step": step, "form": form, "overtaken": overtaken}
    return render(request, "admission/act.html", context, status=status)


def _ask(request: HttpRequest, page: MovingPage, step: Step) -> HttpResponse:
    """The empty form, or why there is none."""
    reason = page.refusal(step)
    if reason is None:
        return _step_page(request, page, step, form_for(step, page))
    if not page.hats & step.who:
        raise NotYours(str(reason))
    return detail_page(request, page, overtaken=str(reason), status=409)


def _take(request: HttpRequest, open_page: OpenPage, page: MovingPage, step: Step, form: StepForm) -> HttpResponse:
    try:
        once = once_of(request, f"user:{page.reader.pk}", form.key)
        take(page.way, page.row.pk, step.name, user=page.reader, version=form.seen, fields=form.values, once=once)
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return _step_page(request, page, step, form, status=422)
    except (KeyReused, NotNow) as error:
        form.renew()
        form.add_error(None, error.message)
        return _step_page(request, page, step, form, status=422)
    except StaleStep as error:
        return _overtaken(request, open_page, page, step, error)
    messages.success(request, _("“%(verb)s”已记下") % {"verb": step.label})
    if page.way.model._default_manager.visible_to(page.reader).filter(pk=page.row.pk).exists():
        return redirect(page.url)
    return redirect(page.index_url)


def _overtaken(
    request: HttpRequest, open_page: OpenPage, page: MovingPage, step: Step, error: StaleStep
) -> HttpResponse:
    """The thing as it stands now with everything typed: in the form while the step is still possible."""
    fresh = open_page(page.reader, page.row.pk)
    if fresh.refusal(step) is not None:
        typed = request.POST.get("note", "")
        return detail_page(request, fresh, overtaken=error.message, typed=typed, status=409)
    data = request.POST.copy()
    data["version"] = str(fresh.row.version)
    again = form_for(step, fresh, data)
    again.is_valid()
    return _step_page(request, fresh, step, again, overtaken=error.message, status=409)
