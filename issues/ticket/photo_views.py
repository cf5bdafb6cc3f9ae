"""Photos, served only to those who may see the ticket, and of it what they belong to; and photos that follow words."""

from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.files.images import MAX_BYTES
from core.files.stored import sent
from issues.dossier.reading import is_readable_to, visible_ticket
from issues.engine.actors import READERS
from issues.engine.photos import awaited_of, receive
from issues.models import AwaitedPhoto, Photo, Ticket
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


@allow(*READERS)
@never_cache
@require_http_methods(["PUT", "POST"])
def send(request: HttpRequest, number: str, sha256: str) -> HttpResponse:
    """`/m/t/<number>/photos/<sha256>`: a photo that the same person announced with words of theirs.

    POST is for networks whose gates let no PUT through.
    """
    user = reader(request)
    ticket = visible_ticket(user, number)
    return took(request, awaited_of(ticket, user), sha256)


def took(request: HttpRequest, awaited: "QuerySet[AwaitedPhoto]", sha256: str) -> HttpResponse:
    """The body of a request as the photo that is awaited: 204, also when it is there already. Raises BadImage."""
    if not receive(awaited, sha256, request.read(MAX_BYTES + 1)):
        raise Http404
    return HttpResponse(status=204)


def told(ticket: Ticket) -> dict[str, str]:
    """What a phone is told of a ticket that its words made or were added to: its number, and where its photos go."""
    return {"number": ticket.number, "photos": f"{reverse('issues:phone_ticket', args=[ticket.number])}photos/"}
