"""Photos, served only to those who may see the ticket, and of it what they belong to."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from issues.dossier import is_readable_to, visible_ticket
from issues.models import ActorKind, Photo
from issues.resident.tracking import is_known
from issues.views.queue import READERS, viewer
from members.access import allow, public

PRIVATE_SECONDS = 3600


@allow(*READERS)
@require_safe
def photo(request: HttpRequest, number: str, pk: int) -> FileResponse:
    """A photo for staff: the ticket in scope, and readable if it is sensitive."""
    user = viewer(request)
    ticket = visible_ticket(user, number)
    if not is_readable_to(user, ticket):
        raise Http404
    return _sent(Photo.objects.filter(ticket=ticket, pk=pk).first())


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
    return _sent(shown)


def _sent(photo: Photo | None) -> FileResponse:
    """The stored JPEG under a fixed type, never to be guessed at or kept by a shared cache."""
    if photo is None or not default_storage.exists(photo.path):
        raise Http404
    response = FileResponse(default_storage.open(photo.path), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={PRIVATE_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{photo.sha256[:12]}.jpg"'
    return response
