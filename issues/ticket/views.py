"""The staff's pages of one ticket: the page in both frames, the pane, the form of a step, the reveal."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError, Incomplete, NotNow, NotYours
from core.races.idempotency import KeyReused, once_of
from core.web.reveal import RevealForm
from issues.dossier.reading import Dossier, open_dossier
from issues.dossier.ticket_page import page_of, who_is_next
from issues.dossier.wording import done_words, press_words
from issues.engine.actions import apply
from issues.engine.actors import READERS, staff
from issues.engine.errors import StaleTicket
from issues.models import Reporter, Ticket
from issues.stepping.step_forms import ActionForm, form_for
from issues.ticket import contact
from issues.workflow import BY_NAME, RESIDENT, SYSTEM, Transition, refusal
from members.access import allow, reader, scope_for
from members.models import User
from members.navigation import home_for, is_on_phone

STAFF_STEPS = {name: step for name, step in BY_NAME.items() if step.who - {SYSTEM, RESIDENT}}
PHONE, DESK = "phone", "desk"


@allow(*READERS)
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """`/t/<number>/`: in the reader's own frame."""
    dossier = open_dossier(reader(request), number)
    return ticket_page(request, dossier, _frame(dossier.reader))


@allow(*READERS)
@require_safe
def phone(request: HttpRequest, number: str) -> HttpResponse:
    """`/m/t/<number>/`: always in the phone's frame."""
    return ticket_page(request, open_dossier(reader(request), number), PHONE)


@allow(*READERS)
@require_safe
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The pane beside the queue; its steps lead back to the list they were taken from."""
    page = page_of(open_dossier(reader(request), number), back=_list_behind(request))
    return render(request, "issues/peek.html", {"page": page})


@allow(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    step = STAFF_STEPS.get(action)
    if step is None:
        raise Http404
    if request.method != "POST":
        return _ask(request, open_dossier(reader(request), number), step)
    dossier = open_dossier(reader(request), number, is_shown=False)
    form = form_for(step, dossier, request.POST, request.FILES)
    if not form.is_valid():
        return form_page(request, dossier, step, form, status=422)
    return _take(request, dossier, step, form)


@allow(*READERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the resident's number on this one answer; the look is on record."""
    dossier = open_dossier(reader(request), number)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, dossier, _frame(dossier.reader), reveal=form, status=422)
    shown = contact.reveal(dossier, reason=form.cleaned_data["reason"])
    return ticket_page(request, dossier, _frame(dossier.reader), shown=shown)


@dataclass(frozen=True)
class Overtaken:
    """A step that came too late: why, and the words that were typed for it."""

    message: str
    typed: str = ""


def ticket_page(
    request: HttpRequest,
    dossier: Dossier,
    frame: str,
    *,
    reveal: RevealForm | None = None,
    shown: Reporter | None = None,
    overtaken: Overtaken | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": page_of(dossier),
        "reveal": reveal or RevealForm(),
        "shown": shown,
        "overtaken": overtaken,
        "nav": "home" if frame == PHONE else "queue",
        "home_url": home_for(scope_for(dossier.reader).roles),
    }
    return render(request, f"issues/ticket_{frame}.html", context, status=status)


def form_page(
    request: HttpRequest,
    dossier: Dossier,
    step: Transition,
    form: ActionForm,
    *,
    overtaken: Overtaken | None = None,
    status: int = 200,
) -> HttpResponse:
    frame = _frame(dossier.reader)
    context = {
        "page": page_of(dossier),
        "step": step,
        "press": press_words(step),
        "form": form,
        "overtaken": overtaken,
        "next": next_of(request),
        "back": next_of(request) or reverse("issues:ticket", args=[dossier.ticket.number]),
        "nav": "home" if frame == PHONE else "queue",
    }
    return render(request, f"issues/act_{frame}.html", context, status=status)


def _ask(request: HttpRequest, dossier: Dossier, step: Transition) -> HttpResponse:
    """The empty form, or why there is none."""
    reason = refusal(step, dossier.case, dossier.act)
    if reason is None:
        return form_page(request, dossier, step, form_for(step, dossier))
    if not dossier.stand.hats & step.who:
        raise NotYours(str(reason))
    return ticket_page(request, dossier, _frame(dossier.reader), overtaken=Overtaken(str(reason)), status=409)


def _take(request: HttpRequest, dossier: Dossier, step: Transition, form: ActionForm) -> HttpResponse:
    try:
        ticket = apply(
            dossier.ticket.pk,
            step.name,
            actor=staff(dossier.reader),
            version=form.seen,
            fields=form.values,
            pictures=form.cleaned_data.get("photos") or (),
            once=once_of(request, f"user:{dossier.reader.pk}", form.key) if form.key else None,
        )
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return form_page(request, dossier, step, form, status=422)
    except KeyReused as error:
        form.renew()
        form.add_error(None, error.message)
        return form_page(request, dossier, step, form, status=422)
    except (StaleTicket, NotNow) as error:
        return _overtaken(request, dossier, step, form, error)
    return _leave(request, dossier.reader, ticket, step)


def _overtaken(
    request: HttpRequest, dossier: Dossier, step: Transition, form: ActionForm, error: DomainError
) -> HttpResponse:
    """The ticket as it stands now with everything typed: in the form while the step is still possible."""
    fresh = open_dossier(dossier.reader, dossier.ticket.number)
    message = Overtaken(error.message, str(form.cleaned_data.get("note") or ""))
    if refusal(step, fresh.case, fresh.act) is not None:
        return ticket_page(request, fresh, _frame(fresh.reader), overtaken=message, status=409)
    data = request.POST.copy()
    data["version"] = str(fresh.ticket.version)
    again = form_for(step, fresh, data, request.FILES)
    return form_page(request, fresh, step, again, overtaken=message, status=409)


def _leave(request: HttpRequest, user: User, ticket: Ticket, step: Transition) -> HttpResponse:
    """Say what comes next; back to the list the step was taken from, or home once the ticket is out of sight."""
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        messages.success(request, done_words(step.name, ticket, ""))
        return redirect(home_for(scope_for(user).roles))
    messages.success(request, done_words(step.name, ticket, who_is_next(ticket)))
    return redirect(next_of(request) or reverse("issues:ticket", args=[ticket.number]))


def _frame(user: User) -> str:
    return PHONE if is_on_phone(scope_for(user).roles) else DESK


def next_of(request: HttpRequest) -> str:
    """Where a step returns to: a page of the queue or the phone, nothing else."""
    given: Any = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(given, allowed_hosts=None)
    return given if is_ours and given.startswith(("/t/", "/m/")) else ""


def _list_behind(request: HttpRequest) -> str:
    """The address of the list that the pane stands beside."""
    here = getattr(request, "htmx", None)
    return (here.current_url_abs_path or "") if here else request.get_full_path()
