"""A new order-page code for a grid: by the system admin, and by who keeps the village or township."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core.web.forms import CleanForm
from grids import tokens
from grids.models import Area
from members.access import allow, get_scoped_or_404, reader, scope_for
from members.areas import queries
from members.models import User
from members.roles import Role

RENEWERS = (Role.SYSTEM_ADMIN, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER)


def may_renew(user: User) -> bool:
    return bool(scope_for(user).roles & {role.value for role in RENEWERS})


@allow(*RENEWERS)
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest, code: str) -> HttpResponse:
    """Ask first: every printed sheet of the grid has to be replaced."""
    user = reader(request)
    area = get_scoped_or_404(user, Area, code=code)
    if request.method == "POST":
        tokens.renew(area=area, actor=user)
        messages.success(request, _("“%(name)s”已换新码，请重新打印张贴，旧的撕下") % {"name": area.name})
        return redirect("areas:qr", code=area.code)
    heading = _("作废此码，换新码")
    context = {
        "nav": "areas", "area": area, "scope_trail": queries.trail(user, area), "form": CleanForm(), "danger": True,
        "heading": heading, "action": _("作废并换新码"), "back": queries.page(area), "refusal": "",
    }  # fmt: skip
    return render(request, "grids/area_form.html", context)
