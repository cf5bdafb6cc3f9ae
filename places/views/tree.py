"""The tree of areas with its side form, the gaps in staffing, and the past of an area."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.clock import COUNTY_TIME
from core.errors import Conflict
from core.rows.paging import page_of
from core.web.forms import CleanForm, DayField
from grids import history
from grids.levels import Level
from grids.models import Area
from grids.tree import AreaRefused
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.areas.forms import show_refusal
from members.areas.queries import facts, trail
from members.models import User
from members.roles import Role
from places import profiles, staffing, treetable
from places.forms import ProfileForm
from places.views.common import ADMIN, NAV, READERS

PAST_SIZE = 50


@allow(*READERS)
@never_cache
@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """The table with what the address says is open, picked and sought."""
    user = reader(request)
    code = request.GET.get("at", "")
    picked = get_scoped_or_404(user, Area, code=code) if code else None
    form = ProfileForm(picked) if picked is not None and _may_change(user, picked) else None
    return _tree_page(request, user, picked, form)


@allow(*ADMIN)
@require_POST
def profile(request: HttpRequest, code: str) -> HttpResponse:
    """Save the side form; the tree comes back as it was."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    form = ProfileForm(area, request.POST)
    if form.is_valid():
        try:
            changes, seen = form.changes, form.cleaned_data["seen"]
            saved = profiles.save(area=area, changes=changes, seen=seen, actor=user)
        except (AreaRefused, Conflict) as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已保存“%(name)s”") % {"name": saved.name})
            return redirect(treetable.address(treetable.opened(request.GET.get("open", "")), saved.code))
    return _tree_page(request, user, area, form, status=422)


def _may_change(user: User, area: Area) -> bool:
    return Role.SYSTEM_ADMIN in scope_for(user).roles and area.retired_at is None


def _tree_page(
    request: HttpRequest, user: User, picked: Area | None, form: forms.Form | None, status: int = 200
) -> HttpResponse:
    asked = treetable.opened(request.GET.get("open", ""))
    codes = tuple(dict.fromkeys((*asked, *(treetable.path_open(picked) if picked is not None else ()))))
    words = request.GET.get("q", "").strip()[:60]
    rows = treetable.branches(user, codes or _first_open(user), picked.code if picked is not None else "")
    context: dict[str, Any] = {
        "branches": rows,
        "top": rows[0].area if rows else None,
        "may_import": Role.SYSTEM_ADMIN in scope_for(user).roles,
        "words": words,
        "found": treetable.find(user, words) if words else None,
        "picked": picked,
        "facts": facts(user, picked) if picked is not None else [],
        "form": form,
        "close_url": treetable.address(codes),
        "open": ",".join(codes),
    }
    return render(request, "places/tree.html", NAV | context, status=status)


def _first_open(user: User) -> tuple[str, ...]:
    """A reader who comes without a wish sees what lies below the one top area."""
    tops = list(Area.objects.visible_to(user).filter(retired_at=None).order_by("depth", "code")[:1])
    return (tops[0].code,) if tops else ()


@allow(*READERS)
@require_safe
def staff(request: HttpRequest, code: str) -> HttpResponse:
    """Norms and gaps of the grids at or below an area."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    gap = request.GET.get("gap", "")
    page, rows = staffing.page(area, gap, request.GET.get("after", ""))
    context = {
        "area": area,
        "scope_trail": trail(user, area),
        "summary": staffing.summary(area),
        "gap": gap if gap in staffing.GAPS else "",
        "page": page,
        "rows": rows,
    }
    return render(request, "places/staffing.html", NAV | context)


class DayForm(CleanForm):
    """As of which day; the end of that day counts."""

    on = DayField(label=_("看哪一天"), required=False)


@allow(*READERS)
@require_safe
def past(request: HttpRequest, code: str) -> HttpResponse:
    """How an area stood on a day, and what was done to it."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    form = DayForm(request.GET or None)
    day = form.cleaned_data["on"] if form.is_bound and form.is_valid() else None
    moment = datetime.combine(day, time.max, COUNTY_TIME) if day else clock.now()
    context = {
        "area": area,
        "scope_trail": trail(user, area),
        "form": form if form.is_bound else DayForm(initial={"on": clock.today()}),
        "day": day or clock.today(),
        "then": history.as_of(area, moment),
        "parts": list(history.parts_as_of(area, moment)[: treetable.MOST_PARTS]),
        "counts": [(Level(level).label, n) for level, n in history.counts_as_of(area, moment).items()],
        "page": page_of(history.of(area), order=("-at", "-id"), after=request.GET.get("after", ""), size=PAST_SIZE),
        "query": f"on={day.isoformat()}&" if day else "",
    }
    return render(request, "places/history.html", NAV | context)
