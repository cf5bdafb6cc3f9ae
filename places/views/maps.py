"""Maps of outlines, looking up a place, and the files of boundaries in and out."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from core.files.handing import handed
from grids.models import Area
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.areas.queries import trail
from members.models import User
from members.roles import Role
from places.maps import boundaries, finding, mapping, surveying
from places.maps.boundaries import BadBoundaries
from places.maps.coordinates import Datum
from places.maps.forms import BoundariesForm, FindForm
from places.views.common import ADMIN, GET_OR_POST, NAV, READERS, once


@allow(*READERS)
@require_safe
def area_map(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    context = {
        "area": area,
        "scope_trail": trail(user, area),
        "map": mapping.map_of(area),
        "tile_note": settings.MAP_TILE_NOTE,
        "may_change": Role.SYSTEM_ADMIN in scope_for(user).roles,
    }
    return render(request, "places/map.html", NAV | context)


@allow(*READERS)
@never_cache
@require_safe
def locate(request: HttpRequest) -> HttpResponse:
    """Which grid a point or an address belongs to."""
    user = reader(request)
    form = FindForm(request.GET or None)
    words = form.cleaned_data["q"] if form.is_bound and form.is_valid() else ""
    place = finding.find(user, words, form.cleaned_data["datum"]) if words else None
    return render(request, "places/locate.html", NAV | {"form": form, "words": words, "place": place})


@allow(*READERS)
@require_safe
def export(request: HttpRequest, code: str) -> HttpResponseBase:
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    datum = Datum.GCJ02 if request.GET.get("datum") == Datum.GCJ02 else Datum.WGS84
    answer = StreamingHttpResponse(boundaries.exported(area, datum), content_type="application/geo+json")
    return handed(answer, f"bianjie-{area.code}-{datum}.geojson")


@allow(*ADMIN)
@never_cache
@require_http_methods(GET_OR_POST)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Check a file of boundaries and take it in; what does not fit together is listed either way."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    form = BoundariesForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"area": area, "scope_trail": trail(user, area), "form": form}
    if request.method == "POST" and form.is_valid():
        try:
            found = boundaries.read(form.cleaned_data["file"].read(), form.cleaned_data["datum"], area)
        except BadBoundaries as bad:
            context["problems"] = bad.problems
        else:
            if not form.cleaned_data["only_check"]:
                return _kept(request, user, area, form, found)
            context |= {"read": found, "findings": surveying.survey(area, found.outlines)}
            form.renew()
    elif request.method != "POST":
        context["findings"] = surveying.survey(area)
    status = 422 if form.errors or context.get("problems") else 200
    return render(request, "places/boundaries.html", NAV | context, status=status)


def _kept(request: HttpRequest, user: User, area: Area, form: BoundariesForm, found: boundaries.Read) -> HttpResponse:
    data = form.cleaned_data

    def act() -> str:
        boundaries.keep(found, source=data["source"], is_synthetic=data["is_synthetic"], actor=user)
        return "kept"

    once(request, user, form, act)
    words = {"n": len(found.outlines), "m": len(found.points)}
    messages.success(request, _("已导入 %(n)d 个边界、%(m)d 个户的位置") % words)
    return redirect("places:boundaries", code=area.code)
