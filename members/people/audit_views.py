"""The page of the audit trail, for system admins and auditors."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from members.access import allow, reader, scope_for
from members.people import queries, trail
from members.roles import Role


@allow(Role.SYSTEM_ADMIN, Role.AUDITOR)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    form = trail.TrailForm(request.GET)
    page, lines = trail.entries(form, request.GET.get("after", ""))
    context = {
        "nav": "audit",
        "sections": queries.sections(reader(request), "audit"),
        "page": page,
        "lines": lines,
        "filters": form,
        "query": queries.query_of(request),
        "may_open_people": Role.SYSTEM_ADMIN in scope_for(request.user).roles,
    }
    return render(request, "members/audit.html", context)
