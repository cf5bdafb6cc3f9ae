"""Photos, served only to those who may see the ticket, and of it what they belong to."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from core.stored import sent
from issues.dossier import is_readable_to, visible_ticket
from issues.models import ActorKind, Photo
from issues.resident.tracking import is_known
from issues.views.queue import READERS, viewer
from members.access import allow, public


@allow(*READERS)
@require_safe
def photo(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A photo for staff: the ticket in scope, and readable if it is sensitive."""
    user = viewer(request)
    ticket = visible_ticket(user, number)
    if not is_readable_to(user, ticket):
        raise Http404
    return sent(Photo.objects.filter(ticket=ticket, pk=pk).first())


@public
@require_safe
def resident_photo(request: HttpRequest, code: str, pk: int) -> FileResponse:
    """A photo on the resident's page: of public steps; of a sensitive ticket only the resident's own."""
    found = Photo.objects.filter(ticket__code=code, pk=pk, event__is_public=True)
    shown = found.select_related("ticket__reporter", "event").first()
    if shown is None or not is_known(request, shown.ticket):
        raise Http404
    if shown.ticket.is_sensitive and shown.event.actor_kind != ActorKind.RESIDENT:
        raise Http404
    return sent(shown)
