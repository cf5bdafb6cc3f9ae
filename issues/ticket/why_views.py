"""`/t/<number>/why/`: why a ticket went where it went."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from issues.dossier.reading import visible_ticket
from issues.engine.actors import READERS
from issues.ticket.why import RELATED, why_of
from members.access import allow, reader, scope_for
from members.navigation import is_on_phone


@allow(*READERS)
@require_safe
def why(request: HttpRequest, number: str) -> HttpResponse:
    user = reader(request)
    ticket = visible_ticket(user, number, *RELATED)
    on_phone = is_on_phone(scope_for(user).roles)
    context = {
        "nav": "home" if on_phone else "queue",
        "frame": "phone.html" if on_phone else "desk.html",
        "ticket": ticket,
        "why": why_of(ticket),
        "back": reverse("issues:ticket", args=[ticket.number]),
    }
    return render(request, "issues/why.html", context)
