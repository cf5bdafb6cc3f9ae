"""The staff's page of one ticket, and the forms by which they act on it."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core import audit
from core.errors import DomainError
from issues.actions import apply
from issues.actors import staff, standing
from issues.errors import Incomplete, NotNow, StaleTicket
from issues.forms import ActionForm, RevealForm
from issues.models import Reporter, Ticket
from issues.present import may_handle_contact, page_for
from issues.views.queue import READERS, viewer
from issues.workflow import BY_NAME, SYSTEM, Transition
from members.access import allow, get_scoped_or_404, scope_for
from members.models import User
from members.navigation import is_on_phone

JOINED = ("area", "grid", "village", "township", "item", "lead", "holder", "list_version")


def one(user: User, number: str) -> Ticket:
    """The ticket of this number with what its page shows; 404 out of scope."""
    found = get_scoped_or_404(user, Ticket, number=number)
    return Ticket.objects.select_related(*JOINED).get(pk=found.pk)


def frame(user: User) -> str:
    """Which frame the person's pages open in."""
    return "phone" if is_on_phone(scope_for(user).roles) else "desk"


def render_ticket(request: HttpRequest, ticket: Ticket, *, status: int = 200, **extra: Any) -> HttpResponse:
    user = viewer(request)
    context = {"page": page_for(ticket, user), "ticket": ticket, "nav": "queue", "reveal": RevealForm(), **extra}
    return render(request, f"issues/ticket_{frame(user)}.html", context, status=status)


@allow(*READERS)
@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    return render_ticket(request, one(viewer(request), number))


@allow(*READERS)
@require_GET
def peek(request: HttpRequest, number: str) -> HttpResponse:
    """The pane beside the queue."""
    ticket = one(viewer(request), number)
    return render(request, "issues/peek.html", {"page": page_for(ticket, viewer(request)), "ticket": ticket})


@allow(*READERS)
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """The form of one transition; posting it takes the step."""
    transition = BY_NAME.get(action)
    if transition is None or transition.who == {SYSTEM}:
        raise Http404
    ticket = one(viewer(request), number)
    if request.method == "GET":
        return _form_page(request, ticket, ActionForm(transition, ticket))
    form = ActionForm(transition, ticket, request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, ticket, form, status=422)
    return _take(request, ticket, transition, form)


def _take(request: HttpRequest, ticket: Ticket, transition: Transition, form: ActionForm) -> HttpResponse:
    user = viewer(request)
    try:
        done = apply(
            ticket.pk,
            transition.name,
            actor=staff(user),
            version=form.cleaned_data["version"],
            fields=form.fields_for_verb(),
            pictures=form.cleaned_data.get("photos", ()),
        )
    except Incomplete as error:
        for name, message in error.errors.items():
            form.add_error(name if name in form.fields else None, message)
        return _form_page(request, ticket, form, status=422)
    except (StaleTicket, NotNow) as error:
        return _overtaken(request, ticket, form, error)
    messages.success(request, _("%(number)s 已%(verb)s") % {"number": done.number, "verb": transition.label})
    still_seen = Ticket.objects.visible_to(user).filter(pk=done.pk).exists()
    return redirect("issues:ticket", number=done.number) if still_seen else redirect("home")


def _overtaken(request: HttpRequest, ticket: Ticket, form: ActionForm, error: DomainError) -> HttpResponse:
    """Somebody was faster, or the state forbids it: the fresh page, with what was typed kept in the form."""
    fresh = one(viewer(request), ticket.number)
    typed = form.cleaned_data.get("note", "")
    return render_ticket(request, fresh, status=409, overtaken=error.message, typed=typed)


def _form_page(request: HttpRequest, ticket: Ticket, form: ActionForm, *, status: int = 200) -> HttpResponse:
    context = {"ticket": ticket, "form": form, "transition": form.transition, "nav": "queue"}
    return render(request, f"issues/act_{frame(viewer(request))}.html", context, status=status)


@allow(*READERS)
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the resident's name and number once, to those who need them; every look is on record."""
    user, ticket = viewer(request), one(viewer(request), number)
    if not may_handle_contact(standing(staff(user), ticket), ticket, user):
        raise Http404
    form = RevealForm(request.POST)
    if not form.is_valid():
        return render_ticket(request, ticket, status=422, reveal=form)
    contact = Reporter.objects.filter(ticket=ticket).first()
    audit.record("ticket.contact_revealed", ticket, actor=user, reason=form.cleaned_data["reason"])
    return render_ticket(request, ticket, contact=contact)
