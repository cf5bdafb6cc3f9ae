"""What the pages of all ledgers share: the reader, one matter with its steps, opening forms that lose nothing."""

from typing import Any, cast

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.idempotency import KeyReused
from core.steps import Step
from core.stored import sent
from issues.errors import Incomplete, NotNow, NotYours
from issues.forms import ActionForm
from issues.views.once import once_of
from ledgers.forms import form_for
from ledgers.matters import MODELS, StaleMatter, apply
from ledgers.page import MatterPage, open_page, photo_of
from ledgers.people import CAMPAIGN_READERS, READERS, WRITERS
from ledgers.workflow import TABLES
from members.access import allow
from members.models import User

EVERYBODY = tuple(dict.fromkeys((*READERS, *CAMPAIGN_READERS)))


def reader(request: HttpRequest) -> User:
    """The signed-in person; `allow` lets nobody else through."""
    return cast(User, request.user)


@allow(*EVERYBODY)
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """A photo that proves a step, for those who see the matter."""
    return sent(photo_of(reader(request), pk))


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, kind: str, pk: int, action: str) -> HttpResponse:
    """The form of one step of any kind of matter; POST takes it."""
    step = TABLES[kind].by_name.get(action) if kind in TABLES else None
    if step is None:
        raise Http404
    page = open_page(reader(request), kind, pk)
    if request.method != "POST":
        return _ask(request, page, step)
    form = form_for(step, page, request.POST, request.FILES)
    if not form.is_valid():
        return _step_page(request, page, step, form, status=422)
    return _take(request, page, step, form)


def matter_page(
    request: HttpRequest, page: MatterPage, *, overtaken: str = "", typed: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    context = {"nav": page.nav, "page": page, "overtaken": overtaken, "typed": typed, **more}
    return render(request, "ledgers/matter.html", context, status=status)


def _step_page(
    request: HttpRequest, page: MatterPage, step: Step, form: ActionForm, *, overtaken: str = "", status: int = 200
) -> HttpResponse:
    context = {"nav": page.nav, "page": page, "step": step, "form": form, "overtaken": overtaken}
    return render(request, "ledgers/act.html", context, status=status)


def _ask(request: HttpRequest, page: MatterPage, step: Step) -> HttpResponse:
    """The empty form, or why there is none."""
    reason = page.table.refusal(step, page.facts, page.hats, {})
    if reason is None:
        return _step_page(request, page, step, form_for(step, page))
    if not page.hats & step.who:
        raise NotYours(str(reason))
    return matter_page(request, page, overtaken=str(reason), status=409)


def _take(request: HttpRequest, page: MatterPage, step: Step, form: ActionForm) -> HttpResponse:
    once = once_of(request, f"user:{page.reader.pk}", form.key) if form.key else None
    pictures = form.cleaned_data.get("photos") or ()
    try:
        apply(
            page.kind, page.matter.pk, step.name, user=page.reader, version=form.seen, fields=form.values,
            pictures=pictures, once=once,
        )  # fmt: skip
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return _step_page(request, page, step, form, status=422)
    except (KeyReused, NotNow) as error:
        form.renew()
        form.add_error(None, error.message)
        return _step_page(request, page, step, form, status=422)
    except StaleMatter as error:
        return _overtaken(request, page, step, form, error)
    messages.success(request, _("“%(verb)s”已记下") % {"verb": step.label})
    still = MODELS[page.kind].objects.visible_to(page.reader).filter(pk=page.matter.pk).exists()
    return redirect(page.url if still else page.home)


def _overtaken(
    request: HttpRequest, page: MatterPage, step: Step, form: ActionForm, error: StaleMatter
) -> HttpResponse:
    """The matter as it stands now with everything typed: in the form while the step is still possible."""
    fresh = open_page(page.reader, page.kind, page.matter.pk)
    if page.table.refusal(step, fresh.facts, fresh.hats, {}) is not None:
        typed = str(form.cleaned_data.get("note") or form.cleaned_data.get("answer") or "")
        return matter_page(request, fresh, overtaken=error.message, typed=typed, status=409)
    data = request.POST.copy()
    data["version"] = str(fresh.matter.version)
    again = form_for(step, fresh, data, request.FILES)
    again.is_valid()
    return _step_page(request, fresh, step, again, overtaken=error.message, status=409)
