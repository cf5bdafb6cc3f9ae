"""Pages of areas: one area with its parts and numbers, order-page codes to print, changes by the system admin."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core.errors import Refused
from core.races import idempotency
from grids import tree
from grids.levels import PARENTS, Level
from grids.models import Area
from grids.tree import AreaRefused
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.areas import queries
from members.areas.code_views import may_renew
from members.areas.codes import grid_code
from members.areas.forms import AddForm, RenameForm, RetireForm, show_refusal
from members.models import User
from members.roles import Role, who_sees

READERS = who_sees("areas")
SHEET_LEVELS = (Level.TOWNSHIP, Level.DISTRICT, Level.VILLAGE, Level.GRID)


@allow(*READERS)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    area = queries.top_area(reader(request))
    if area is None:
        raise Http404
    return redirect("areas:detail", code=area.code)


@allow(*READERS)
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    level, retired = request.GET.get("level", ""), request.GET.get("show") == "retired"
    context = _frame(user, area) | {
        "numbers": queries.numbers(user, area),
        "facts": queries.facts(user, area),
        "lineage": queries.lineage(area),
        "parts": queries.parts(area, level=level, retired=retired, after=request.GET.get("after", "")),
        "part_level": Level(level) if level in Level.values else None,
        "retired": retired,
        "holds_parts": _below(area),
    }
    if area.is_grid and queries.sees(user, "households"):
        context["households"] = queries.households(user, area, words=_words(request), after=request.GET.get("hh", ""))
        context["words"] = _words(request)
    return render(request, "grids/area.html", context)


@allow(*READERS)
@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """One A4 sheet for the wall of a grid."""
    area = get_scoped_or_404(reader(request), Area, code=code)
    if not queries.usable_for_orders(area):
        raise Refused(_("只有在用的网格和微网格有点单二维码"))
    context = {"area": area, "codes": [grid_code(request, area)], "back": queries.page(area), "single": True}
    context["may_renew"] = may_renew(reader(request))
    return render(request, "grids/qr.html", context)


@allow(*READERS)
@require_safe
def qr_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """All grids of a township, village or grid, several codes a page."""
    area = get_scoped_or_404(reader(request), Area, code=code)
    if area.level not in SHEET_LEVELS:
        raise Refused(_("请选择一个乡镇、村社或网格再打印"))
    codes = [grid_code(request, grid) for grid in queries.grids_to_print(area)]
    return render(request, "grids/qr.html", {"area": area, "codes": codes, "back": queries.page(area)})


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    parent = get_scoped_or_404(user, Area, code=code)
    if not _below(parent) or parent.retired_at:
        raise Refused(_("“%(name)s”之下不能再设区域") % {"name": parent.name})
    form = AddForm(parent, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _add_once(user, parent, form)
        except AreaRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已设立“%(name)s”") % {"name": made.name})
            return redirect("areas:detail", code=made.code)
    return _form_page(request, parent, form, heading=_("新增下级区域"), action=_("设立"))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    form = RenameForm(request.POST or None, initial={"name": area.name})
    if request.method == "POST" and form.is_valid():
        try:
            tree.rename(area=area, name=form.cleaned_data["name"], actor=user)
        except AreaRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已改名"))
            return redirect("areas:detail", code=area.code)
    return _form_page(request, area, form, heading=_("改名"), action=_("保存"))


@allow(Role.SYSTEM_ADMIN)
@require_http_methods(["GET", "HEAD", "POST"])
def retire(request: HttpRequest, code: str) -> HttpResponse:
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    form = RetireForm(area, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tree.retire(area=area, successors=form.cleaned_data.get("successors", ()), actor=user)
        except AreaRefused as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("已停用“%(name)s”") % {"name": area.name})
            return redirect("areas:detail", code=area.code)
    reason = tree.retire_refusal(area) or ""
    return _form_page(
        request, area, form, heading=_("停用"), action=_("停用"), danger=True, refusal="" if form.errors else reason
    )


def _add_once(user: User, parent: Area, form: AddForm) -> Area:
    """Add the area of a valid form; the same submission again returns the one already made."""
    data = form.cleaned_data
    with transaction.atomic():
        slot = idempotency.claim(f"user:{user.pk}", data["idempotency_key"], form.data)
        if slot.result is not None:
            return get_scoped_or_404(user, Area, code=slot.result)
        kind = data.get("kind", "") if data["level"] == Level.GRID else ""
        made = tree.add(parent=parent, level=data["level"], code=data["code"], name=data["name"], kind=kind, actor=user)
        slot.finish(made.code)
        return made


def _words(request: HttpRequest) -> str:
    return request.GET.get("q", "").strip()[:100]


def _below(area: Area) -> list[Level]:
    return [level for level in Level if area.level in PARENTS[level]]


def _frame(user: User, area: Area) -> dict[str, Any]:
    return {
        "nav": "areas",
        "area": area,
        "scope_trail": queries.trail(user, area),
        "may_change": Role.SYSTEM_ADMIN in scope_for(user).roles,
        "orderable": queries.usable_for_orders(area),
        "has_sheet": area.level in SHEET_LEVELS and area.retired_at is None,
    }


def _form_page(request: HttpRequest, area: Area, form: Any, **words: Any) -> HttpResponse:
    context = _frame(reader(request), area) | {"form": form, "back": queries.page(area)} | words
    return render(request, "grids/area_form.html", context, status=422 if form.errors else 200)
