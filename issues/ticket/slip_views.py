"""The A5 slip of a ticket with the code that leads back to it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock
from core.files import qr
from issues.dossier.reading import open_dossier
from issues.dossier.ticket_page import page_of
from issues.engine.actors import READERS
from issues.ticket import contact, slip
from members.access import allow, reader


@allow(*READERS)
@never_cache
@require_safe
def printed(request: HttpRequest, number: str) -> HttpResponse:
    """`/t/<number>/print/`: for whoever may open the ticket, and no word more than they may read there."""
    dossier = open_dossier(reader(request), number)
    contact.note_reading(dossier)
    page = page_of(dossier)
    context = {
        "page": page,
        "facts": slip.facts_of(dossier, page.turn),
        "blanks": slip.BLANKS,
        "code": qr.svg(request.build_absolute_uri(page.url)),
        "reader": dossier.reader,
        "now": clock.now(),
    }
    return render(request, "issues/slip.html", context)
