"""The list of households in sight, masked; the same as a file."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from core import clock
from core.files import tables
from households.file import looking
from households.file.tags import kinds_known_to
from households.forms import FilterForm
from households.people import IMPORTERS, KEEPERS, READERS, places_of
from households.registers import exports, search
from households.views.common import NAV
from members.access import allow, reader, scope_for
from members.signing_in.stepping_up import proved


@allow(*READERS)
@never_cache
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Households by what is asked for: words, label, kind, area."""
    user = reader(request)
    wanted = search.Wanted.parse(request.GET, user)
    area = search.area_of(user, wanted)
    if wanted.area and area is None:
        raise Http404
    looking.note_labelled(wanted.guarded, user)
    context = NAV | {
        "wanted": wanted,
        "area": area,
        "page": search.page(user, wanted, area, request.GET.get("after", "")),
        "filter": FilterForm(wanted, kinds_known_to(user)),
        "query": wanted.query,
        "may_import": bool(scope_for(user).roles & {role.value for role in IMPORTERS}),
        "may_export": bool(places_of(user, KEEPERS)),
    }
    return render(request, "households/list.html", context)


@allow(*READERS)
@proved
@never_cache
@require_GET
def download(request: HttpRequest, kind: str) -> FileResponse:
    """The list as it stands, masked, on the trail."""
    if kind not in tables.TYPES:
        raise Http404
    user, now = reader(request), clock.now()
    wanted = search.Wanted.parse(request.GET, user)
    area = search.area_of(user, wanted)
    if wanted.area and area is None:
        raise Http404
    looking.note_labelled(wanted.guarded, user)
    rows = search.rows_of(user, wanted, area)
    table = exports.masked(user=user, area=area, rows=rows, kind=kind, now=now)
    return table.answer("zhuhu", now)
