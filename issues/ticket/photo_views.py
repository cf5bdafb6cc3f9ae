"""Photos, served only to those who may see the ticket, and of it what they belong to."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from core.files.stored import sent
from issues.dossier.reading import is_readable_to, visible_ticket
from issues.engine.actors import READERS
from issues.models import Photo
from issues.ticket import contact
from members.access import allow, reader


@allow(*READERS)
@require_safe
def photo(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A photo for staff: the ticket in scope, and readable if it is sensitive."""
    user = reader(request)
    ticket = visible_ticket(user, number)
    if not is_readable_to(user, ticket):
        raise Http404
    contact.note_look(ticket, user, what="photo")
    return sent(Photo.objects.filter(ticket=ticket, pk=pk).first())
