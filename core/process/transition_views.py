"""The page of a thing and the page on which a step is taken, the same for everything that moves by a table.

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

from core.errors import DomainError, Incomplete, NotNow, NotYours
from core.process.detail import MovingPage
from core.process.steps import Step
from core.process.transitions import StaleStep
from core.races.idempotency import KeyReused, once_of
from core.web import reveal as looks
from core.web.forms import StepForm
from core.web.reveal import RevealForm
from core.web.submitting import Told, asked_again, taken

WORDS = ("note", "answer", "said")
"""Fields whose words are shown again when the step is no longer possible."""


class Show(Protocol):
    """Answers with the thing's own page."""

    def __call__(
        self, request: HttpRequest, page: Any, /, *, overtaken: str = "", typed: str = "", status: int = 200
    ) -> HttpResponse: ...


def show(
    request: HttpRequest, page: MovingPage, *, overtaken: str = "", typed: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """The page of a thing; `overtaken` says why a step did not happen, `typed` the words typed for it."""
    page.note_reading()
    context = {"nav": page.nav, "page": page, "overtaken": overtaken, "typed": typed, "reveal": RevealForm(), **more}
    return render(request, page.template, context, status=status)


def show_in_full(request: HttpRequest, page: MovingPage) -> HttpResponse:
    """The page with every number in people's words in full, the look on record."""
    if not page.may_reveal:
        raise NotYours(_("没有您可以查看的号码"))
    form = RevealForm(request.POST)
    if not form.is_valid():
        return show(request, page, status=422, reveal=form)
    looks.record("core.words_revealed", page.row, actor=page.reader, code=page.row.number, **form.cleaned_data)
    page.unveil()
    return show(request, page)


def ask(
    request: HttpRequest, page: MovingPage, step: Step, form: StepForm, *, overtaken: str = "", status: int = 200
) -> HttpResponse:
    """The form of a step; `overtaken` says why it was not taken yet."""
    page.note_reading()
    context = {"nav": page.nav, "page": page, "step": step, "form": form, "overtaken": overtaken}
    return render(request, page.step_template, context, status=status)


def take(page: MovingPage, step: Step, **given: Any) -> Any:
    """Take the step with what is `given`, as `Process.apply` names it."""
    return page.process.apply(page.row.pk, step.name, user=page.reader, **given)


def leave(request: HttpRequest, page: MovingPage, step: Step, written: Any) -> HttpResponse:
    """Say that the step is taken; to the thing, or to the list once it is out of sight."""
    messages.success(request, _("“%(verb)s”已记下") % {"verb": step.label})
    still: Any = page.process.model._default_manager
    return redirect(page.url if still.visible_to(page.reader).filter(pk=page.row.pk).exists() else page.home)


@dataclass(frozen=True)
class Desk:
    """What an app brings: the thing as it stands now, the form of a step, the thing's own page.

    What is open has `row`, `reader` and `hats`, finds a `step` and says its `refusal`. Where it is no `MovingPage` the
    app also brings how a step is asked for, taken and left; errors that are `late` send back to the thing itself, and
    `tell` says what a phone is told of a step that it kept.
    """

    open: Callable[[], Any]
    form_for: Callable[..., Any]
    show: Show = show
    ask: Callable[..., HttpResponse] = ask
    take: Callable[..., Any] = take
    leave: Callable[..., HttpResponse] = leave
    late: tuple[type[DomainError], ...] = (StaleStep,)
    tell: Callable[[Any], Told] | None = None


def take_step(request: HttpRequest, desk: Desk, action: str) -> HttpResponse:
    """The form of step `action`; POST takes it."""
    page = desk.open()
    step = page.step(action)
    if step is None:
        raise Http404
    if request.method != "POST":
        return _ask(request, desk, page, step)
    form = desk.form_for(step, page, request.POST, request.FILES)
    if not form.is_valid():
        if not page.hats & step.who:
            raise NotYours(page.refusal(step))
        return asked_again(request, desk.ask(request, page, step, form, status=422), form)
    return _take(request, desk, page, step, form)


def _ask(request: HttpRequest, desk: Desk, page: Any, step: Any) -> HttpResponse:
    """The empty form, or why there is none."""
    reason = page.refusal(step)
    if not reason:
        return desk.ask(request, page, step, desk.form_for(step, page))
    if not page.hats & step.who:
        raise NotYours(reason)
    return desk.show(request, page, overtaken=reason, status=409)


def _take(request: HttpRequest, desk: Desk, page: Any, step: Any, form: StepForm) -> HttpResponse:
    once = once_of(request, f"user:{page.reader.pk}", form.key) if form.key else None
    pictures = form.cleaned_data.get("photos") or ()
    try:
        written = desk.take(page, step, version=form.seen, fields=form.values, pictures=pictures, once=once)
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return asked_again(request, desk.ask(request, page, step, form, status=422), form)
    except desk.late as error:
        return asked_again(request, _overtaken(request, desk, step, form, error), form, error.message, error.code)
    except (KeyReused, NotNow) as error:
        form.renew()
        form.add_error(None, error.message)
        return asked_again(request, desk.ask(request, page, step, form, status=422), form, code=error.code)
    return taken(request, desk.leave(request, page, step, written), desk.tell(written) if desk.tell else None)


def _overtaken(request: HttpRequest, desk: Desk, step: Any, form: StepForm, error: DomainError) -> HttpResponse:
    """The thing as it stands now with everything typed: in the form while the step is still possible."""
    fresh = desk.open()
    if fresh.refusal(step):
        typed = next((str(form.cleaned_data[name]) for name in WORDS if form.cleaned_data.get(name)), "")
        return desk.show(request, fresh, overtaken=error.message, typed=typed, status=409)
    data = request.POST.copy()
    data["version"] = str(fresh.row.version)
    again = desk.form_for(step, fresh, data, request.FILES)
    again.is_valid()
    return desk.ask(request, fresh, step, again, overtaken=error.message, status=409)
