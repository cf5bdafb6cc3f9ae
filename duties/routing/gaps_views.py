"""The page of gaps and overlaps: what routing would run into, each line with where it is mended."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from duties.lists.queries import current, open_version
from duties.lists.viewer import RULE_ENDERS
from duties.models import ListKind
from duties.models.assigned import READERS
from duties.routing import gaps, standing
from duties.routing.gaps import Gap
from duties.routing.standing import FINDERS, is_held
from members.access import allow, reader
from members.models import User
from members.roles import Role

SHOWN = 100
"""Lines of one group; the rest is counted."""


@dataclass(frozen=True)
class Line:
    where: str
    text: str
    url: str  # empty: words alone
    action: str


@allow(*FINDERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    user = reader(request)
    towns = standing.townships(user, FINDERS)
    code = request.GET.get("town", "")
    chosen = [town for town in towns if town.code == code] or towns
    found = gaps.find(chosen)
    groups = [
        {"title": group.title, "count": len(group.gaps), "lines": [_line(gap, user) for gap in group.gaps[:SHOWN]]}
        for group in found
    ]
    context = {
        "nav": "lists",
        "sections": standing.sections(user, "gaps"),
        "groups": groups,
        "towns": towns if len(towns) > 1 else [],
        "town": code,
        "total": sum(len(group.gaps) for group in found),
        "shown": SHOWN,
    }
    return render(request, "duties/gaps.html", context)


def _line(gap: Gap, user: User) -> Line:
    url, action = _mend(gap, user)
    return Line(str(gap.where), str(gap.text), url, action)


def _mend(gap: Gap, user: User) -> tuple[str, str]:
    """Where this reader mends it; for others who may, the place to look at; no address where they may neither."""
    if (gap.rule or gap.assignment) and not is_held(user, READERS):
        return "", _("请清单管理员处理")
    if gap.rule is not None and is_held(user, RULE_ENDERS):
        return reverse("lists:end_rule", args=[gap.rule.pk]), _("废止规则")
    if gap.assignment is not None:
        if is_held(user, (Role.LIST_ADMIN,)) and not gap.is_ahead:
            return reverse("lists:end_assignment", args=[gap.assignment.pk]) + "#form", _("终止")
        return f"{reverse('lists:powers')}?{urlencode({'item': gap.assignment.item_code, 'state': 'all'})}", _(
            "看这一条"
        )
    if gap.rule is not None:
        return reverse("lists:rules"), _("看派单规则")
    if gap.item_code:
        return _item(gap.item_code, user)
    return _post(gap, user)


def _item(code: str, user: User) -> tuple[str, str]:
    opened, version = open_version(ListKind.GRID_ITEMS), current()
    if opened is not None and opened.is_draft and is_held(user, (Role.LIST_ADMIN,)):
        return reverse("lists:edit_item", args=[opened.number, code]), _("在草稿里改")
    return reverse("lists:item", args=[version.number, code]) if version else reverse("lists:index"), _("看事项")


def _post(gap: Gap, user: User) -> tuple[str, str]:
    """Somebody is put on post by the system admin; others see the place and whom to ask."""
    if is_held(user, (Role.SYSTEM_ADMIN,)):
        if gap.department is not None:
            query = {"department": gap.department.code}
        else:
            query = {"area": gap.area.code if gap.area else ""}
        return f"{reverse('people:index')}?{urlencode(query)}", _("安排岗位")
    if gap.area is not None:
        return reverse("areas:detail", args=[gap.area.code]), _("看网格，请系统管理员安排")
    return reverse("lists:powers"), _("请系统管理员安排人员，或另行分工")
