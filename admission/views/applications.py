"""The register for everybody, applications for those concerned, asking for admission."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from admission import queries
from admission.applications import actions
from admission.applications.page import open_page
from admission.forms.opening import ApplyForm
from admission.forms.step_fields import form_for
from admission.models import Admission
from admission.people import DEPARTMENT_ROLES, REPORTERS, applying_departments
from admission.views.common import form_page
from admission.workflow.application_table import State
from admission.workflow.rules import Kind
from core.errors import Refused
from core.process.transition_views import Desk, show, show_in_full, take_step
from core.rows.list_address import one_of
from core.web.submitting import posted, submit
from members.access import allow, get_scoped_or_404, reader, scope_for, signed_in
from members.roles import Role

NAV = {"nav": "admission"}
ACTORS = (
    *DEPARTMENT_ROLES, Role.COUNTY_LEADER, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER, Role.GRID_WORKER,
)  # fmt: skip
"""Roles that may wear one of the hats of the table."""
READERS = (*ACTORS, Role.COUNTY_DISPATCHER, Role.AUDITOR)


@signed_in
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """准入目录: what may be asked of a grid, until when, for how many minutes."""
    user = reader(request)
    kind = one_of(request.GET, "kind", dict(Kind.choices))
    context = NAV | {
        "found": queries.register(user, kind, request.GET.get("after", "")),
        "kind": kind,
        "kinds": Kind.choices,
        "query": f"kind={kind}&" if kind else "",
        "may_apply": bool(applying_departments(user)),
        "sees_applications": bool(scope_for(user).roles & set(READERS)),
        "may_report": bool(scope_for(user).roles & set(REPORTERS)),
        "asked": queries.asked_now(user).count(),
    }
    return render(request, "admission/register.html", context)


@allow(*READERS)
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Applications in sight, those that wait for the reader first."""
    user = reader(request)
    view = one_of(request.GET, "view", queries.VIEWS, "mine")
    page, rows = queries.applications(user, view, request.GET.get("after", ""))
    context = NAV | {
        "view": view,
        "views": queries.application_tabs(user, view),
        "page": page,
        "rows": rows,
        "query": f"view={view}&",
        "may_apply": bool(applying_departments(user)),
    }
    return render(request, "admission/applications.html", context)


@allow(*DEPARTMENT_ROLES)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask for admission; with ?from= a renewal of what is in force."""
    user = reader(request)
    departments = applying_departments(user)
    if not departments:
        raise Refused(_("只有县级部门的人员可以申请准入"))
    number = request.POST.get("from") or request.GET.get("from")
    former = get_scoped_or_404(user, Admission, number=number) if number else None
    form = ApplyForm(user, departments, former, posted(request))
    words = {"heading": _("申请准入"), "submit": _("提交申请"), "back": reverse("admission:register")}
    return submit(
        request,
        form,
        lambda form, status: form_page(request, "admission/new.html", form, NAV | words, status=status),
        lambda once: actions.apply_for(user=user, wanted=form.wanted, once=once),
        lambda made: _asked(request, made),
    )


def _asked(request: HttpRequest, made: Admission) -> HttpResponse:
    if made.state == State.REFUSED:
        messages.error(request, _("触碰硬性禁止，不予准入：%(number)s") % {"number": made.number})
    else:
        messages.success(request, _("已提交：%(number)s") % {"number": made.number})
    return redirect("admission:detail", pk=made.pk)


@signed_in
@never_cache
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, open_page(reader(request), pk))


@allow(*ACTORS)
@never_cache
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """The page with the numbers in people's words in full; the look is on record."""
    return show_in_full(request, open_page(reader(request), pk))


@allow(*ACTORS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """The form of one step; POST takes it."""
    return take_step(request, Desk(lambda: open_page(reader(request), pk), form_for), action)
