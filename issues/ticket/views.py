"""The staff's pages of one ticket: the page in both frames, the pane, the form of a step, the reveal."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import NotNow
from core.process.transition_views import Desk, take_step
from core.races.idempotency import Once
from core.web.addresses import page_behind
from core.web.reveal import RevealForm
from issues.dossier.reading import Dossier, open_dossier
from issues.dossier.ticket_page import page_of, who_is_next
from issues.dossier.wording import done_words, press_words
from issues.engine.actions import apply
from issues.engine.actors import READERS, staff
from issues.engine.errors import StaleTicket
from issues.models import Ticket
from issues.stepping.step_forms import ActionForm, form_for
from issues.ticket import contact
from issues.ticket.photo_views import told
from issues.workflow import Transition
from members.access import allow, reader, scope_for
from members.models import User
from members.navigation import home_for, is_on_phone
from members.signing_in.middleware import KEPT_FOR

PHONE, DESK = "phone", "desk"


@allow(*READERS)
@require_safe
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """`/t/<number>/`: in the reader's own frame."""
    return ticket_page(request, open_dossier(reader(request), number))


@allow(*READERS)
@require_safe
def phone(request: HttpRequest, number: str) -> HttpResponse:
    """`/m/t/<number>/`: always in the phone's frame."""
    return ticket_page(request, open_dossier(reader(request), number), frame=PHONE)


@allow(*READERS)
@require_safe
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """What the pane beside the queue is filled with."""
    return HttpResponse(pane(request, number))


@allow(*READERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    user = reader(request)
    desk = Desk(
        open=lambda: open_dossier(user, number, is_shown=request.method != "POST"),
        form_for=form_for,
        show=ticket_page,
        ask=form_page,
        take=_take,
        leave=_leave,
        late=(StaleTicket, NotNow),
        tell=told,
    )
    return take_step(request, desk, action)


@allow(*READERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show every number on this one answer; the look is on record."""
    dossier = open_dossier(reader(request), number)
    contact.may_look(dossier)
    form = RevealForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, dossier, reveal=form, status=422)
    return ticket_page(request, contact.reveal(dossier, reason=form.cleaned_data["reason"]))


def ticket_page(
    request: HttpRequest,
    dossier: Dossier,
    *,
    frame: str = "",
    reveal: RevealForm | None = None,
    overtaken: str = "",
    typed: str = "",
    status: int = 200,
) -> HttpResponse:
    """The ticket in a frame, the reader's own by default; why a step did not happen, and the words typed for it."""
    contact.note_reading(dossier)
    frame = frame or _frame(dossier.reader)
    context = {
        "page": page_of(dossier),
        "reveal": reveal or RevealForm(),
        "in_full": dossier.in_full,
        "overtaken": overtaken,
        "typed": typed,
        "nav": "home" if frame == PHONE else "queue",
        "home_url": home_for(scope_for(dossier.reader).roles),
    }
    response = render(request, f"issues/ticket_{frame}.html", context, status=status)
    if dossier.ticket.is_sensitive:
        response[KEPT_FOR] = ""  # no phone keeps it
    return response


def pane(request: HttpRequest, number: str) -> SafeString:
    """The ticket beside the queue; its steps lead back to the list they were taken from. Raises Http404."""
    dossier = open_dossier(reader(request), number)
    contact.note_reading(dossier)
    page = page_of(dossier, back=_list_behind(request))
    return render_to_string("issues/peek.html", {"page": page}, request)


def form_page(
    request: HttpRequest,
    dossier: Dossier,
    step: Transition,
    form: ActionForm,
    *,
    overtaken: str = "",
    status: int = 200,
) -> HttpResponse:
    """The form of a step; why it was not taken yet."""
    contact.note_reading(dossier)
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


def _take(dossier: Dossier, step: Transition, **given: Any) -> Ticket:
    once: Once | None = given["once"]
    if once is not None and once.device_at is not None and not step.moves:
        given["version"] = None  # words that a phone kept are added to the ticket as it stands when they arrive
    return apply(dossier.ticket.pk, step.name, actor=staff(dossier.reader), **given)


def _leave(request: HttpRequest, dossier: Dossier, step: Transition, ticket: Ticket) -> HttpResponse:
    """Say what comes next; back to the list the step was taken from, or home once the ticket is out of sight."""
    user = dossier.reader
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
    return page_behind(request) if getattr(request, "htmx", None) else request.get_full_path()
