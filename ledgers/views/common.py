"""What the pages of all ledgers share: the reader, the steps of a matter, photos."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.files.stored import sent
from core.process.transition_views import Desk, show_in_full, take_step
from ledgers.forms import form_for
from ledgers.page import open_page, photo_of
from ledgers.people import CAMPAIGN_READERS, READERS, WRITERS
from ledgers.workflow import TABLES
from members.access import allow, reader

EVERYBODY = tuple(dict.fromkeys((*READERS, *CAMPAIGN_READERS)))


@allow(*EVERYBODY)
@require_safe
def photo(request: HttpRequest, pk: int) -> FileResponse:
    """A photo that proves a step, for those who see the matter."""
    return sent(photo_of(reader(request), pk))


@allow(*WRITERS)
@never_cache
@require_POST
def reveal(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A matter with the numbers in people's words in full; the look is on record."""
    return show_in_full(request, open_page(reader(request), kind, pk))


@allow(*WRITERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, kind: str, pk: int, action: str) -> HttpResponse:
    """The form of one step of any kind of matter; POST takes it."""
    if kind not in TABLES:
        raise Http404
    return take_step(request, Desk(lambda: open_page(reader(request), kind, pk), form_for), action)
