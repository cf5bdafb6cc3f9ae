"""The grids below an area as a file."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core import clock
from core.files import tables
from grids.models import Area
from households.registers import areas
from members.access import allow, get_scoped_or_404, reader
from members.areas.views import READERS
from members.signing_in.stepping_up import proved


@allow(*READERS)
@proved
@never_cache
@require_GET
def download(request: HttpRequest, code: str, kind: str) -> FileResponse:
    """The area and all below it, as the import takes it, on the trail."""
    if kind not in tables.TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    area = get_scoped_or_404(user, Area, code=code)
    table = areas.export(user=user, area=area, kind=kind, now=now)
    return table.answer(f"quyu-{area.code}", now)
