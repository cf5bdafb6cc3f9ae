"""Photos, served only to those who may see the ticket (and the event) they belong to."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_GET

from issues.actors import staff, standing
from issues.models import Photo, Ticket
from issues.present import may_read_sensitive
from issues.views.queue import READERS, viewer
from members.access import allow, get_scoped_or_404

PRIVATE_SECONDS = 3600


def send(photo: Photo) -> FileResponse:
    """The stored JPEG under a fixed type, never to be guessed at or kept by a shared cache."""
    if not default_storage.exists(photo.path):
        raise Http404
    response = FileResponse(default_storage.open(photo.path), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={PRIVATE_SECONDS}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@allow(*READERS)
@require_GET
def photo(request: HttpRequest, number: str, pk: int) -> FileResponse:
    user = viewer(request)
    ticket = get_scoped_or_404(user, Ticket, number=number)
    if ticket.is_sensitive and not may_read_sensitive(standing(staff(user), ticket), ticket, user):
        raise Http404
    found = Photo.objects.filter(ticket=ticket, pk=pk).first()
    if found is None:
        raise Http404
    return send(found)
