"""Pages of households: masked lists and one household; the full name and phone only for a stated reason."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from grids import households
from grids.households import HouseholdRefused, PersonalData
from grids.models import Area, Household
from members.access import allow, get_scoped_or_404
from members.areas import queries
from members.areas.forms import RevealForm, show_refusal
from members.roles import SEES, Role

READERS = tuple(role for role in Role if "households" in SEES[role])


@allow(*READERS)
@require_safe
def index(request: HttpRequest, code: str) -> HttpResponse:
    """Households of an area of any level, masked, by code."""
    user = queries.viewer(request)
    area = get_scoped_or_404(user, Area, code=code)
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "nav": "areas",
        "area": area,
        "scope_trail": queries.trail(user, area),
        "households": queries.households(user, area, words=words, after=request.GET.get("hh", "")),
        "words": words,
    }
    return render(request, "grids/households.html", context)


@allow(*READERS)
@require_safe
def detail(request: HttpRequest, code: str) -> HttpResponse:
    row = get_scoped_or_404(request.user, Household, code=code)
    return _page(request, row, households.masked(row), RevealForm())


@allow(*READERS)
@require_POST
def reveal(request: HttpRequest, code: str) -> HttpResponse:
    """Show name and phone once, in the answer to this request; the reason is kept in the audit trail."""
    row = get_scoped_or_404(request.user, Household, code=code)
    form = RevealForm(request.POST)
    if form.is_valid():
        try:
            data = households.reveal(household=row, reason=form.cleaned_data["reason"], actor=queries.viewer(request))
        except HouseholdRefused as refusal:
            show_refusal(form, refusal)
        else:
            return _page(request, row, data, None)
    return _page(request, row, households.masked(row), form)


def _page(request: HttpRequest, row: Household, data: PersonalData, form: RevealForm | None) -> HttpResponse:
    facts = [
        {"name": _("户编码"), "value": row.code},
        {"name": _("户主"), "value": data.head_name},
        {"name": _("电话"), "value": data.phone},
        {"name": _("人口"), "value": _("%(n)d 人") % {"n": row.size}},
        {"name": _("标签"), "value": "、".join(row.tags)},
        {"name": _("党员中心户"), "value": _("是") if row.is_hub else ""},
        {"name": _("注销"), "value": f"{row.retired_at:%Y-%m-%d}" if row.retired_at else ""},
    ]
    context = {
        "nav": "areas",
        "household": row,
        "scope_trail": queries.trail(queries.viewer(request), row.area),
        "facts": facts,
        "form": form,
        "back": queries.page(row.area),
    }
    response = render(request, "grids/household.html", context, status=422 if form and form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response
