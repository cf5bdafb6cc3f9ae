"""The page of a thing and the page on which a step is taken, the same for everything that moves by
`core.process.transitions`.

GET shows the step's form, or why there is none. POST takes the step; what is missing is said beside its field, and who
was faster above the form, with everything typed still in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import Incomplete, NotNow, NotYours
from core.process.detail import MovingPage
from core.process.steps import Step
from core.process.transitions import StaleStep
from core.races.idempotency import KeyReused, once_of
from core.web.forms import StepForm

WORDS = ("note", "answer", "said")
"""Fields whose words are shown again when the step is no longer possible."""


class Show(Protocol):
    """Answers with the thing's own page."""

    def __call__(
        self, request: HttpRequest, page: Any, *, overtaken: str = "", typed: str = "", status: int = 200
    ) -> HttpResponse: ...


def show(
    request: HttpRequest, page: MovingPage, *, overtaken: str = "", typed: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a thing; `overtaken` says why a step did not happen, `typed` the words typed for it."""
    context = {"nav": page.nav, "page": page, "overtaken": overtaken, "typed": typed, **more}
    return render(request, page.template, context, status=status)


@dataclass(frozen=True)
class Desk:
    """What an app brings: the thing as it stands now, the form of a step, the thing's own page."""

    open: Callable[[], MovingPage]
    form_for: Callable[..., StepForm]
    show: Show = show


def take_step(request: HttpRequest, desk: Desk, action: str) -> HttpResponse:
    """The form of step `action`; POST takes it."""
    page = desk.open()
    step = page.process.table.by_name.get(action)
    if step is None:
        raise Http404
    if request.method != "POST":
        return _ask(request, desk, page, step)
    form = desk.form_for(step, page, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, page, step, form, status=422)
    return _take(request, desk, page, step, form)


def _form_page(
    request: HttpRequest, page: MovingPage, step: Step, form: StepForm, *, overtaken: str = "", status: int = 200
) -> HttpResponse:
    context = {"nav": page.nav, "page": page, "step": step, "form": form, "overtaken": overtaken}
    return render(request, page.step_template, context, status=status)


def _ask(request: HttpRequest, desk: Desk, page: MovingPage, step: Step) -> HttpResponse:
    reason = page.refusal(step)
    if not reason:
        return _form_page(request, page, step, desk.form_for(step, page))
    if not page.hats & step.who:
        raise NotYours(reason)
    return desk.show(request, page, overtaken=reason, status=409)


def _take(request: HttpRequest, desk: Desk, page: MovingPage, step: Step, form: StepForm) -> HttpResponse:
    once = once_of(request, f"user:{page.reader.pk}", form.key) if form.key else None
    pictures = form.cleaned_data.get("photos") or ()
    try:
        page.process.apply(
            page.row.pk, step.name, user=page.reader, version=form.seen, fields=form.values, pictures=pictures,
            once=once,
        )  # fmt: skip
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return _form_page(request, page, step, form, status=422)
    except (KeyReused, NotNow) as error:
        form.renew()
        form.add_error(None, error.message)
        return _form_page(request, page, step, form, status=422)
    except StaleStep as error:
        return _overtaken(request, desk, step, form, error)
    messages.success(request, _("“%(verb)s”已记下") % {"verb": step.label})
    still: Any = page.process.model._default_manager
    return redirect(page.url if still.visible_to(page.reader).filter(pk=page.row.pk).exists() else page.home)


def _overtaken(request: HttpRequest, desk: Desk, step: Step, form: StepForm, error: StaleStep) -> HttpResponse:
    """The thing as it stands now with everything typed: in the form while the step is still possible."""
    fresh = desk.open()
    if fresh.refusal(step):
        typed = next((str(form.cleaned_data[name]) for name in WORDS if form.cleaned_data.get(name)), "")
        return desk.show(request, fresh, overtaken=error.message, typed=typed, status=409)
    data = request.POST.copy()
    data["version"] = str(fresh.row.version)
    again = desk.form_for(step, fresh, data, request.FILES)
    again.is_valid()
    return _form_page(request, fresh, step, again, overtaken=error.message, status=409)
